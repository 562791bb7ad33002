/**
 * Orders a panel's webhook says have changed, until an answer of the panel itself, newer than the hint, has been booked.
 * What stays here has not converged. Nothing is ever booked from a hint.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Evidence } from '../domain/transaction.ts'

export interface OrderHint {
  readonly orderId: string
  readonly receivedAtMs: number
  /** As the webhook said, or ''. */
  readonly status: string
}

const IDS_PER_STATEMENT = 500

/** Keeps the newest hint of each order. */
export async function saveHints(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  hints: readonly OrderHint[],
  evidence: Evidence,
): Promise<void> {
  const rows = hints.map((hint) => ({
    book,
    source,
    order_id: hint.orderId,
    received_at_ms: BigInt(hint.receivedAtMs),
    status: hint.status,
    evidence_batch: BigInt(evidence.batch),
    evidence_item: BigInt(evidence.item),
  }))
  for (let at = 0; at < rows.length; at += IDS_PER_STATEMENT) {
    await db
      .insertInto('order_hint')
      .values(rows.slice(at, at + IDS_PER_STATEMENT))
      .onConflict((conflict) =>
        conflict.columns(['book', 'source', 'order_id']).doUpdateSet((eb) => ({
          received_at_ms: eb.ref('excluded.received_at_ms'),
          status: eb.ref('excluded.status'),
          evidence_batch: eb.ref('excluded.evidence_batch'),
          evidence_item: eb.ref('excluded.evidence_item'),
        })),
      )
      .execute()
  }
}

/** Hints of a source by order id, after an id. */
export async function readHints(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  afterOrderId: string,
  limit: number,
): Promise<readonly OrderHint[]> {
  const rows = await db
    .selectFrom('order_hint')
    .select(['order_id', 'received_at_ms', 'status'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('order_id', '>', afterOrderId)
    .orderBy('order_id')
    .limit(limit)
    .execute()
  return rows.map(({ order_id, received_at_ms, status }) => ({
    orderId: order_id,
    receivedAtMs: Number(received_at_ms),
    status,
  }))
}

/** Forgets hints that came before an answer about their orders. Costs one look-up where there are no hints at all. */
export async function confirmHints(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  orderIds: readonly string[],
  answeredAtMs: number,
): Promise<void> {
  if ((await readHints(db, book, source, '', 1)).length === 0) return
  for (let at = 0; at < orderIds.length; at += IDS_PER_STATEMENT) {
    await db
      .deleteFrom('order_hint')
      .where('book', '=', book)
      .where('source', '=', source)
      .where('order_id', 'in', orderIds.slice(at, at + IDS_PER_STATEMENT))
      .where('received_at_ms', '<=', BigInt(answeredAtMs))
      .execute()
  }
}

/** Unconfirmed hints of a book by source id, and when the oldest came. */
export async function countHints(
  db: Kysely<Tables>,
  book: bigint,
): Promise<ReadonlyMap<bigint, { readonly count: number; readonly oldestMs: number }>> {
  const rows = await db
    .selectFrom('order_hint')
    .select(({ fn }) => [
      'source',
      fn.count<bigint>('order_id').as('count'),
      fn.min<bigint>('received_at_ms').as('oldest'),
    ])
    .where('book', '=', book)
    .groupBy('source')
    .execute()
  return new Map(rows.map(({ source, count, oldest }) => [source, { count: Number(count), oldestMs: Number(oldest) }]))
}
