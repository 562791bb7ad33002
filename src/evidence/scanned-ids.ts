/**
 * What is remembered of scans for orders nobody registered: ranges of ids that were answered, and how many were found.
 * Written only by the processing of landed answers, so a replay remembers the same.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { mergeRanges, type IdRange } from '../domain/orders/id-ranges.ts'

/** In ids, over all scans of a source. */
export interface ScanTotals {
  readonly found: number
  readonly unknown: number
  readonly unanswered: number
  /** Null before anything was found. */
  readonly highestFound: number | null
}

const NO_SCAN: ScanTotals = { found: 0, unknown: 0, unanswered: 0, highestFound: null }

/** Remembered ranges that overlap or touch a range, ascending; neither overlaps nor touches another. */
export async function scannedRanges(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { first, last }: IdRange,
): Promise<readonly IdRange[]> {
  const rows = await db
    .selectFrom('scanned_ids')
    .select(['first_id', 'last_id'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('first_id', '<=', BigInt(last + 1))
    .where('last_id', '>=', BigInt(first - 1))
    .orderBy('first_id')
    .execute()
  return rows.map((row) => ({ first: Number(row.first_id), last: Number(row.last_id) }))
}

/** Adds ranges to those remembered. */
export async function rememberScanned(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  ranges: readonly IdRange[],
): Promise<void> {
  for (const range of mergeRanges(ranges)) {
    const near = await scannedRanges(db, book, source, range)
    const [merged = range] = mergeRanges([...near, range])
    if (near.length > 0) {
      const firsts = near.map(({ first }) => BigInt(first))
      await db
        .deleteFrom('scanned_ids')
        .where('book', '=', book)
        .where('source', '=', source)
        .where('first_id', 'in', firsts)
        .execute()
    }
    const row = { book, source, first_id: BigInt(merged.first), last_id: BigInt(merged.last) }
    await db.insertInto('scanned_ids').values(row).execute()
  }
}

export async function scanTotals(db: Kysely<Tables>, book: bigint, source: bigint): Promise<ScanTotals> {
  const row = await db
    .selectFrom('scan_total')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .executeTakeFirst()
  if (row === undefined) return NO_SCAN
  const { found, unknown, unanswered, highest_found: highest } = row
  return {
    found: Number(found),
    unknown: Number(unknown),
    unanswered: Number(unanswered),
    highestFound: highest === null ? null : Number(highest),
  }
}

/** Counts what one answer came to. `unanswered` is negative when an earlier request without an answer is made good. */
export async function addToScan(db: Kysely<Tables>, book: bigint, source: bigint, added: ScanTotals): Promise<void> {
  const before = await scanTotals(db, book, source)
  const highest = Math.max(before.highestFound ?? -1, added.highestFound ?? -1)
  const totals = {
    found: BigInt(before.found + added.found),
    unknown: BigInt(before.unknown + added.unknown),
    unanswered: BigInt(before.unanswered + added.unanswered),
    highest_found: highest === -1 ? null : BigInt(highest),
  }
  await db
    .insertInto('scan_total')
    .values({ book, source, ...totals })
    .onConflict((conflict) => conflict.columns(['book', 'source']).doUpdateSet(totals))
    .execute()
}
