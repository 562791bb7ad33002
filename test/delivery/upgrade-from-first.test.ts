/**
 * An outbox as the first version that had one left it, in every state, brought up to this version and delivered: each entry
 * is in the target once, what was sent is known as ours again, and an entry nobody here sent is not taken for ours.
 */
import { sql, type Kysely } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import type { Tables } from '../../src/db/tables.ts'
import type { TargetEntry } from '../../src/targets/entry.ts'
import { entryText } from '../../src/targets/outbox/entry-text.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'
import { olderMigrations } from '../support/older-migrations.ts'
import { startJournalService } from './journal-service.ts'
import { documentsIn, pass, START_MS, states, verify, workOf } from './support.ts'

const DAY_MS = 86_400_000
const BOOK = { id: 1n, name: 'acme', currency: 'USD', timeZone: 'UTC' }

/** What each row had been through, and whether its entry is in the target. */
const ROWS = [
  { past: ['queued'], isThere: false, was: 'never sent' },
  { past: ['queued'], isThere: true, was: 'never sent, and somebody else entered the same by hand' },
  { past: ['queued', 'sending', 'unknown'], isThere: true, was: 'sent, and arrived without an answer' },
  { past: ['queued', 'sending', 'unknown'], isThere: false, was: 'sent, and lost on the way' },
  { past: ['queued', 'sending'], isThere: true, was: 'being sent when the process was killed, and arrived' },
  { past: ['queued', 'sending'], isThere: false, was: 'being sent when the process was killed, and lost' },
  { past: ['queued', 'sending', 'delivered'], isThere: true, was: 'delivered' },
  { past: ['queued', 'sending', 'delivered', 'verified'], isThere: true, was: 'read back' },
] as const

function entryOf(journal: number): TargetEntry {
  const document = `ACME-2026110${journal}-1`
  const line = { description: '', dimensions: [], entity: null }
  return {
    document,
    date: `2026-11-0${journal}`,
    currency: 'USD',
    exchangeRate: null,
    memo: `${document} journal of 2026-11-0${journal}`,
    lines: [
      { ...line, account: 'a', amount: 100_000_000n * BigInt(journal) },
      { ...line, account: 'b', amount: -100_000_000n * BigInt(journal) },
    ],
  }
}

/** By the tables of that version, and its triggers. */
async function filled(kysely: Kysely<Tables>): Promise<void> {
  await sql`insert into book (id, name, currency, time_zone) values (1, 'acme', 'USD', 'UTC')`.execute(kysely)
  await sql`insert into account (book, id, key) values (1, 1, 'a'), (1, 2, 'b')`.execute(kysely)
  for (const [place, { past }] of ROWS.entries()) {
    const journal = place + 1
    const [document, text] = [entryOf(journal).document, entryText(entryOf(journal))]
    const amount = entryOf(journal).lines[0]?.amount ?? 0n
    await kysely.transaction().execute(async (trx) => {
      const [day, hash] = [entryOf(journal).date, Buffer.alloc(32)]
      await sql`insert into journal_line (book, journal, account, exact, rounded)
        values (1, ${journal}, 1, ${amount}, ${amount}), (1, ${journal}, 2, ${-amount}, ${-amount})`.execute(trx)
      await sql`insert into journal (book, id, day, number, document, document_date, currency, from_seq, to_seq, status,
        approved_by, approved_at_ms, line_count, hash) values (1, ${journal}, ${day}, 1, ${document}, ${day}, 'USD', 1, 9,
        'approved', 'ann', 1, 2, ${hash})`.execute(trx)
      await sql`insert into outbox_payload (book, target, journal, part, revision, body, body_sha256, entry, reason, made_at_ms)
        values (1, 'books', ${journal}, 1, 1, ${text}, ${hash}, ${text}, 'as approved', 1)`.execute(trx)
      await sql`insert into outbox (book, target, journal, part, parts, document, state, revision, generation, answered,
        history, queued_at_ms) values (1, 'books', ${journal}, 1, 1, ${document}, 'queued', 1, 1, 0, 0, 1)`.execute(trx)
    })
    for (const [n, to] of past.entries()) {
      if (n === 0) continue
      const remote = to === 'delivered' || to === 'verified' ? `old-${journal}` : null
      const holder = to === 'sending' ? 'elsewhere/1/x' : null
      await sql`insert into outbox_attempt (book, target, journal, part, n, at_ms, from_state, to_state, request_key, message, holder)
        values (1, 'books', ${journal}, 1, ${n}, ${n}, ${past[n - 1]}, ${to}, 'k', ${to}, 'elsewhere/1/x')`.execute(
        kysely,
      )
      await sql`update outbox set state = ${to}, history = ${n}, holder = ${holder},
        holder_until_ms = ${holder === null ? null : 9}, remote_id = ${remote},
        remote_version = ${remote === null ? null : '0'}, sent_at_ms = 3 where journal = ${journal}`.execute(kysely)
    }
  }
}

describeEmptyOnBothEngines('the outbox of the first version that had one', (freshUrl) => {
  it('is delivered by this version: everything once, and nothing adopted that was not sent', async () => {
    const database = await openDatabase(await freshUrl())
    onTestFinished(() => database.close())
    await migrate(database, 0, olderMigrations('0014'))
    await filled(database.kysely)
    await migrate(database, 1)
    const clock = { ms: START_MS }
    const service = await startJournalService(() => clock.ms)
    onTestFinished(() => service.close())
    for (const [place, { isThere }] of ROWS.entries()) {
      const text = entryText(entryOf(place + 1))
      if (isThere) service.entries.push({ id: `old-${place + 1}`, version: 0, status: 'posted', changedMs: 0, text })
    }
    const work = workOf({ database, book: BOOK, service, clock, said: [] })
    const documents = ROWS.map((_row, place) => entryOf(place + 1).document)
    const [never, byHand, arrived, lost, killed, killedLost] = documents
    const first = await pass(work)
    expect(first.adopted.toSorted()).toEqual([arrived, killed])
    expect(first.created.toSorted()).toEqual([never, lost, killedLost])
    // A day later nothing more happens: what somebody entered by hand is nobody's to take.
    clock.ms += DAY_MS
    await verify(work)
    const second = await pass(work)
    expect([...second.created, ...second.adopted]).toEqual([])
    expect(await states(work)).toBe('verified refused verified verified verified verified verified verified')
    expect(documentsIn(service)).toEqual(documents)
    expect(byHand).toBe('ACME-20261102-1')
  })
})
