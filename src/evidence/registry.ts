/**
 * Reading the order registry: which orders there are to ask about, and what is known of them. Lists of orders to ask are
 * ids only, read from an index in pages; what is known is looked up when the answers are there.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { registeredOrder, REGISTRATION_COLUMNS, STATE_COLUMNS, type RegisteredOrder } from './registered-order.ts'

const IDS_PER_QUERY = 500

/** Looks orders up by id; unknown ids are simply not in the map. */
export async function findOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  orderIds: readonly string[],
): Promise<Map<string, RegisteredOrder>> {
  const found = new Map<string, RegisteredOrder>()
  for (let at = 0; at < orderIds.length; at += IDS_PER_QUERY) {
    const ids = orderIds.slice(at, at + IDS_PER_QUERY)
    // Two narrow look-ups instead of a join: handing over a row costs by its columns, and a first night has no answers.
    const states = new Map((await statesOf(db, book, source, ids)).map((row) => [row.order_id, row]))
    for (const row of await registrationsOf(db, book, source, ids)) {
      found.set(row.order_id, registeredOrder(row, states.get(row.order_id)))
    }
  }
  return found
}

function registrationsOf(db: Kysely<Tables>, book: bigint, source: bigint, ids: readonly string[]) {
  return db
    .selectFrom('panel_order')
    .select(REGISTRATION_COLUMNS)
    .where('book', '=', book)
    .where('source', '=', source)
    .where('order_id', 'in', ids)
    .execute()
}

function statesOf(db: Kysely<Tables>, book: bigint, source: bigint, ids: readonly string[]) {
  return db
    .selectFrom('order_state')
    .select(STATE_COLUMNS)
    .where('book', '=', book)
    .where('source', '=', source)
    .where('order_id', 'in', ids)
    .execute()
}

/** Registered orders that answer a condition on their state, by id after `afterId`. */
export async function ordersWhere(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  condition: RawBuilder<boolean>,
  { afterId, limit }: { readonly afterId: string; readonly limit: number },
): Promise<readonly RegisteredOrder[]> {
  const rows = await db
    .selectFrom('order_state')
    .select('order_id')
    .where('book', '=', book)
    .where('source', '=', source)
    .where(condition)
    .where('order_id', '>', afterId)
    .orderBy('order_id')
    .limit(limit)
    .execute()
  const ids = rows.map((row) => row.order_id)
  const orders = await findOrders(db, book, source, ids)
  return ids.flatMap((id) => orders.get(id) ?? [])
}

/** Orders whose claim is not what the ledger holds of it; by id. */
export async function unpostedClaims(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
): Promise<readonly RegisteredOrder[]> {
  const rows = await db
    .selectFrom('order_state')
    .select('order_id')
    .where('book', '=', book)
    .where('source', '=', source)
    .where(sql<boolean>`claim <> refunded`)
    .orderBy('order_id')
    .execute()
  const ids = rows.map((row) => row.order_id)
  const orders = await findOrders(db, book, source, ids)
  return ids.flatMap((id) => orders.get(id) ?? [])
}

/** Where a page of orders ends: the instant it is sorted by, and the last id. */
export interface OrderPosition {
  readonly atMs: number
  readonly orderId: string
}

/** Orders due at `nowMs`, after `position`, soonest first. Those nobody has asked about are due at 0, as open ones are. */
export async function dueOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  nowMs: number,
  position: OrderPosition | null,
  limit: number,
): Promise<readonly OrderPosition[]> {
  const unasked = position === null || position.atMs === 0 ? await unaskedOrders(db, book, source, position, limit) : []
  const asked = await askedOrders(db, book, source, position, limit, nowMs)
  return [...unasked, ...asked].sort(byPosition).slice(0, limit)
}

/** As the databases order them: ids are compared as texts. */
function byPosition(one: OrderPosition, other: OrderPosition): number {
  return one.atMs - other.atMs || (one.orderId < other.orderId ? -1 : 1)
}

/**
 * Makes due what was asked about by a clock that was ahead: answers dated after `nowMs`, and appointments later than
 * `latestDueMs`. Reads every order of the source, so it is for the night after a clock was wrong.
 */
export async function askAnew(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  nowMs: number,
  latestDueMs: number,
): Promise<void> {
  await db
    .updateTable('order_state')
    .set({ due_at_ms: 0n })
    .where('book', '=', book)
    .where('source', '=', source)
    .where((eb) => eb.or([eb('observed_at_ms', '>', BigInt(nowMs)), eb('due_at_ms', '>', BigInt(latestDueMs))]))
    .execute()
}

/** Finished orders that are not due yet, after `position`: those that finished last come first. */
export async function finishedOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  position: OrderPosition,
  limit: number,
): Promise<readonly OrderPosition[]> {
  return askedOrders(db, book, source, position, limit, null)
}

async function unaskedOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  position: OrderPosition | null,
  limit: number,
): Promise<readonly OrderPosition[]> {
  const rows = await db
    .selectFrom('order_unasked')
    .select('order_id')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('order_id', '>', position?.orderId ?? '')
    .orderBy('order_id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ atMs: 0, orderId: row.order_id }))
}

async function askedOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  position: OrderPosition | null,
  limit: number,
  dueBeforeMs: number | null,
): Promise<readonly OrderPosition[]> {
  let query = db
    .selectFrom('order_state')
    .select(['due_at_ms', 'order_id'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('due_at_ms', 'is not', null)
  // Parents and orders the panel never knew have no charge that could fall.
  if (dueBeforeMs === null) query = query.where('charge', 'is not', null)
  else query = query.where('due_at_ms', '<=', BigInt(dueBeforeMs))
  if (position !== null) {
    query = query.where(sql<boolean>`(due_at_ms, order_id) > (${BigInt(position.atMs)}, ${position.orderId})`)
  }
  const rows = await query.orderBy('due_at_ms').orderBy('order_id').limit(limit).execute()
  return rows.map((row) => ({ atMs: Number(row.due_at_ms), orderId: row.order_id }))
}

/** Orders placed from `fromMs` up to `beforeMs`, oldest first, after `position`. Orders without a date are in none. */
export async function ordersPlaced(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  range: { readonly fromMs: number; readonly beforeMs: number },
  position: OrderPosition | null,
  limit: number,
): Promise<readonly OrderPosition[]> {
  let query = db
    .selectFrom('panel_order')
    .select(['ordered_at_ms', 'order_id'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('ordered_at_ms', '>=', BigInt(range.fromMs))
    .where('ordered_at_ms', '<', BigInt(range.beforeMs))
  if (position !== null) {
    query = query.where(sql<boolean>`(ordered_at_ms, order_id) > (${BigInt(position.atMs)}, ${position.orderId})`)
  }
  const rows = await query.orderBy('ordered_at_ms').orderBy('order_id').limit(limit).execute()
  return rows.map((row) => ({ atMs: Number(row.ordered_at_ms), orderId: row.order_id }))
}
