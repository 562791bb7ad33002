/** Journals and exports from the command line, over a real ledger in a file. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import type { Book } from '../../src/ledger/books.ts'
import { raiseException } from '../support/exceptions.ts'
import { newBook, post } from '../journals/support.ts'
import { newPostgresUrl } from '../support/databases.ts'
import { CONFIG, newFolder, type Folder } from './support.ts'

async function folderWithBooks(more = ''): Promise<Folder & { readonly book: Book }> {
  const folder = newFolder(CONFIG.replace('    sources:', `${more}    sources:`))
  const database = await folder.database()
  const book = await newBook(database, 'agency')
  await post(database, book, [
    ['panel', 'charge', 'netpanel', '4.50', '2026-03-01'],
    ['panel', 'charge', 'netpanel', '0.00349', '2026-03-02'],
    ['publisher', 'earn', 'pub', '5.21', '2026-03-02'],
  ])
  return { ...folder, book }
}

describe('tieout journals', () => {
  it('lists drafts, approves them, and lists them as approved', async () => {
    const { run } = await folderWithBooks()
    const drafts = await run('journals', 'list')
    expect(drafts.stdout).toMatch(/2026-03-01 +draft +USD +2 +4\.50/)
    const approved = await run('journals', 'approve', '--through', '2026-03-01', '--by', 'Ann')
    expect(approved.exitCode).toBe(0)
    expect(approved.stdout.split('\n')[0]).toBe('1 journal approved by Ann: AGENCY-20260301-1.')
    expect(drafts.stdout).not.toContain('Sequences:')
    expect((await run('journals', 'list')).stdout).toContain(
      'Sequences: of this range of the ledger, a journal covers the transactions of its own day and currency.',
    )
    const listed = await run('journals', 'list', '--json')
    expect(JSON.parse(listed.stdout)).toMatchObject({
      journals: [
        {
          document: 'AGENCY-20260301-1',
          approvedBy: 'Ann',
          approvedAt: '2026-03-20T00:00:00.000Z',
          debits: '4.50000000',
          lines: [{ rounded: '-4.50000000' }, { rounded: '4.50000000' }],
        },
      ],
      drafts: [{ day: '2026-03-02' }],
      held: [],
    })
  })

  it('keeps nothing of a dry run', async () => {
    const { run } = await folderWithBooks()
    const rehearsed = await run('journals', 'approve', '--through', '2026-03-31', '--by', 'Ann', '--dry-run')
    expect(rehearsed.stdout).toBe('2 journals would be approved by Ann: AGENCY-20260301-1 to AGENCY-20260302-1.\n')
    expect((await run('journals', 'list')).stdout).toMatch(/0 journals approved, 2 drafts, 0 held/)
  })

  it('approves at the instant --now names', async () => {
    const { run } = await folderWithBooks()
    const argv = ['journals', 'approve', '--through', '2026-03-31', '--by', 'Ann', '--json']
    const ran = await run(...argv, '--now', '2026-03-03T00:05:00+01:00')
    expect(JSON.parse(ran.stdout)).toMatchObject({ approved: [{ approvedAt: '2026-03-02T23:05:00.000Z' }, {}] })
  })

  it('shows one journal with its exact and rounded lines, approved or not', async () => {
    const { run } = await folderWithBooks()
    expect((await run('journals', 'show', '2026-03-02')).stdout).toMatch(/5100\S* +-?0?\S* .*0\.00349000/)
    const draft = { account: '5100:netpanel', exact: '0.00349000', rounded: '0.00000000' }
    const drafts: unknown = JSON.parse((await run('journals', 'show', '2026-03-02', '--json')).stdout)
    expect(drafts).toMatchObject({ drafts: [{ lines: expect.arrayContaining([draft]) as unknown }] })
    await run('journals', 'approve', '--through', '2026-03-31', '--by', 'Ann')
    expect((await run('journals', 'show', 'agency-20260301-1')).stdout).toMatch(/Hash [0-9a-f]{64}/)
    const unknown = await run('journals', 'show', 'AGENCY-20260401-1')
    expect(unknown).toMatchObject({ exitCode: 2 })
    expect(unknown.stderr).toMatch(/has no journal "AGENCY-20260401-1"/)
  })
})

describe('tieout journals approve', () => {
  it('names in one line what is open beside what it seals', async () => {
    const folder = await folderWithBooks()
    const { kysely } = await folder.database()
    const raise = (object: string, amount: bigint | null, day: string) =>
      raiseException(
        kysely,
        folder.book.id,
        { source: 'netpanel', code: 'WALLET_DIFFERS', object, amount, currency: 'USD', detail: 'differs' },
        { batch: 1, item: 1 },
        Date.parse(`${day}T00:05:00Z`),
      )
    await raise('wallet', -450_000_000n, '2026-03-02')
    await raise('wallet-2', null, '2026-03-02')
    for (const object of ['wallet-3', 'wallet-4']) await raise(object, 100_000_000n, '2026-03-02')
    const approve = ['journals', 'approve', '--through', '2026-03-01', '--by', 'Ann', '--dry-run']
    expect((await folder.run(...approve)).stderr).toBe(
      'Note: open beside these journals: E-2 WALLET_DIFFERS of netpanel, E-1 WALLET_DIFFERS of netpanel -4.50 USD, ' +
        'E-3 WALLET_DIFFERS of netpanel 1.00 USD, 1 more. tieout todo shows them.\n',
    )
    expect(JSON.parse((await folder.run(...approve, '--json')).stdout)).toMatchObject({
      open: ['E-1', 'E-2', 'E-3', 'E-4'],
    })
  })

  it('says with which command the journals are handed out, and that command does it', async () => {
    const folder = await folderWithBooks("    export: { dir: './import files', formats: [hledger, quickbooks-csv] }\n")
    const { run, path } = folder
    const first = await run('journals', 'approve', '--through', '2026-03-01', '--by', 'Ann')
    const flags = (from: string, to: string): string =>
      `--format quickbooks-csv --from ${from} --to ${to} --out '${join(path, 'import files')}'`
    const config = join(path, 'tieout.yaml')
    expect(first.stdout.split('\n').slice(1)).toEqual([
      'Hand out with:',
      `  tieout --config ${config} export ${flags('2026-03-01', '2026-03-01')}`,
      '',
    ])
    await run('journals', 'approve', '--through', '2026-03-02', '--by', 'Ann')
    await post(await folder.database(), folder.book, [['panel', 'charge', 'netpanel', '1', '2026-03-01']])
    const late = await run('journals', 'approve', '--through', '2026-03-31', '--by', 'Ann')
    expect(late.stdout.split('\n').slice(2, 4)).toEqual([
      `  tieout --config ${config} export ${flags('2026-03-01', '2026-03-01')}`,
      'The files also hold 1 journal of these dates approved before (AGENCY-20260301-1): import each document once.',
    ])
    const typed = `export ${flags('2026-03-01', '2026-03-01')}`.match(/[^\s']+|'[^']*'/g) ?? []
    const exported = await run(...typed.map((word) => word.replaceAll("'", '')))
    expect(exported).toMatchObject({ exitCode: 0, stderr: '' })
    const file = join(path, 'import files', 'agency-quickbooks-csv-2026-03-01-to-2026-03-01.csv')
    expect(readFileSync(file, 'utf8')).toContain('AGENCY-20260301-2')
  })

  it('names every import format when the book asks for none, and no command when nothing was approved', async () => {
    const { run } = await folderWithBooks()
    const argv = ['journals', 'approve', '--through', '2026-03-31', '--by', 'Ann', '--json']
    const commands = (ran: { readonly stdout: string }): readonly string[] =>
      (JSON.parse(ran.stdout) as { readonly handOut: readonly string[] }).handOut
    expect(commands(await run(...argv, '--dry-run'))).toEqual([])
    expect(
      commands(await run(...argv)).map((command) => /--format (\S+) .* --out (\S+)/.exec(command)?.slice(1)),
    ).toEqual(['quickbooks-csv', 'xero-csv', 'csv'].map((format) => [format, 'exports']))
    expect(commands(await run(...argv))).toEqual([])
  })

  it('makes no database where there is none', async () => {
    const { run, path } = newFolder()
    for (const more of [[], ['--dry-run']]) {
      const ran = await run('journals', 'approve', '--through', '2026-03-01', '--by', 'Ann', ...more)
      expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
      expect(ran.stderr).toMatch(
        /There is no database at .*tieout\.db\.\nRun tieout sync, tieout connect, tieout orders import/,
      )
    }
    expect(readdirSync(path)).toEqual(['tieout.yaml'])
  })

  it('makes no tables in a database that holds none', async () => {
    const url = await newPostgresUrl({ empty: true })
    const { run, path } = newFolder(CONFIG.replace('sqlite:./tieout.db', '{ file: ./url }'))
    writeFileSync(join(path, 'url'), url)
    const ran = await run('journals', 'approve', '--through', '2026-03-01', '--by', 'Ann')
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toMatch(
      /The database holds no tieout books yet\.\nRun tieout sync, tieout connect, tieout orders import/,
    )
    const database = await openDatabase(url)
    onTestFinished(() => database.close())
    expect(await database.kysely.introspection.getTables()).toEqual([])
  })
})

describe('tieout export', () => {
  it('refuses a folder it cannot write to with a sentence', async () => {
    const { run, path } = await folderWithBooks()
    await run('journals', 'approve', '--through', '2026-03-31', '--by', 'Ann')
    const argv = ['export', '--format', 'csv', '--from', '2026-03-01', '--to', '2026-03-31', '--out']
    for (const out of [join(path, 'tieout.yaml'), join(path, 'tieout.yaml', 'inside')]) {
      const ran = await run(...argv, out)
      expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
      expect(ran.stderr).toMatch(/tieout\.yaml.*: it is a file, .* not a folder\.\nName a folder .* --out/)
    }
    mkdirSync(join(path, 'out', 'agency-csv-2026-03-01-to-2026-03-31.csv'), { recursive: true })
    const blocked = await run(...argv, join(path, 'out'))
    expect(blocked).toMatchObject({ exitCode: 2, stdout: '' })
    expect(blocked.stderr).toMatch(/cannot be written to the folder .*out: EISDIR.*\nName a folder that can be written/)
  })

  it('writes approved journals and says what waits', async () => {
    const { run, path } = await folderWithBooks()
    await run('journals', 'approve', '--through', '2026-03-01', '--by', 'Ann')
    const out = join(path, 'out')
    const ran = await run('export', '--format', 'csv', '--from', '2026-03-01', '--to', '2026-03-31', '--out', out)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ran.stdout).toMatch(/1 draft not exported: approve first/)
    expect(readdirSync(out)).toEqual([
      'agency-csv-2026-03-01-to-2026-03-31.csv',
      'agency-csv-2026-03-01-to-2026-03-31.manifest.json',
    ])
  })

  it('hands nothing out twice unnoticed: another file for the same books needs --again', async () => {
    const { run, path } = await folderWithBooks()
    await run('journals', 'approve', '--through', '2026-03-31', '--by', 'Ann')
    const argv = ['export', '--from', '2026-03-01', '--to', '2026-03-31', '--by', 'Ann', '--format'] as const
    const quickbooks = [...argv, 'quickbooks-csv', '--date-style', 'dmy', '--out'] as const
    expect(await run(...quickbooks, path)).toMatchObject({ exitCode: 0, stderr: '' })
    const file = join(path, 'agency-quickbooks-csv-2026-03-01-to-2026-03-31.csv')
    expect(readFileSync(file, 'utf8')).toContain(',01/03/2026,')
    const refused = await run(...quickbooks, join(path, 'other'))
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain(
      `twice:\n  2 journals (AGENCY-20260301-1 to AGENCY-20260302-1) were written to ${file} by Ann at 2026-03-20 00:00 UTC.\n`,
    )
    expect(refused.stderr).toContain('To write them all the same: add --again.')
    expect(existsSync(join(path, 'other'))).toBe(false)
    const again = await run(...quickbooks, join(path, 'other'), '--again')
    expect(again.stdout).toContain(
      `Note: 2 journals (AGENCY-20260301-1 to AGENCY-20260302-1) were written to ${file} by Ann`,
    )
    expect((await run(...argv, 'csv', '--out', path)).stdout).not.toContain('Note:')
  })

  it('writes nothing when nothing is approved, and says so', async () => {
    const { run, path } = await folderWithBooks()
    const out = join(path, 'out')
    const ran = await run('export', '--format', 'csv', '--from', '2026-03-01', '--to', '2026-03-31', '--out', out)
    expect(ran.stdout).toMatch(/2 drafts wait/)
    expect(existsSync(out)).toBe(false)
  })
})

describe('tieout todo', () => {
  it('names the journals that wait for approval, and says when nothing else does', async () => {
    const { run } = await folderWithBooks()
    expect((await run('todo')).stdout).toBe(
      '2 journals wait for approval, the oldest of 2026-03-01, for 19 days: tieout journals approve --through 2026-03-02\n' +
        'Nothing else waits for a person.\n',
    )
    const { exitCode, stdout } = await run('todo', '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ journals: { count: 2, days: 19 }, secondPerson: null, items: [] })
  })
})
