/** Two people approve, and what they looked at is what is sent: from the command line, over a book with a QuickBooks target. */
import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { saveCompany } from '../../src/targets/mapping/company-store.ts'
import { mappingLines } from '../../src/targets/mapping/mapping-lines.ts'
import { acceptMapping } from '../../src/targets/mapping/versions.ts'
import type { Book } from '../../src/ledger/books.ts'
import { mappings, newBook, post } from '../journals/support.ts'
import { account, company } from '../targets/build/support.ts'
import { CONFIG, newFolder, type Folder } from './support.ts'

const TARGETS = `    targets:
      - { name: books, type: quickbooks, from: '2026-01-01', clientId: { env: ID }, clientSecret: { env: SECRET } }
`
const TWO_PEOPLE = '    journals: { differentApprover: true }\n'

const quickbooks = company({
  accounts: [...mappings.quickbooks.accounts.entries()].map(([code, name]) => account(`id-${code}`, name)),
})

interface Stage extends Pick<Folder, 'run' | 'runAs'> {
  readonly database: Database
  readonly book: Book
}

async function stage(more = TWO_PEOPLE + TARGETS): Promise<Stage> {
  const text = CONFIG.replace('    sources:', `${more}    sources:`)
  const folder = newFolder(more.includes('targets') ? `tokenKey: { env: KEY }\n${text}` : text)
  const database = await folder.database()
  const book = await newBook(database, 'agency')
  await post(database, book, [
    ['panel', 'charge', 'netpanel', '4.50', '2026-03-01'],
    ['panel', 'charge', 'netpanel', '0.00349', '2026-03-02'],
    ['panel', 'charge', 'netpanel', '2.00', '2026-03-02'],
  ])
  const key = { book: book.id, target: 'books' }
  await saveCompany(database.kysely, key, quickbooks, { by: 'ann', nowMs: 1 })
  await acceptMapping(database.kysely, key, mappingLines(mappings.delivery.quickbooks), { by: 'ann', nowMs: 2 })
  return { run: folder.run, runAs: folder.runAs, database, book }
}

const prepare = (by: string, through = '2026-03-31') =>
  ['journals', 'prepare', '--through', through, '--by', by] as const
const approve = (by: string, through = '2026-03-31') =>
  ['journals', 'approve', '--through', through, '--by', by] as const

async function sealedIn({ kysely }: Database): Promise<readonly string[]> {
  const rows = await kysely.selectFrom('journal').select('document').orderBy('document').execute()
  return rows.map(({ document }) => document)
}

interface Previews {
  readonly previews: readonly {
    readonly bodies: readonly { document: string; state: string | null; body: string; sha256: string }[]
  }[]
}

describe('a book that wants two people', () => {
  it('approves only what somebody else prepared', async () => {
    const { run } = await stage()
    const alone = await run(...approve('Ann'))
    expect(alone.exitCode).toBe(1)
    expect(alone.stdout).toContain('nobody has prepared it yet, and two people are required')
    const prepared = await run(...prepare('Ann', '2026-03-01'))
    expect(prepared).toMatchObject({ exitCode: 0, stderr: '' })
    expect(prepared.stdout).toMatch(
      /1 draft prepared by Ann:\n {2}AGENCY-20260301-1, USD, content [0-9a-f]{64}\n {4}books: AGENCY-20260301-1 [0-9a-f]{12}\n/,
    )
    expect((await run('journals', 'list')).stdout).toMatch(/2026-03-01 +draft .*prepared by Ann/)
    const herself = await run(...approve(' ann '))
    expect(herself.stdout).toContain('Nothing was approved up to 2026-03-31: 2 drafts are held back.')
    expect(herself.stdout).toContain('The USD journal of 2026-03-01 is not approved: only ann has prepared it')
    const approved = await run(...approve('Bob'))
    expect(approved.stdout).toContain('1 journal approved by Bob: AGENCY-20260301-1.')
    expect(approved.stdout).toContain('books: 1 entry waiting for tieout deliver.')
    expect(approved.stdout).toContain('The USD journal of 2026-03-02 is not approved: nobody has prepared it yet')
  })

  it('refuses what has changed since, and approves what has not, whatever other days got', async () => {
    const { run, database, book } = await stage()
    await run(...prepare('Ann'))
    await post(database, book, [['panel', 'charge', 'netpanel', '1', '2026-03-02']])
    const changed = await run(...approve('Bob'))
    expect(changed).toMatchObject({ exitCode: 1, stderr: '' })
    expect(changed.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'The USD journal of 2026-03-02 is not what Ann prepared at ledger 3: it has changed since. Since then 1 transaction ' +
        'came (ledger 4): 1310:netpanel -1.00 USD, 5100:netpanel +1.00 USD. Nothing was approved. Somebody other than Bob ' +
        'has to look at it again: tieout journals prepare --through 2026-03-02 --by NAME; then Bob approves.',
    )
    expect(await sealedIn(database)).toEqual([])
    const first = await run(...approve('Bob', '2026-03-01'), '--json')
    expect(JSON.parse(first.stdout)).toMatchObject({ approved: [{ document: 'AGENCY-20260301-1', toSequence: '3' }] })
    await run(...prepare('Ann'))
    expect((await run(...approve('Bob'))).stdout).toContain('1 journal approved by Bob: AGENCY-20260302-1.')
  })

  it('says of late evidence for an approved day that nobody has prepared it yet', async () => {
    const { run, database, book } = await stage()
    await run(...prepare('Ann'))
    expect((await run(...approve('Bob'))).exitCode).toBe(0)
    await post(database, book, [['panel', 'charge', 'netpanel', '1', '2026-03-02']])
    for (const by of ['Bob', 'Ann']) {
      const late = await run(...approve(by))
      expect(late).toMatchObject({ exitCode: 1, stderr: '' })
      expect(late.stdout).toContain(
        'it holds what came after AGENCY-20260302-1 was approved, and nobody has prepared that yet',
      )
    }
    expect(await sealedIn(database)).toEqual(['AGENCY-20260301-1', 'AGENCY-20260302-1'])
    await run(...prepare('Bob'))
    expect((await run(...approve('Ann'))).stdout).toContain('1 journal approved by Ann: AGENCY-20260302-2.')
    expect(await run(...prepare('Bob'))).toMatchObject({ exitCode: 0 })
    expect((await run(...approve('Ann'))).stdout).toContain(
      'Nothing waits for approval up to 2026-03-31: 3 journals are approved already.',
    )
  })

  it('says of a draft that emptied itself that nothing is left of it, and approves the others', async () => {
    const { run, database, book } = await stage()
    await post(database, book, [['panel', 'written-up', 'netpanel', '3', '2026-03-05']])
    await run(...prepare('Ann'))
    await post(database, book, [['panel', 'written-off', 'netpanel', '3', '2026-03-05']])
    const approved = await run(...approve('Bob'))
    expect(approved).toMatchObject({ exitCode: 1, stderr: '' })
    expect(approved.stdout).toContain('2 journals approved by Bob')
    expect(approved.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /Nothing is left of the USD journal of 2026-03-05 that Ann prepared at ledger 4, so there is nothing to approve. Since then 1 transaction came \(ledger 5\): .*1310:netpanel -3.00 USD/,
    )
  })

  it('keeps a held day back whoever prepared it, and takes what was reversed for sealed', async () => {
    const { run, database } = await stage()
    await run(...prepare('Ann'))
    await run('journals', 'hold', '2026-03-02', '--by', 'Cid', '--why', 'disputed')
    const held = await run(...approve('Bob'))
    expect(held.exitCode).toBe(1)
    expect(held.stdout).toContain('The USD journal of 2026-03-02 is held. Held by Cid')
    await run('journals', 'reverse', 'AGENCY-20260301-1', '--by', 'Bob', '--why', 'wrong')
    const again = await run(...approve('Bob', '2026-03-01'))
    expect(again).toMatchObject({ exitCode: 0, stderr: '' })
    expect(again.stdout).toContain('Nothing waits for approval up to 2026-03-01: 2 journals are approved already.')
    expect(await sealedIn(database)).toEqual(['AGENCY-20260301-1', 'AGENCY-20260301-2'])
  })

  it('says that there is nothing where no journal is in the days', async () => {
    const { run } = await stage()
    const none = await run(...approve('Bob', '2026-02-28'))
    expect(none).toMatchObject({ exitCode: 0, stderr: '' })
    expect(none.stdout).toContain('Nothing waits for approval up to 2026-02-28: there are no journals.')
    const between = await run(...prepare('Ann', '2026-02-28'), '--from', '2026-02-01')
    expect(between.stdout).toContain(
      'Nothing waits for approval from 2026-02-01 to 2026-02-28: there are no journals.\nNothing was prepared.\n',
    )
  })

  it('needs no target for it', async () => {
    const { run } = await stage(TWO_PEOPLE)
    await run(...prepare('Ann'))
    expect((await run(...approve('Bob'))).stdout).toContain('2 journals approved by Bob')
  })
})

describe('what a target is sent', () => {
  it('is shown before approval exactly as it goes into the outbox, cent by cent', async () => {
    const { run, database } = await stage(TARGETS)
    const shown = async (name: string): Promise<Previews> =>
      JSON.parse((await run('journals', 'show', name, '--target', 'books', '--json')).stdout) as Previews
    const before = await shown('2026-03-02')
    await run(...approve('Bob'))
    const rows = await database.kysely.selectFrom('outbox_payload').select('body').orderBy('journal').execute()
    const [preview] = before.previews[0]?.bodies ?? []
    expect(preview).toMatchObject({ document: 'AGENCY-20260302-1', state: null, body: rows[1]?.body })
    expect(preview?.sha256).toBe(hash('sha256', rows[1]?.body ?? '', 'hex'))
    const after = await shown('agency-20260302-1')
    expect(after.previews[0]?.bodies).toEqual([{ ...preview, state: 'queued' }])
    const text = await run('journals', 'show', 'AGENCY-20260302-1', '--target', 'books')
    expect(text.stdout).toContain(`SHA-256 ${preview?.sha256}:\n${rows[1]?.body}\n`)
    expect(text.stdout).toMatch(/^Account there +Debit +Credit +Description$/m)
    expect(text.stdout).toMatch(/^[A-Z][\w :]+ \(id-\w+\) +2\.00 +\S/m)
  })

  it('is nothing for a replacement while an account is gone there, and that needs somebody', async () => {
    const { run, database, book } = await stage(TARGETS)
    await run(...approve('Bob'))
    const signed = ['--by', 'Bob', '--why', 'wrong account'] as const
    expect(await run('journals', 'reverse', 'AGENCY-20260301-1', ...signed)).toMatchObject({ exitCode: 0 })
    const without = { ...quickbooks, accounts: quickbooks.accounts.filter(({ id }) => id !== 'id-5100') }
    const key = { book: book.id, target: 'books' }
    await saveCompany(database.kysely, key, without, { by: 'ann', nowMs: 3 })
    const replaced = await run('journals', 'replace', 'AGENCY-20260301-1', ...signed)
    expect(replaced).toMatchObject({ exitCode: 1, stderr: '' })
    expect(replaced.stdout).toMatch(
      /^AGENCY-20260301-3, dated 2026-03-01, sealed by Bob.*\nbooks: The mapping to books covers/,
    )
  })

  it('is what was sent, negated, for a reversal', async () => {
    const { run } = await stage(TARGETS)
    await run(...approve('Bob'))
    const reversed = await run('journals', 'reverse', 'AGENCY-20260301-1', '--by', 'Bob', '--why', 'wrong account')
    expect(reversed.stdout).toContain('books: 1 entry waiting for tieout deliver.')
    const { stdout } = await run('journals', 'show', 'AGENCY-20260301-2', '--target', 'books')
    expect(stdout).toContain('AGENCY-20260301-2 for books, dated 2026-03-01, USD, queued:')
    expect(stdout).toContain('reverses AGENCY-20260301-1')
  })

  it.each([
    ['2026-03-09', 'There is nothing of 2026-03-09 for target "books": the day has no draft that can be approved.'],
    ['AGENCY-20260309-1', 'has no journal "AGENCY-20260309-1"'],
  ])('is an error for %s, which is not there', async (name, sentence) => {
    const { run } = await stage(TARGETS)
    const ran = await run('journals', 'show', name, '--target', 'books')
    expect(ran).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(sentence) as unknown })
  })
})

it('knows one person by the login, whatever names are given', async () => {
  const { runAs, database } = await stage(TWO_PEOPLE)
  await runAs('ann', ...prepare('ann'))
  const alone = await runAs('ann', ...approve('bea'))
  expect(alone.stdout).toContain('only bea (login ann) has prepared it')
  const pretending = await runAs('ann', ...approve('bea (login bea)'))
  expect(pretending.stdout).toContain('only bea (login bea) (login ann) has prepared it')
  expect(await sealedIn(database)).toEqual([])
  await runAs('bea', ...approve('bea'))
  expect(await sealedIn(database)).toHaveLength(2)
})
