/**
 * What became of sealed journals: which were taken back, and which of those repeated. A journal is in force while nothing
 * has taken it back; the range of a chain is in force while one of its journals is.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Book } from '../ledger/books.ts'

export interface Aftermath {
  /** The document that takes it back; null while it is in force. */
  readonly reversedBy: string | null
  /** The document that repeats it; null unless it is reversed and repeated. */
  readonly replacedBy: string | null
}

export const IN_FORCE: Aftermath = { reversedBy: null, replacedBy: null }

/** By journal id, for those that something refers to. */
export async function readAftermath(db: Kysely<Tables>, book: Book): Promise<ReadonlyMap<bigint, Aftermath>> {
  const rows = await db
    .selectFrom('journal_link as link')
    .innerJoin('journal', (join) =>
      join.onRef('journal.book', '=', 'link.book').onRef('journal.id', '=', 'link.journal'),
    )
    .where('link.book', '=', book.id)
    .select(['link.subject', 'link.kind', 'journal.document'])
    .execute()
  const found = new Map<bigint, Aftermath>()
  for (const { subject, kind, document } of rows) {
    const before = found.get(subject) ?? IN_FORCE
    found.set(subject, kind === 'reversal' ? { ...before, reversedBy: document } : { ...before, replacedBy: document })
  }
  return found
}

/** SQL: whether the row `journal` seals a range of its own. Those that take back or repeat count no range a second time. */
export const SEALS_ITS_OWN_RANGE: RawBuilder<boolean> = sql`not exists (
  select 1 from journal_link where journal_link.book = journal.book and journal_link.journal = journal.id)`

/** SQL: whether the range that the row `journal` sealed is in force: repeated as often as it was taken back. */
export const IS_IN_FORCE: RawBuilder<boolean> = sql`
  (select count(*) from journal_link where journal_link.book = journal.book and journal_link.root = journal.id
    and journal_link.kind = 'reversal')
  = (select count(*) from journal_link where journal_link.book = journal.book and journal_link.root = journal.id
    and journal_link.kind = 'replacement')`
