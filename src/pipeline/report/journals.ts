/** Section D, journals: what was sealed since the night before and by whom, what had become of it in each target, and what waited. */
import type { Kysely } from 'kysely'
import type { AccountMapping } from '../../domain/accounts.ts'
import { readInChunks } from '../../db/chunks.ts'
import type { Tables } from '../../db/tables.ts'
import type { HeldJournal } from '../../domain/journals/journal.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { draftJournals, EVERY_DAY } from '../../journals/drafts.ts'
import { carriedRemainders, type CarriedRemainder } from '../../journals/totals.ts'
import type { Book } from '../../ledger/books.ts'
import { ofRow } from '../../targets/outbox/joins.ts'
import type { WaitingCounter } from '../held-days.ts'
import { waitingAt, type WaitingDay } from './waiting.ts'
import type { Window } from './window.ts'

export interface JournalLine {
  readonly document: string
  readonly day: IsoDate
  readonly currency: string
  /** Sum of its rounded debits. */
  readonly amount: Units
  readonly approvedBy: string
  /** Target to state, for journals with an outbox row. */
  readonly delivered: readonly { readonly target: string; readonly state: string }[]
}

export interface JournalSection {
  readonly sealed: readonly JournalLine[]
  /** Nothing had sealed them by then, whoever they waited for. */
  readonly waiting: readonly WaitingDay[]
  /** What rounding carried on to a later journal. */
  readonly carried: readonly CarriedRemainder[]
}

export async function journalSection(
  db: Kysely<Tables>,
  book: Book,
  window: Window,
  timeZone: string,
  counters: readonly WaitingCounter[],
): Promise<JournalSection> {
  const carried = await carriedRemainders(db, book, window.knownAtMs)
  return {
    sealed: await sealedSince(db, book, window),
    waiting: await waitingAt(db, book, window, timeZone, counters),
    carried: carried.filter(({ remainder }) => remainder !== 0n),
  }
}

/** Why drafts wait, as of now: mappings and rules keep no history that a page could go back to. */
export async function heldNow(
  db: Kysely<Tables>,
  book: Book,
  mapping: AccountMapping,
): Promise<readonly HeldJournal[]> {
  return (await draftJournals(db, book, EVERY_DAY, mapping)).held
}

async function sealedSince(db: Kysely<Tables>, book: Book, window: Window): Promise<readonly JournalLine[]> {
  const rows = await db
    .selectFrom('journal')
    .innerJoin('journal_line as line', (join) =>
      join.onRef('line.book', '=', 'journal.book').onRef('line.journal', '=', 'journal.id'),
    )
    .select([
      'journal.id',
      'journal.document',
      'journal.day',
      'journal.currency',
      'journal.approved_by',
      'line.rounded',
    ])
    .where('journal.book', '=', book.id)
    .where('journal.approved_at_ms', '>', BigInt(window.beforeRun?.finishedAtMs ?? -1))
    .where('journal.approved_at_ms', '<=', BigInt(window.knownAtMs))
    .orderBy('journal.id')
    .execute()
  const states = await deliveries(db, book, [...new Set(rows.map(({ id }) => id))], window.knownAtMs)
  const journals = new Map<bigint, JournalLine>()
  for (const { id, document, day, currency, approved_by, rounded } of rows) {
    const found = journals.get(id)
    const amount = (found?.amount ?? 0n) + (rounded > 0n ? rounded : 0n)
    const delivered = states.get(id) ?? []
    journals.set(id, { document, day, currency, amount, approvedBy: approved_by, delivered })
  }
  return [...journals.values()]
}

/** The state of every outbox row as it was: after its last attempt by then. */
async function deliveries(
  db: Kysely<Tables>,
  book: Book,
  ids: readonly bigint[],
  knownAtMs: number,
): Promise<ReadonlyMap<bigint, JournalLine['delivered']>> {
  const rows = await readInChunks(ids, (some) =>
    db
      .selectFrom('outbox as row')
      .leftJoin('outbox_attempt as line', (join) => join.on(ofRow('line')).on('line.at_ms', '<=', BigInt(knownAtMs)))
      .select(['row.journal', 'row.target', 'row.part', 'line.to_state'])
      .where('row.book', '=', book.id)
      .where('row.queued_at_ms', '<=', BigInt(knownAtMs))
      .where('row.journal', 'in', [...some])
      .orderBy('row.target')
      .orderBy('row.part')
      .orderBy('line.n')
      .execute(),
  )
  const last = new Map(rows.map((row) => [`${row.journal} ${row.target} ${row.part}`, row]))
  const byJournal = Map.groupBy(last.values(), ({ journal }) => journal)
  const states = (all: readonly (typeof rows)[number][]): JournalLine['delivered'] =>
    all.map(({ target, to_state }) => ({ target, state: to_state ?? 'queued' }))
  return new Map([...byJournal].map(([journal, all]) => [journal, states(all)]))
}
