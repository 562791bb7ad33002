/** Balances, registers, verification and fingerprints from the command line, over a real ledger in a file. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { newBook, post } from '../journals/support.ts'
import { newPostgresUrl } from '../support/databases.ts'
import { newFolder, run, type Folder, type Ran } from './support.ts'

const EVIDENCE_HEADER = 'date,source,kind,amount,currency,reference,note'
const ON_POSTGRES = `database: { env: TIEOUT_DATABASE_URL }
books:
  - name: agency
    currency: USD
    sources:
      - { name: netpanel, type: panel, baseUrl: 'https://panel.example', apiKey: { env: K }, currency: USD }
`

async function folderWithBooks(): Promise<Folder> {
  const folder = newFolder()
  const database = await folder.database()
  const book = await newBook(database, 'agency')
  await post(database, book, [
    ['panel', 'charge', 'netpanel', '4.50', '2026-03-01'],
    ['panel', 'charge', 'netpanel', '0.00349', '2026-03-02'],
    ['panel', 'charge', 'grosspanel', '1.00', '2026-03-02'],
  ])
  return folder
}

describe('tieout ledger balances', () => {
  it('prints every account to the last digit, as of a day', async () => {
    const { run } = await folderWithBooks()
    const all = await run('ledger', 'balances')
    expect(all.exitCode).toBe(0)
    expect(all.stdout).toMatch(/5100:netpanel +SMM services cost, netpanel +USD +4\.50349000 +0\.00000000 +4\.50349000/)
    expect(all.stdout).toContain('Sum of all accounts in USD: 0.00000000')
    const before = await run('ledger', 'balances', '--as-of', '2026-03-01', '--json')
    expect(JSON.parse(before.stdout)).toMatchObject({
      asOf: '2026-03-01',
      balanced: true,
      rows: [
        { account: '1310:netpanel', balance: '-4.50000000' },
        { account: '5100:netpanel', balance: '4.50000000' },
      ],
    })
  })
})

describe('tieout ledger register', () => {
  it('prints the lines of a wallet, or of a code with all its wallets, with a running balance', async () => {
    const { run } = await folderWithBooks()
    const wallet = await run('ledger', 'register', '1310:netpanel')
    expect(wallet.stdout).toMatch(/2026-03-02 +\d .* -0\.00349000 +-4\.50349000/)
    const code = await run('ledger', 'register', '1310', '--from', '2026-03-02', '--json')
    const lines: unknown = JSON.parse(code.stdout)
    expect(lines).toMatchObject([{ date: '2026-03-02' }, { date: '2026-03-02', balance: '-5.50349000' }])
    expect(JSON.parse((await run('ledger', 'register', '1310', '--to', '2026-01-01', '--json')).stdout)).toEqual([])
  })

  it('suggests the account that was meant', async () => {
    const { run } = await folderWithBooks()
    const ran = await run('ledger', 'register', '1310:netpanl')
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toMatch(/Did you mean "1310:netpanel"\?/)
  })
})

describe('tieout ledger verify', () => {
  it('says that everything holds, or what does not, by its exit code too', async () => {
    const folder = await folderWithBooks()
    expect((await folder.run('ledger', 'digest')).stdout).toMatch(
      /Sequence +3\nChain head +[0-9a-f]{64}\nLog +empty\nLog head +-\nBooks digest +[0-9a-f]{64}\nTo note +3:[0-9a-f]{64}\n/,
    )
    const noted = (await folder.run('ledger', 'digest')).stdout.match(/To note +(\S+)/)?.[1] ?? ''
    expect(noted).toMatch(/^3:[0-9a-f]{64}$/)
    const right = await folder.run('ledger', 'verify', '--expect-head', noted, '--expect-head', `0:${'0'.repeat(64)}`)
    expect(right.stdout).not.toContain('HEAD_NOT_AS_NOTED')
    const other = noted.replace(/[0-9a-f]$/, (digit) => (digit === '0' ? '1' : '0'))
    const forged = await folder.run(
      'ledger',
      'verify',
      '--expect-head',
      other,
      '--expect-head',
      `4:${'a'.repeat(16)}`,
      '--expect-head',
      `1.1:${'b'.repeat(16)}`,
    )
    expect(forged.exitCode).toBe(1)
    expect(forged.stdout.match(/HEAD_NOT_AS_NOTED: .*/g)).toEqual([
      expect.stringContaining('Transaction 3 has the hash'),
      expect.stringContaining('Transaction 4 is not there'),
      expect.stringContaining('Landing batch 1, item 1 is not there'),
    ])
    const unread = await folder.run('ledger', 'verify', '--expect-head', '3:abc')
    expect(unread).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('16 to 64 hex digits') as unknown })
    const raw = new BetterSqlite3(join(folder.path, 'tieout.db'))
    raw.exec('DROP TRIGGER posting_no_update; UPDATE posting SET amount = amount * 2 WHERE seq = 2')
    raw.close()
    const ran = await folder.run('ledger', 'verify', '--json')
    expect(ran.exitCode).toBe(1)
    const report: { readonly findings: readonly { readonly code: string }[] } = JSON.parse(ran.stdout)
    const codes = report.findings.map(({ code }) => code)
    expect(codes).toEqual(
      expect.arrayContaining(['GUARD_MISSING', 'HASH_MISMATCH', 'AMOUNT_DIFFERS', 'BALANCE_DIFFERS']),
    )
  })
})

it('verifies on PostgreSQL too, without leaving anything there', async () => {
  const env = { TIEOUT_DATABASE_URL: await newPostgresUrl(), K: 'a-key' }
  const { path } = newFolder(ON_POSTGRES)
  const here = (...argv: string[]): Promise<Ran> => run(['--config', join(path, 'tieout.yaml'), ...argv], { env })
  const file = join(path, 'openings.csv')
  writeFileSync(file, `${EVIDENCE_HEADER}\n2026-03-01,netpanel,opening-balance,57.1348,USD,,\n`)
  expect(await here('evidence', 'import', file)).toMatchObject({ exitCode: 0 })
  const whole = await here('ledger', 'verify', '--rebuild')
  expect(whole).toMatchObject({ exitCode: 0, stderr: '' })
  expect(whole.stdout).toMatch(/^Made anew from 3 batches of the log: \d+ rows of \d+ tables\.\nBook agency: /)
  const ran = await here('ledger', 'verify')
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  expect(ran.stdout).toBe('Book agency: 1 transaction and 0 journals verified, everything holds.\n')
  expect(await here('ledger', 'verify')).toEqual(ran)
})

it('says what to run first when there is no database yet', async () => {
  const ran = await newFolder().run('ledger', 'balances')
  expect(ran.exitCode).toBe(2)
  expect(ran.stderr).toMatch(
    /There is no database at .*tieout\.db\.\nRun tieout sync, tieout connect, tieout orders import or tieout evidence import/,
  )
})
