/** Orders we tried to place, one row each: written by the batch that landed the intent, changed by what came of it. */
import type { Kysely } from 'kysely'
import type { PanelAddTable } from '../db/panel-write-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { Evidence } from '../domain/transaction.ts'

/** Outcome of a placed order whose wallet did not fall by its price: open until a status shows its charge. */
export const WALLET_DIFFERS = 'wallet-differs'

export interface PanelAdd {
  /** Short and unique in the book: what a person types. */
  readonly ref: string
  readonly state: PanelAddTable['state']
  readonly service: string
  /** The order as it was sent, JSON. */
  readonly parameters: string
  readonly quantity: bigint | null
  readonly expected: Units
  /** Every price it may have. */
  readonly prices: readonly Units[]
  readonly sentAtMs: number
  readonly balanceBefore: Units | null
  readonly balanceAfter: Units | null
  readonly balanceDecimals: number | null
  readonly orderId: string | null
  readonly outcome: string
  readonly detail: string
  readonly evidence: Evidence
}

export async function saveAdd(db: Kysely<Tables>, book: bigint, source: bigint, add: PanelAdd): Promise<void> {
  const changing = {
    state: add.state,
    balance_before: add.balanceBefore,
    balance_after: add.balanceAfter,
    balance_decimals: add.balanceDecimals === null ? null : BigInt(add.balanceDecimals),
    order_id: add.orderId,
    outcome: add.outcome,
    detail: add.detail,
    evidence_batch: BigInt(add.evidence.batch),
    evidence_item: BigInt(add.evidence.item),
  }
  await db
    .insertInto('panel_add')
    .values({
      book,
      source,
      ref: add.ref,
      service: add.service,
      parameters: add.parameters,
      quantity: add.quantity,
      expected: add.expected,
      prices: JSON.stringify(add.prices.map(String)),
      sent_at_ms: BigInt(add.sentAtMs),
      ...changing,
    })
    .onConflict((conflict) => conflict.columns(['book', 'source', 'ref']).doUpdateSet(changing))
    .execute()
}

/** Null when there is no such order. */
export async function findAdd(db: Kysely<Tables>, book: bigint, source: bigint, ref: string): Promise<PanelAdd | null> {
  const row = await db
    .selectFrom('panel_add')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('ref', '=', ref)
    .executeTakeFirst()
  return row === undefined ? null : fromRow(row)
}

/** In these states, oldest first. */
export async function listAdds(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  states: readonly PanelAdd['state'][],
): Promise<readonly PanelAdd[]> {
  const rows = await oldestFirst(db, book, source)
    .where('state', 'in', [...states])
    .execute()
  return rows.map(fromRow)
}

/** Those with exactly these parameters, oldest first. */
export async function addsLike(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  parameters: string,
): Promise<readonly PanelAdd[]> {
  const rows = await oldestFirst(db, book, source).where('parameters', '=', parameters).execute()
  return rows.map(fromRow)
}

function oldestFirst(db: Kysely<Tables>, book: bigint, source: bigint) {
  return db
    .selectFrom('panel_add')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .orderBy('sent_at_ms')
    .orderBy('ref')
}

/** Whether an order of the panel is one that was placed from here. */
export async function isPlacedOrder(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  orderId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('panel_add')
    .select('ref')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('order_id', '=', orderId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Of a service, perhaps at work at the panel: not over when last asked about, or of unknown outcome. Newest first, at most `limit`. */
export async function perhapsRunning(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  service: string,
  limit: number,
): Promise<readonly PanelAdd[]> {
  const rows = await db
    .selectFrom('panel_add')
    .leftJoin('order_state', (join) =>
      join
        .onRef('order_state.book', '=', 'panel_add.book')
        .onRef('order_state.source', '=', 'panel_add.source')
        .onRef('order_state.order_id', '=', 'panel_add.order_id'),
    )
    .selectAll('panel_add')
    .where('panel_add.book', '=', book)
    .where('panel_add.source', '=', source)
    .where('panel_add.state', 'in', ['placed', 'unknown'])
    .where('panel_add.service', '=', service)
    .where('order_state.terminal_at_ms', 'is', null)
    .orderBy('panel_add.sent_at_ms', 'desc')
    .orderBy('panel_add.ref', 'desc')
    .limit(limit)
    .execute()
  return rows.map(fromRow)
}

function fromRow(row: PanelAddTable): PanelAdd {
  return {
    ref: row.ref,
    state: row.state,
    service: row.service,
    parameters: row.parameters,
    quantity: row.quantity,
    expected: row.expected,
    // Written by saveAdd alone: a list of whole numbers as texts.
    prices: (JSON.parse(row.prices) as readonly string[]).map(BigInt),
    sentAtMs: Number(row.sent_at_ms),
    balanceBefore: row.balance_before,
    balanceAfter: row.balance_after,
    balanceDecimals: row.balance_decimals === null ? null : Number(row.balance_decimals),
    orderId: row.order_id,
    outcome: row.outcome,
    detail: row.detail,
    evidence: { batch: Number(row.evidence_batch), item: Number(row.evidence_item) },
  }
}
