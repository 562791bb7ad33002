/** The order registry for people to read: pages of orders by id, all of them or those that wait for something. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { RegisteredOrder } from './registered-order.ts'
import { findOrders } from './registry.ts'

export interface OrderFilter {
  /** Only orders of which something is not known that a person can tell. */
  readonly isUnclear?: boolean
  /** Only orders to be asked about in a run at this instant, open ones included. */
  readonly dueAtMs?: number
  /** Only orders the panel has given no status for: never asked about, or not known to it. */
  readonly isUnanswered?: boolean
}

/** At most `limit` orders that pass every filter, by id as text, after the id `after`. */
export async function listOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { isUnclear = false, dueAtMs, isUnanswered = false }: OrderFilter,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly RegisteredOrder[]> {
  let query = db
    .selectFrom('panel_order')
    .leftJoin('order_state', (join) =>
      join
        .onRef('order_state.book', '=', 'panel_order.book')
        .onRef('order_state.source', '=', 'panel_order.source')
        .onRef('order_state.order_id', '=', 'panel_order.order_id'),
    )
    .select('panel_order.order_id')
    .where('panel_order.book', '=', book)
    .where('panel_order.source', '=', source)
    .where('panel_order.order_id', '>', after)
  if (isUnclear) query = query.where('order_state.unclear', 'is not', null)
  if (isUnanswered) query = query.where('order_state.status', 'is', null)
  if (dueAtMs !== undefined) {
    // Without an answer yet it is due at once; with one that never ends, never again.
    query = query.where(sql<boolean>`(order_state.order_id is null or order_state.due_at_ms <= ${BigInt(dueAtMs)})`)
  }
  const rows = await query.orderBy('panel_order.order_id').limit(limit).execute()
  const ids = rows.map((row) => row.order_id)
  const orders = await findOrders(db, book, source, ids)
  return ids.flatMap((id) => orders.get(id) ?? [])
}
