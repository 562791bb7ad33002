/** What a tying wallet is evidence of needs: since when it has tied, what forced it to, and which orders were judged by it. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { findOrders } from './registry.ts'
import type { RegisteredOrder } from './registered-order.ts'

const IDS_PER_QUERY = 500
/** Readings looked back on: more than a night's passes ever take. */
const READINGS = 200

export interface TiedReading {
  readonly batch: number
  readonly observedAtMs: number
}

/**
 * The newest reading at or before `untilMs` from which on every consistent cut has tied; null when one did not, or there is
 * none. Cuts during which the balance moved say nothing either way.
 */
export async function tiedSince(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  beforeBatch: number,
  untilMs: number,
): Promise<TiedReading | null> {
  const rows = await db
    .selectFrom('wallet_reading')
    .select(['batch', 'observed_at_ms', 'balance', 'booked', 'consistent'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('batch', '<', BigInt(beforeBatch))
    .where('moment', '=', 'after')
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(READINGS)
    .execute()
  for (const { batch, observed_at_ms, balance, booked, consistent } of rows) {
    if (consistent !== 1n) continue
    if (balance !== booked) return null
    if (Number(observed_at_ms) <= untilMs) return { batch: Number(batch), observedAtMs: Number(observed_at_ms) }
  }
  return null
}

/**
 * The last transaction that made the wallet tie without an order's evidence: a write-off, a difference that a person stated
 * as what nobody else shows, or a second credit in suspense. 0 when there is none.
 */
export async function lastPlug(db: Kysely<Tables>, book: bigint, source: bigint): Promise<bigint> {
  const ofSource = db.selectFrom('txn').select('seq').where('book', '=', book).where('source', '=', source)
  const writtenOff = await ofSource.where('object', '=', 'written-off:wallet').orderBy('seq', 'desc').execute()
  // Between two texts, so that the index of objects answers it.
  const stated = await ofSource
    .where('object', '>=', 'bonus:')
    .where('object', '<', 'bonus;')
    .where('rule', '=', 'decision/bonus')
    .execute()
  const adjusted = await ofSource.where('object', '>=', 'adjustment:').where('object', '<', 'adjustment;').execute()
  const twice = await ofSource.where('object', '>=', 'second-credit:').where('object', '<', 'second-credit;').execute()
  return [...writtenOff, ...stated, ...adjusted, ...twice].reduce((last, { seq }) => (seq > last ? seq : last), 0n)
}

/** Of each order the place of its first charge: its sequence, and the batch of the answer that told it. */
export async function firstCharges(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly sequence: bigint; readonly batch: number }>> {
  const found = new Map<string, { sequence: bigint; batch: number }>()
  for (let at = 0; at < orderIds.length; at += IDS_PER_QUERY) {
    const objects = orderIds.slice(at, at + IDS_PER_QUERY).map((id) => `order:${id}`)
    const rows = await db
      .selectFrom('txn')
      .select(['object', 'seq', 'evidence_batch'])
      .where('book', '=', book)
      .where('source', '=', source)
      .where('object', 'in', objects)
      .where('kind', '=', 'charge')
      .where('version', '=', 1n)
      .execute()
    for (const { object, seq, evidence_batch } of rows)
      found.set(object.slice('order:'.length), { sequence: seq, batch: Number(evidence_batch) })
  }
  return found
}

/** True while an order is registered that nobody has asked about, so that its charge is not known. */
export async function hasUnasked(db: Kysely<Tables>, book: bigint, source: bigint): Promise<boolean> {
  const row = await db
    .selectFrom('order_unasked')
    .select('order_id')
    .where('book', '=', book)
    .where('source', '=', source)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** How many canceled orders were first seen at a charge of zero, up to `limit`. */
export async function canceledToZero(db: Kysely<Tables>, book: bigint, source: bigint, limit: number): Promise<number> {
  const rows = await db
    .selectFrom('order_state')
    .select('order_id')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('status', '=', 'canceled')
    .where('charge', '=', 0n)
    .limit(limit)
    .execute()
  return rows.length
}

/** The largest quantity the panel's catalogue has ever sold in one order; null when some service tells none. */
export async function mostOrdered(db: Kysely<Tables>, book: bigint, source: bigint): Promise<bigint | null> {
  const row = await db
    .selectFrom('service_rate')
    .select(({ fn }) => [fn.max('max').as('most'), fn.countAll<bigint>().as('all'), fn.count<bigint>('max').as('told')])
    .where('book', '=', book)
    .where('source', '=', source)
    .executeTakeFirst()
  if (row === undefined || row.all === 0n || row.told !== row.all) return null
  return row.most
}

/**
 * Whether a refund of a partial order is booked beside the whole of its charge, whatever it rests on: by the wallet, a
 * person's word or a rule. Then the panel credits without lowering.
 */
export async function hasRefundAtFullCharge(db: Kysely<Tables>, book: bigint, source: bigint): Promise<boolean> {
  const row = await db
    .selectFrom('order_state')
    .select('order_id')
    .where('book', '=', book)
    .where('source', '=', source)
    // As text, so that the index of just these rows answers it.
    .where(sql<boolean>`status = 'partial' and refunded > 0 and charge = gross`)
    .where('pending', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Orders that a tie was evidence for, by id; with `andFirstSeen` also all partial ones that were first seen finished, which reads every order of the source. */
export async function tiedOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  page: { readonly after: string; readonly limit: number; readonly andFirstSeen?: boolean },
): Promise<readonly RegisteredOrder[]> {
  const query = db
    .selectFrom('order_state')
    .select('order_id')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('order_id', '>', page.after)
    .$if(page.andFirstSeen !== true, (tied) => tied.where(sql<boolean>`gross_basis = 'tied'`))
    .$if(page.andFirstSeen === true, (all) =>
      all.where(sql<boolean>`(gross_basis = 'tied' or (gross_basis = 'final' and status = 'partial'))`),
    )
  const rows = await query.orderBy('order_id').limit(page.limit).execute()
  const ids = rows.map((row) => row.order_id)
  const orders = await findOrders(db, book, source, ids)
  return ids.flatMap((id) => orders.get(id) ?? [])
}
