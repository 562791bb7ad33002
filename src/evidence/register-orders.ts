/**
 * Writing the order registry, many rows a statement, each statement compiled once: a night may write a million rows.
 * Orders are registered, then answered; both may happen again, and the registration never changes with an answer.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { executeShape } from '../db/compiled.ts'
import type { OrderStateTable, PanelOrderTable } from '../db/registry-tables.ts'
import type { Tables } from '../db/tables.ts'
import { isUnasked, type RegisteredOrder } from './registered-order.ts'

const ROWS_PER_STATEMENT = 50

type Cell = (order: RegisteredOrder) => unknown

/** Column and where its value comes from. */
const REGISTERED: readonly (readonly [keyof PanelOrderTable & string, Cell])[] = [
  ['order_id', (order) => order.orderId],
  ['origin', (order) => order.origin],
  ['service', (order) => order.service],
  ['quantity', (order) => order.quantity],
  ['ordered_at_ms', (order) => order.orderedAtMs],
  ['listed_charge', (order) => order.listedCharge],
  ['listed_decimals', (order) => order.listedDecimals],
  ['listed_remains', (order) => order.listedRemains],
  ['parent', (order) => order.parent],
  ['evidence_batch', (order) => order.evidenceBatch],
  ['evidence_item', (order) => order.evidenceItem],
]
const ANSWERED: readonly (readonly [keyof OrderStateTable & string, Cell])[] = [
  ['order_id', (order) => order.orderId],
  ['status', (order) => order.status],
  ['charge', (order) => order.latest],
  ['charge_decimals', (order) => order.decimals],
  ['highest_charge', (order) => order.highest],
  ['confirmed_charge', (order) => order.confirmed],
  ['remains', (order) => order.remains],
  ['observed_at_ms', (order) => order.observedAtMs],
  ['terminal_at_ms', (order) => order.terminalAtMs],
  ['first_seen_ms', (order) => order.firstSeenMs],
  ['first_seen_finished', (order) => (order.firstSeenFinished ? 1 : 0)],
  ['first_cost', (order) => order.firstCost],
  ['first_claim', (order) => order.firstClaim],
  ['charged', (order) => order.charged],
  ['charge_version', (order) => order.chargeVersion],
  ['claim', (order) => order.claim],
  ['claim_ms', (order) => order.claimMs],
  ['refunded', (order) => order.refunded],
  ['refund_version', (order) => order.refundVersion],
  ['unclear', (order) => order.unclear],
  ['refusals', (order) => order.refusals],
  ['due_at_ms', (order) => order.dueAtMs],
  ['evidence_batch', (order) => order.evidenceBatch],
  ['evidence_item', (order) => order.evidenceItem],
]
const QUEUED: readonly (readonly ['order_id', Cell])[] = [['order_id', (order) => order.orderId]]

/** Registers new orders and fills in what has become known of others; their answers stay as they are. */
export async function saveOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  orders: readonly RegisteredOrder[],
): Promise<void> {
  await writeMany(db, 'panel_order', REGISTERED, book, source, orders, registrationUpdate())
  await writeMany(db, 'order_unasked', QUEUED, book, source, orders.filter(isUnasked), sql`do nothing`)
}

/** Writes the latest answers of orders that are registered: the statement a night runs most. */
export async function saveAnswers(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  orders: readonly RegisteredOrder[],
): Promise<void> {
  const columns = ANSWERED.map(([column]) => column).filter((column) => column !== 'order_id')
  const update = sql`do update set ${sql.join(columns.map(fromExcluded))}`
  await writeMany(db, 'order_state', ANSWERED, book, source, orders, update)
  for (let at = 0; at < orders.length; at += ROWS_PER_STATEMENT) {
    const ids = orders.slice(at, at + ROWS_PER_STATEMENT).map(({ orderId }) => orderId)
    const build = () => sql`delete from order_unasked
      where book = ${0} and source = ${0} and order_id in (${sql.join(ids.map((id) => id))})`
    await executeShape(db, `dequeue ${ids.length}`, build, [book, source, ...ids])
  }
}

function registrationUpdate(): RawBuilder<unknown> {
  const filled = REGISTERED.map(([column]) => column).filter((column) => !FIXED.has(column))
  return sql`do update set ${sql.join(filled.map(fromExcluded))}`
}

/** What says where an order became known never changes. */
const FIXED: ReadonlySet<string> = new Set(['order_id', 'origin', 'evidence_batch', 'evidence_item'])

function fromExcluded(column: string): RawBuilder<unknown> {
  return sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`
}

async function writeMany(
  db: Kysely<Tables>,
  table: 'panel_order' | 'order_state' | 'order_unasked',
  cells: readonly (readonly [string, Cell])[],
  book: bigint,
  source: bigint,
  orders: readonly RegisteredOrder[],
  onConflict: RawBuilder<unknown>,
): Promise<void> {
  const columns = ['book', 'source', ...cells.map(([column]) => column)]
  for (let at = 0; at < orders.length; at += ROWS_PER_STATEMENT) {
    const end = Math.min(at + ROWS_PER_STATEMENT, orders.length)
    const parameters: unknown[] = []
    for (let index = at; index < end; index += 1) {
      const order = orders[index]
      if (order === undefined) continue
      parameters.push(book, source)
      for (const [, cell] of cells) parameters.push(cell(order))
    }
    const build = () => insertStatement(table, columns, end - at, onConflict)
    await executeShape(db, `registry ${table} ${end - at}`, build, parameters)
  }
}

function insertStatement(
  table: string,
  columns: readonly string[],
  rows: number,
  onConflict: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const row = sql`(${sql.join(columns.map(() => sql`${null}`))})`
  return sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(Array.from({ length: rows }, () => row))}
    on conflict (book, source, order_id) ${onConflict}`
}
