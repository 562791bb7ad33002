/**
 * The order registry in the database: which orders there are to ask about, and the latest answer to each. Rows are read
 * and written many at a time; each statement is compiled once and reused, since a night may touch a million of them.
 */
import { CompiledQuery, sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { PanelOrderTable } from '../db/evidence-tables.ts'
import type { GrossBasis, OrderState, OrderStatus } from '../domain/order.ts'

/** An order's state and what the registry alone knows of it. */
export interface RegisteredOrder extends OrderState {
  readonly origin: string
  readonly service: string | null
  readonly listedCharge: bigint | null
  readonly dueAtMs: number | null
  readonly evidenceBatch: number
  readonly evidenceItem: number
}

const COLUMNS = [
  'order_id',
  'origin',
  'service',
  'quantity',
  'ordered_at_ms',
  'listed_charge',
  'listed_decimals',
  'status',
  'charge',
  'charge_decimals',
  'remains',
  'observed_at_ms',
  'terminal_at_ms',
  'gross',
  'gross_basis',
  'charged',
  'charge_version',
  'refunded',
  'refund_version',
  'pending',
  'due_at_ms',
  'evidence_batch',
  'evidence_item',
] as const

type OrderRow = Pick<PanelOrderTable, (typeof COLUMNS)[number]>

const MANY = 50

/** Looks orders up by id; unknown ids are simply not in the map. */
export async function findOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  orderIds: readonly string[],
): Promise<Map<string, RegisteredOrder>> {
  const found = new Map<string, RegisteredOrder>()
  for (let at = 0; at < orderIds.length; at += 500) {
    const rows = await db
      .selectFrom('panel_order')
      .select(COLUMNS)
      .where('book', '=', book)
      .where('source', '=', source)
      .where('order_id', 'in', orderIds.slice(at, at + 500))
      .execute()
    for (const row of rows) found.set(row.order_id, fromRow(row))
  }
  return found
}

export interface DuePosition {
  readonly dueAtMs: number
  readonly orderId: string
}

/** Orders due at `nowMs`, after `position`, soonest first; the last row is the next position. */
export async function dueOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  nowMs: number,
  position: DuePosition | null,
  limit: number,
): Promise<readonly RegisteredOrder[]> {
  let query = db
    .selectFrom('panel_order')
    .select(COLUMNS)
    .where('book', '=', book)
    .where('source', '=', source)
    .where('due_at_ms', '<=', BigInt(nowMs))
  if (position !== null) {
    const due = BigInt(position.dueAtMs)
    query = query.where(sql<boolean>`(due_at_ms, order_id) > (${due}, ${position.orderId})`)
  }
  const rows = await query.orderBy('due_at_ms').orderBy('order_id').limit(limit).execute()
  return rows.map(fromRow)
}

/** Finished orders that are not due yet, after `position`: those that finished last come first. */
export async function finishedOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  position: DuePosition,
  limit: number,
): Promise<readonly RegisteredOrder[]> {
  const due = BigInt(position.dueAtMs)
  const rows = await db
    .selectFrom('panel_order')
    .select(COLUMNS)
    .where('book', '=', book)
    .where('source', '=', source)
    .where(sql<boolean>`(due_at_ms, order_id) > (${due}, ${position.orderId})`)
    .orderBy('due_at_ms')
    .orderBy('order_id')
    .limit(limit)
    .execute()
  return rows.map(fromRow)
}

export interface PlacedPosition {
  readonly orderedAtMs: number
  readonly orderId: string
}

/** Orders placed from `fromMs` up to `beforeMs`, oldest first, after `position`. Orders without a date are in none. */
export async function ordersPlaced(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  range: { readonly fromMs: number; readonly beforeMs: number },
  position: PlacedPosition | null,
  limit: number,
): Promise<readonly RegisteredOrder[]> {
  let query = db
    .selectFrom('panel_order')
    .select(COLUMNS)
    .where('book', '=', book)
    .where('source', '=', source)
    .where('ordered_at_ms', '>=', BigInt(range.fromMs))
    .where('ordered_at_ms', '<', BigInt(range.beforeMs))
  if (position !== null) {
    const placed = BigInt(position.orderedAtMs)
    query = query.where(sql<boolean>`(ordered_at_ms, order_id) > (${placed}, ${position.orderId})`)
  }
  const rows = await query.orderBy('ordered_at_ms').orderBy('order_id').limit(limit).execute()
  return rows.map(fromRow)
}

/** Orders that wait for proof of a refund. */
export async function pendingOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  limit: number,
): Promise<readonly RegisteredOrder[]> {
  const rows = await db
    .selectFrom('panel_order')
    .select(COLUMNS)
    .where('book', '=', book)
    .where('source', '=', source)
    .where('pending', 'is not', null)
    .orderBy('order_id')
    .limit(limit)
    .execute()
  return rows.map(fromRow)
}

/** Writes whole rows: inserts new orders, replaces the latest answer of known ones. */
export async function saveOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  orders: readonly RegisteredOrder[],
): Promise<void> {
  for (let at = 0; at < orders.length; at += MANY) {
    const some = orders.slice(at, at + MANY)
    const query = some.length === MANY ? manyUpsert(db) : compileUpsert(db, some.length)
    const parameters: unknown[] = []
    for (const order of some) pushRow(parameters, book, source, order)
    await db.executeQuery({ ...query, parameters })
  }
}

const compiledUpserts = new WeakMap<object, CompiledQuery>()

function manyUpsert(db: Kysely<Tables>): CompiledQuery {
  const key = db.getExecutor().adapter
  let query = compiledUpserts.get(key)
  if (query === undefined) compiledUpserts.set(key, (query = compileUpsert(db, MANY)))
  return query
}

function compileUpsert(db: Kysely<Tables>, count: number): CompiledQuery {
  const cells = ['book', 'source', ...COLUMNS]
  const row = sql`(${sql.join(cells.map(() => sql`${null}`))})`
  const updated = COLUMNS.filter((column) => column !== 'order_id')
  const sets = updated.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`)
  return sql`insert into panel_order (${sql.join(cells.map((cell) => sql.ref(cell)))})
    values ${sql.join(Array.from({ length: count }, () => row))}
    on conflict (book, source, order_id) do update set ${sql.join(sets)}`.compile(db)
}

function pushRow(parameters: unknown[], book: bigint, source: bigint, order: RegisteredOrder): void {
  parameters.push(
    book,
    source,
    order.orderId,
    order.origin,
    order.service,
    order.quantity,
    order.orderedAtMs,
    order.listedCharge,
    order.listedDecimals,
    order.status,
    order.charge,
    order.chargeDecimals,
    order.remains,
    order.observedAtMs,
    order.terminalAtMs,
    order.gross,
    order.grossBasis,
    order.charged,
    order.chargeVersion,
    order.refunded,
    order.refundVersion,
    order.pending,
    order.dueAtMs,
    order.evidenceBatch,
    order.evidenceItem,
  )
}

function fromRow(row: OrderRow): RegisteredOrder {
  return {
    orderId: row.order_id,
    origin: row.origin,
    service: row.service,
    quantity: row.quantity,
    orderedAtMs: numberOrNull(row.ordered_at_ms),
    listedCharge: row.listed_charge,
    listedDecimals: numberOrNull(row.listed_decimals),
    // Written by this module alone, so the text is one of the known statuses.
    status: row.status as OrderStatus | null,
    charge: row.charge,
    chargeDecimals: Number(row.charge_decimals ?? 0n),
    remains: row.remains,
    observedAtMs: numberOrNull(row.observed_at_ms),
    terminalAtMs: numberOrNull(row.terminal_at_ms),
    gross: row.gross,
    grossBasis: row.gross_basis as GrossBasis | null,
    charged: row.charged,
    chargeVersion: Number(row.charge_version),
    refunded: row.refunded,
    refundVersion: Number(row.refund_version),
    pending: row.pending,
    dueAtMs: numberOrNull(row.due_at_ms),
    evidenceBatch: Number(row.evidence_batch),
    evidenceItem: Number(row.evidence_item),
  }
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}

/** A row for an order nobody has asked about yet: due in the next run. */
export function newOrder(
  orderId: string,
  origin: string,
  evidence: { readonly batch: number; readonly item: number },
): RegisteredOrder {
  return {
    orderId,
    origin,
    service: null,
    quantity: null,
    orderedAtMs: null,
    listedCharge: null,
    listedDecimals: null,
    status: null,
    charge: null,
    chargeDecimals: 0,
    remains: null,
    observedAtMs: null,
    terminalAtMs: null,
    gross: null,
    grossBasis: null,
    charged: 0n,
    chargeVersion: 0,
    refunded: 0n,
    refundVersion: 0,
    pending: null,
    dueAtMs: 0,
    evidenceBatch: evidence.batch,
    evidenceItem: evidence.item,
  }
}
