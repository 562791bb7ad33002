/** Which landed batches were there at an instant. Batches are landed in order, so the last one is found by halving, whatever there is. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { lastLandedBatch } from '../log/landing.ts'

/** The last batch fetched at or before the instant; 0 when there was none. A clock that was set back counts as it was then. */
export async function batchKnownAt(db: Kysely<Tables>, book: bigint, knownAtMs: number): Promise<number> {
  let known = 0
  let later = (await lastLandedBatch(db, book)) + 1
  while (later - known > 1) {
    const middle = Math.floor((known + later) / 2)
    const row = await db
      .selectFrom('log_record')
      .select('at_ms')
      .where('book', '=', book)
      .where('batch', '=', BigInt(middle))
      .where('item', '=', 1n)
      .executeTakeFirst()
    if (row !== undefined && Number(row.at_ms) <= knownAtMs) known = middle
    else later = middle
  }
  return known
}
