/**
 * The order registry in the database: which orders there are to ask about, and the latest answer to each. Rows are read
 * and written many at a time; each statement is compiled once and reused, since a night may touch a million of them.
 */
import { sql, type CompiledQuery, type Kysely } from 'kysely'
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

/** Writes whole rows: inserts new orders, replaces everything known of others. */
export async function saveOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  orders: readonly RegisteredOrder[],
): Promise<void> {
  await upsertMany(db, WHOLE_ROW, book, source, orders)
}

/**
 * Writes the latest answers of orders that are registered. Only what an answer can change is set, so the indexes over
 * the rest are not touched: this is the statement a night runs most.
 */
export async function saveAnswers(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  orders: readonly RegisteredOrder[],
): Promise<void> {
  await upsertMany(db, ANSWER, book, source, orders)
}

type Cell = (order: RegisteredOrder) => unknown

/** Column and where its value comes from. `origin` stands in both lists because a row cannot be inserted without it. */
const REGISTERED: readonly (readonly [keyof PanelOrderTable & string, Cell])[] = [
  ['order_id', (order) => order.orderId],
  ['origin', (order) => order.origin],
]
const ANSWERED: readonly (readonly [keyof PanelOrderTable & string, Cell])[] = [
  ['status', (order) => order.status],
  ['charge', (order) => order.charge],
  ['charge_decimals', (order) => order.chargeDecimals],
  ['remains', (order) => order.remains],
  ['observed_at_ms', (order) => order.observedAtMs],
  ['terminal_at_ms', (order) => order.terminalAtMs],
  ['gross', (order) => order.gross],
  ['gross_basis', (order) => order.grossBasis],
  ['charged', (order) => order.charged],
  ['charge_version', (order) => order.chargeVersion],
  ['refunded', (order) => order.refunded],
  ['refund_version', (order) => order.refundVersion],
  ['pending', (order) => order.pending],
  ['due_at_ms', (order) => order.dueAtMs],
  ['evidence_batch', (order) => order.evidenceBatch],
  ['evidence_item', (order) => order.evidenceItem],
]
const LISTED: readonly (readonly [keyof PanelOrderTable & string, Cell])[] = [
  ['service', (order) => order.service],
  ['quantity', (order) => order.quantity],
  ['ordered_at_ms', (order) => order.orderedAtMs],
  ['listed_charge', (order) => order.listedCharge],
  ['listed_decimals', (order) => order.listedDecimals],
]

interface Upsert {
  readonly name: string
  readonly columns: readonly string[]
  readonly cells: readonly Cell[]
  readonly updated: readonly string[]
}

const WHOLE_ROW = upsertOf('whole', [...REGISTERED, ...LISTED, ...ANSWERED], [...LISTED, ...ANSWERED])
const ANSWER = upsertOf('answer', [...REGISTERED, ...ANSWERED], ANSWERED)

function upsertOf(
  name: string,
  written: readonly (readonly [string, Cell])[],
  updated: readonly (readonly [string, Cell])[],
): Upsert {
  return {
    name,
    columns: ['book', 'source', ...written.map(([column]) => column)],
    cells: written.map(([, cell]) => cell),
    updated: updated.map(([column]) => column),
  }
}

const compiledUpserts = new WeakMap<object, Map<string, CompiledQuery>>()

async function upsertMany(
  db: Kysely<Tables>,
  upsert: Upsert,
  book: bigint,
  source: bigint,
  orders: readonly RegisteredOrder[],
): Promise<void> {
  for (let at = 0; at < orders.length; at += MANY) {
    const end = Math.min(at + MANY, orders.length)
    const parameters: unknown[] = []
    for (let index = at; index < end; index += 1) {
      const order = orders[index]
      if (order === undefined) continue
      parameters.push(book, source)
      for (const cell of upsert.cells) parameters.push(cell(order))
    }
    await db.executeQuery({ ...compiledUpsert(db, upsert, end - at), parameters })
  }
}

function compiledUpsert(db: Kysely<Tables>, upsert: Upsert, count: number): CompiledQuery {
  const { adapter } = db.getExecutor()
  const kept = compiledUpserts.get(adapter) ?? new Map<string, CompiledQuery>()
  compiledUpserts.set(adapter, kept)
  const key = `${upsert.name}/${count}`
  let query = kept.get(key)
  if (query === undefined) kept.set(key, (query = compileUpsert(db, upsert, count)))
  return query
}

function compileUpsert(db: Kysely<Tables>, { columns, updated }: Upsert, count: number): CompiledQuery {
  const row = sql`(${sql.join(columns.map(() => sql`${null}`))})`
  const sets = updated.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`)
  return sql`insert into panel_order (${sql.join(columns.map((cell) => sql.ref(cell)))})
    values ${sql.join(Array.from({ length: count }, () => row))}
    on conflict (book, source, order_id) do update set ${sql.join(sets)}`.compile(db)
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
