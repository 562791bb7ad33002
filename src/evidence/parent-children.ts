/** Which orders a parent's latest answer names: read from the landed answer, since the registry keeps no such list. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { readBatch, type Landed } from './landing.ts'

export interface Place {
  readonly batch: number
  readonly item: number
}

/** The landed items at these places, each read once; a place without one is left out. */
export async function itemsAt(db: Kysely<Tables>, book: bigint, places: readonly Place[]): Promise<readonly Landed[]> {
  const batches = new Map<number, Set<number>>()
  for (const { batch, item } of places) batches.set(batch, (batches.get(batch) ?? new Set()).add(item))
  const found: Landed[] = []
  for (const [batch, items] of batches)
    found.push(...(await readBatch(db, book, batch)).filter(({ item }) => items.has(item)))
  return found
}

/** Answers that named orders which were registered after a batch, the latest first; at most `limit`. */
export async function namingAnswers(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  afterBatch: number,
  limit: number,
): Promise<readonly Place[]> {
  const rows = await db
    .selectFrom('panel_order')
    .select(['evidence_batch', 'evidence_item'])
    .distinct()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('origin', '=', 'parent')
    .where('evidence_batch', '>', BigInt(afterBatch))
    .orderBy('evidence_batch', 'desc')
    .orderBy('evidence_item', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ batch: Number(row.evidence_batch), item: Number(row.evidence_item) }))
}

/** The latest answers, landed after a batch, about orders that have ended or run without a charge of their own; at most `limit`. */
export async function chargelessAnswers(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  afterBatch: number,
  limit: number,
): Promise<readonly Place[]> {
  const rows = await db
    .selectFrom('order_state')
    .select(['evidence_batch', 'evidence_item'])
    .distinct()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('evidence_batch', '>', BigInt(afterBatch))
    .where('status', 'is not', null)
    .where((eb) => eb.or([eb('charge', 'is', null), eb('charge', '=', 0n)]))
    .orderBy('evidence_batch', 'desc')
    .orderBy('evidence_item', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ batch: Number(row.evidence_batch), item: Number(row.evidence_item) }))
}
