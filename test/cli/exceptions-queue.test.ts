/** `tieout todo`, `explain` and `decide` as a person uses them: the inbox with ages and owners, one item in full, a word about it. */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { newFolder, run, type Ran } from './support.ts'

interface Desk {
  readonly tieout: (...argv: string[]) => Promise<Ran>
  readonly tieoutAs: (login: string, ...argv: string[]) => Promise<Ran>
  /** A night that finds this in the wallet. */
  readonly night: (day: number, balance: string) => Promise<void>
}

/** A panel without orders, whose wallet opened with 1000.00. */
async function desk(more = ''): Promise<Desk> {
  const wallet = { balance: '1000.00' }
  const server = createServer((message, response) => {
    const answer = async (): Promise<void> => {
      const parts: Buffer[] = []
      for await (const part of message) parts.push(part as Buffer)
      const isBalance = Buffer.concat(parts).toString('utf8').includes('action=balance')
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(isBalance ? JSON.stringify({ balance: wallet.balance, currency: 'USD' }) : '[]')
    }
    answer().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  const { path } = newFolder(`database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    sources: [{ name: netpanel, type: panel, currency: USD, apiKey: { env: KEY }, baseUrl: 'http://127.0.0.1:${address.port}' }]
${more}`)
  const typed = (io: { readonly login?: string }, argv: readonly string[]): Promise<Ran> =>
    run(['--config', join(path, 'tieout.yaml'), ...argv], { env: { KEY: 'k' }, ...io })
  const tieout: Desk['tieout'] = (...argv) => typed({}, argv)
  const file = join(path, 'openings.csv')
  writeFileSync(
    file,
    'date,source,kind,amount,currency,reference,note\n2026-03-01,netpanel,opening-balance,1000,USD,,\n',
  )
  await tieout('evidence', 'import', file, '--now', '2026-03-01T09:00:00Z')
  return {
    tieout,
    tieoutAs: (login, ...argv) => typed({ login }, argv),
    night: async (day, balance) => {
      wallet.balance = balance
      // A difference is an item from the second night on.
      for (const at of [`2026-03-0${day - 1}T12:00:00Z`, `2026-03-0${day}T00:05:00Z`]) await tieout('sync', '--now', at)
    },
  }
}

const NOON = ['--now', '2026-03-03T12:00:00Z']
const SIGNED = ['--by', 'Ada', '--why', 'mail of the panel', ...NOON]

it('lists what waits with severity, owner, ages and the choices that fit, and filters it', async () => {
  const { tieout, night } = await desk()
  await night(3, '960.00')
  const listed = await tieout('todo', ...NOON)
  expect(listed.stdout).toMatch(
    /^E-1 +review +payables +netpanel +-40\.00 +USD +0d +WALLET_DIFFERS wallet: the wallet fell by 40\.00.*\n {4}tieout decide E-1 adjustment\n {4}tieout decide E-1 write-off\n\n/m,
  )
  expect(listed.stdout).toMatch(
    /^1 journal waits for approval, the oldest of 2026-03-01, for 2 days: tieout journals approve --through 2026-03-01\n/,
  )
  expect(listed.stdout).toContain('Aging USD: 0-1d 40.00 (1) | 2-5d 0.00 (0) | 6-30d 0.00 (0) | >30d 0.00 (0)')
  const later = await tieout('todo', '--now', '2026-03-11T12:00:00Z')
  expect(later.stdout).toMatch(/E-1 +escalate +payables .* late 8d /)
  expect(later.stdout).toContain('1 item, 1 late.')
  const inbox = JSON.parse((await tieout('todo', '--json', '--now', '2026-03-11T12:00:00Z')).stdout)
  const [shown] = inbox.items
  expect(shown).toMatchObject({ id: 'E-1', severity: 'escalate', isOverdue: true, ageDays: 8, ageBucket: '6-30d' })
  expect(shown.choices.map(({ command }: { readonly command: string }) => command)).toEqual([
    'tieout decide E-1 adjustment',
    'tieout decide E-1 write-off',
  ])
  expect(inbox.journals).toMatchObject({ count: 1, oldest: '2026-03-01' })
  const filters = [
    ['--severity', 'info'],
    ['--owner', 'treasury'],
    ['--older-than', '1'],
  ]
  for (const filter of filters) {
    expect((await tieout('todo', ...filter, ...NOON)).stdout).toBe('Nothing that waits is like that.\n')
  }
  expect((await tieout('todo', '--waiting', '--all')).exitCode).toBe(2)
})

it('shows one in full, with the lines each resolution would post and the bytes one step away', async () => {
  const { tieout, night } = await desk()
  await night(3, '960.00')
  const { stdout } = await tieout('explain', 'E-1', ...NOON)
  expect(stdout).toContain(
    'E-1 WALLET_DIFFERS netpanel wallet -40.00 USD\nopen, review, payables, due 2026-03-05, 0 days old\n',
  )
  expect(stdout).toMatch(/2026-03-03T00:05:00\.000Z opened -40\.00 USD \[\d+\.\d+\]: the wallet fell by 40\.00/)
  expect(stdout).toMatch(/Evidence \d+\.\d+: panel-balance of netpanel, .* SHA-256 [0-9a-f]{64}/)
  expect(stdout).toContain(
    '  write-off: it will not be found: it is written off\n' +
      '    2026-03-03 Dr 6950 40.00\n    2026-03-03 Cr 1310:netpanel 40.00\n',
  )
  expect(stdout).toContain('  top-up: not now, the wallet holds less than the books, so no top-up is missing\n')
  expect(stdout).not.toContain('"balance"')
  expect((await tieout('explain', '1', '--raw', ...NOON)).stdout).toContain('{"balance":"960.00","currency":"USD"}')
  const { landed } = JSON.parse((await tieout('explain', 'e-1', '--raw', '--json', ...NOON)).stdout)
  expect(Buffer.from(landed.base64, 'base64').toString()).toBe('{"balance":"960.00","currency":"USD"}')
  const unknown = await tieout('explain', 'E-9', ...NOON)
  expect(unknown).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('There is no exception E-9 in book "agency".'),
  })
  expect((await tieout('explain', 'wallet')).stderr).toContain('"wallet" names nothing that waits.')
})

it('rehearses a resolution, takes it once, and keeps who and why', async () => {
  const { tieout, night } = await desk()
  await night(3, '960.00')
  const resolve = ['decide', 'E-1', 'write-off', ...SIGNED]
  const booked =
    'E-1 WALLET_DIFFERS of netpanel: it will not be found: it is written off.\n' +
    '  2026-03-03 Dr 6950 40.00\n  2026-03-03 Cr 1310:netpanel 40.00\n'
  expect((await tieout(...resolve, '--dry-run')).stdout).toBe(`${booked}Dry run: nothing was kept.\n`)
  expect((await tieout('todo', ...NOON)).stdout).toContain('1 item.')
  expect((await tieout(...resolve)).stdout).toBe(booked)
  expect(await tieout(...resolve)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('it is closed') })
  const shown = await tieout('explain', 'E-1', ...NOON)
  expect(shown.stdout).toMatch(/resolved as write-off by Ada: mail of the panel \[\d+\.1\]/)
  expect(shown.stdout).toContain('(X1; write-off, by Ada: mail of the panel)')
  expect((await tieout('todo', '--all', ...NOON)).stdout).toMatch(
    /E-1 +closed: write-off .* 0d +WALLET_DIFFERS wallet: /,
  )
})

it('gives an exception to somebody, who then owns it', async () => {
  const { tieout, night } = await desk('    exceptions: { owners: { default: Finance } }\n')
  await night(3, '960.00')
  expect((await tieout('todo', ...NOON)).stdout).toMatch(/E-1 +review +Finance/)
  const assigned = await tieout('decide', 'E-1', 'assign', '--to', 'Bea', ...SIGNED)
  expect(assigned.stdout).toBe("E-1 WALLET_DIFFERS of netpanel is now Bea's.\n")
  expect((await tieout('todo', '--owner', 'bea', ...NOON)).stdout).toMatch(/E-1 +review +Bea/)
  expect((await tieout('explain', 'E-1', ...NOON)).stdout).toMatch(/assigned to Bea by Ada: mail of the panel/)
})

it('lets nobody book more than one person may decide alone, where two are asked for', async () => {
  const { tieout, night } = await desk('    journals: { differentApprover: true }\n')
  await night(3, '960.00')
  const resolve = ['decide', 'E-1', 'write-off', ...SIGNED]
  const alone = await tieout(...resolve)
  expect(alone.exitCode).toBe(2)
  expect(alone.stderr).toContain(
    'E-1 (netpanel WALLET_DIFFERS) books 40.00 USD, above the limit of 25.00 for one person: nobody has assigned it yet.',
  )
  await tieout('decide', 'E-1', 'assign', '--to', 'Ada', ...SIGNED)
  expect((await tieout(...resolve)).stderr).toContain('only Ada has assigned it')
  expect((await tieout(...resolve, '--amount', '25.00')).exitCode).toBe(0)
  await night(4, '900.00')
  await tieout('decide', 'E-1', 'assign', '--to', 'Ada', '--by', 'Bea', '--why', 'hers', ...NOON)
  const rest = await tieout('decide', 'E-1', 'write-off', '--by', 'ada', '--why', 'x')
  expect(rest).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Dr 6950 75.00') })
})

it('says once what the rules of its entries are', async () => {
  const { tieout, night } = await desk()
  await night(3, '960.00')
  for (const amount of ['15.00', '25.00']) await tieout('decide', 'E-1', 'write-off', '--amount', amount, ...SIGNED)
  const { stdout } = await tieout('explain', 'E-1', ...NOON)
  expect(stdout.match(/\(X1; write-off, by Ada/g)).toHaveLength(2)
  expect(stdout.match(/^ {2}X1: A person said what the difference was\.$/gm)).toHaveLength(1)
})

it('signs a decision with the login of whoever types it, where nobody is named', async () => {
  const { tieoutAs, night } = await desk()
  await night(3, '960.00')
  await tieoutAs('ann', 'decide', 'E-1', 'assign', '--to', 'Bea', '--why', 'hers', ...NOON)
  expect((await tieoutAs('ann', 'explain', 'E-1', ...NOON)).stdout).toMatch(/assigned to Bea by ann: hers/)
})
