/** Whatever somebody with SQL puts into the outbox or under it, nothing is sent that the postings do not say. */
import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { canonicalJournal } from '../../src/domain/journals/journal.ts'
import { journalLines, listJournals } from '../../src/journals/read.ts'
import { EVERY_DAY } from '../../src/journals/drafts.ts'
import type { TargetEntry } from '../../src/targets/entry.ts'
import { enqueueMissing } from '../../src/targets/outbox/enqueue.ts'
import { entryText } from '../../src/targets/outbox/entry-text.ts'
import { retryDocument } from '../../src/targets/outbox/retry.ts'
import { describeDatabases } from '../support/databases.ts'
import { dropTriggers } from '../support/unguarded.ts'
import { bench, documentsIn, pass, rows, START_MS, states, type Bench } from './support.ts'
import type { Database } from '../../src/db/database.ts'

async function queued(database: Database): Promise<Bench> {
  const made = await bench(database, 1)
  await enqueueMissing(database.kysely, made.work, START_MS)
  expect(await states(made.work)).toBe('queued')
  return made
}

async function entryOf({ work }: Bench): Promise<TargetEntry> {
  const [row] = await rows(work)
  if (row === undefined) throw new Error('nothing is queued')
  return row.entry
}

const times = (entry: TargetEntry, factor: bigint): TargetEntry => ({
  ...entry,
  lines: entry.lines.map((line) => ({ ...line, amount: line.amount * factor })),
})

/** As the database lets anybody do it while a row is queued. */
async function slipIn({ database: { kysely } }: Bench, entry: TargetEntry, body = entryText(entry)): Promise<void> {
  const [before] = await kysely.selectFrom('outbox_payload').selectAll().execute()
  if (before === undefined) throw new Error('nothing is queued')
  const bytes = { body, body_sha256: hash('sha256', body, 'buffer'), entry: entryText(entry) }
  await kysely
    .insertInto('outbox_payload')
    .values({ ...before, ...bytes, revision: 2n })
    .execute()
  await kysely.updateTable('outbox').set({ revision: 2n }).execute()
}

async function expectStopped(made: Bench, why: RegExp): Promise<void> {
  await pass(made.work)
  expect(await states(made.work)).toBe('refused')
  expect(documentsIn(made.service)).toEqual([])
  const { rows: history } = await sql<{ readonly message: string }>`
    select message from outbox_attempt order by n desc limit 1`.execute(made.database.kysely)
  expect(history[0]?.message).toMatch(why)
}

describeDatabases('an entry slipped into the outbox with every hash right', (fresh) => {
  it.each<readonly [string, (entry: TargetEntry) => TargetEntry, RegExp]>([
    ['ten times the amount', (entry) => times(entry, 10n), /too much on account/],
    ['the amounts turned round', (entry) => times(entry, -1n), /too much on account/],
    [
      'another account',
      (entry) => ({ ...entry, lines: entry.lines.map((line, at) => (at === 0 ? { ...line, account: '9999' } : line)) }),
      /too much on account/,
    ],
    ['another currency', (entry) => ({ ...entry, currency: 'EUR' }), /It is in EUR, the journal makes USD of it/],
    ['a rate', (entry) => ({ ...entry, exchangeRate: '10' }), /Its rate is 10, the rates say none/],
  ])('is not sent: %s; tried again by a person it is built anew', async (_, forge, why) => {
    const made = await queued(await fresh())
    const right = await entryOf(made)
    await slipIn(made, forge(right))
    await expectStopped(made, why)
    await retryDocument(made.work, { document: right.document, by: 'ann' })
    await pass(made.work)
    expect(documentsIn(made.service)).toEqual([right.document])
    expect((await entryOf(made)).lines).toEqual(right.lines)
  })

  it('is not sent where its bytes say something else than it', async () => {
    const made = await queued(await fresh())
    const right = await entryOf(made)
    await slipIn(made, right, entryText(times(right, 10n)))
    await expectStopped(made, /Its bytes are not those of its entry/)
  })

  it('moves no more than its journal, where the mapping has changed since', async () => {
    const made = await queued(await fresh())
    const right = await entryOf(made)
    const work = { ...made.work, mappingSinceMs: START_MS + 1 }
    await slipIn(made, times(right, 10n))
    await expectStopped({ ...made, work }, /It moves 12\.50 USD, journal \S+ 1\.25/)
  })

  it('is sent as it was queued, where the mapping has changed since', async () => {
    const made = await queued(await fresh())
    const right = await entryOf(made)
    const lines = right.lines.map((line) => ({ ...line, account: `old ${line.account}` }))
    await slipIn(made, { ...right, lines })
    await pass({ ...made.work, mappingSinceMs: START_MS + 1 })
    expect(await states(made.work)).toBe('delivered')
  })
})

/** What stands under an entry, changed behind the guards, with the journal's own hash made anew. */
describeDatabases('an entry that follows from a forged journal', (fresh) => {
  async function forgeJournal(made: Bench, change: readonly string[]): Promise<void> {
    const { kysely } = made.database
    for (const table of ['journal', 'journal_line', 'posting', 'txn']) await dropTriggers(kysely, table)
    for (const statement of change) await sql.raw(statement).execute(kysely)
    const [journal] = await listJournals(kysely, made.book, EVERY_DAY)
    if (journal === undefined) throw new Error('nothing is sealed')
    const lines = await journalLines(kysely, made.book, journal.id)
    const anew = hash('sha256', canonicalJournal(made.book.name, journal, lines), 'buffer')
    await kysely.updateTable('journal').set({ hash: anew }).execute()
    const right = await entryOf(made)
    const amounts = new Map<string, bigint>(lines.map(({ account, rounded }) => [account, rounded]))
    await slipIn(made, {
      ...right,
      lines: right.lines.map((line) => ({ ...line, amount: amounts.get(line.account) ?? line.amount })),
    })
  }

  it.each<readonly [string, readonly string[], RegExp]>([
    [
      'of ten times the amount',
      ['update journal_line set exact = exact * 10, rounded = rounded * 10'],
      /has 12\.5\S* USD on \S+, the postings of its range have 1\.25|has -12\.5\S* USD on \S+, the postings of its range have -1\.25/,
    ],
    [
      'of ten times the rounded amount',
      ['update journal_line set rounded = rounded * 10'],
      /for -?1\.25\S* in the ledger/,
    ],
    [
      'of a range that is not its own',
      ['update journal set to_seq = to_seq + 1, from_seq = from_seq + 1'],
      /postings of its range have 0/,
    ],
    ['whose postings have changed', ['update posting set amount = amount * 10'], /postings of its range have -?12\.5/],
  ])('is not sent: %s', async (_, change, why) => {
    const made = await queued(await fresh())
    await forgeJournal(made, change)
    await expectStopped(made, why)
  })

  it('is not sent where the journal no longer has its hash', async () => {
    const made = await queued(await fresh())
    await dropTriggers(made.database.kysely, 'journal')
    await sql`update journal set approved_by = 'mallory'`.execute(made.database.kysely)
    await expectStopped(made, /no longer matches its hash/)
  })
})
