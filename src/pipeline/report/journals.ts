/** Section D, journals: what was sealed since the night before and by whom, what became of it in each target, what waits and why. */
import type { Kysely } from 'kysely'
import type { AccountMapping } from '../../domain/accounts.ts'
import type { Tables } from '../../db/tables.ts'
import type { HeldJournal } from '../../domain/journals/journal.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { draftJournals, EVERY_DAY } from '../../journals/drafts.ts'
import { carriedRemainders, type CarriedRemainder } from '../../journals/totals.ts'
import type { Book } from '../../ledger/books.ts'
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
  /** Drafts as of now: a draft is computed, never kept. */
  readonly waiting: readonly { readonly day: IsoDate; readonly currency: string; readonly amount: Units }[]
  readonly held: readonly HeldJournal[]
  /** What rounding carries on to a later journal, as of now. */
  readonly carried: readonly CarriedRemainder[]
}

export async function journalSection(
  db: Kysely<Tables>,
  book: Book,
  mapping: AccountMapping,
  window: Window,
): Promise<JournalSection> {
  const { ready, held } = await draftJournals(db, book, EVERY_DAY, mapping)
  return {
    sealed: await sealedSince(db, book, window),
    waiting: ready.map(({ day, currency, lines }) => ({ day, currency, amount: debits(lines) })),
    held,
    carried: (await carriedRemainders(db, book)).filter(({ remainder }) => remainder !== 0n),
  }
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
  const states = await deliveries(db, book, [...new Set(rows.map(({ id }) => id))])
  const journals = new Map<bigint, JournalLine>()
  for (const { id, document, day, currency, approved_by, rounded } of rows) {
    const found = journals.get(id)
    const amount = (found?.amount ?? 0n) + (rounded > 0n ? rounded : 0n)
    const delivered = states.get(id) ?? []
    journals.set(id, { document, day, currency, amount, approvedBy: approved_by, delivered })
  }
  return [...journals.values()]
}

const IDS_PER_QUERY = 500

async function deliveries(
  db: Kysely<Tables>,
  book: Book,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, JournalLine['delivered']>> {
  const found = new Map<bigint, JournalLine['delivered'][number][]>()
  for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
    const rows = await db
      .selectFrom('outbox')
      .select(['journal', 'target', 'state'])
      .where('book', '=', book.id)
      .where('journal', 'in', ids.slice(at, at + IDS_PER_QUERY))
      .orderBy('target')
      .orderBy('part')
      .execute()
    for (const { journal, target, state } of rows)
      found.set(journal, [...(found.get(journal) ?? []), { target, state }])
  }
  return found
}

function debits(lines: readonly { readonly rounded: Units }[]): Units {
  return lines.reduce((sum, { rounded }) => (rounded > 0n ? sum + rounded : sum), 0n)
}
