/** What the newest reconciliation of a book came to, as it was saved. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'

/** Null before the first; `S` is what was saved, by the one writer there is. */
export async function readSummary<S>(db: Kysely<Tables>, book: bigint): Promise<S | null> {
  const row = await db
    .selectFrom('match_run')
    .select('summary')
    .where('book', '=', book)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  // Written as JSON of S.
  return row === undefined ? null : (JSON.parse(row.summary) as S)
}
