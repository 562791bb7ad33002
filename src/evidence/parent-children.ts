/** Which orders a parent's latest answer names: read from the landed answer, since the registry keeps no such list. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { lastPlace, type Units } from '../domain/money/money.ts'
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
  return latestPlaces(db, sql`panel_order`, { book, source, afterBatch, limit }, sql`origin = 'parent'`)
}

/** The latest answers, landed after a batch, about orders that have ended or run without a charge of their own; at most `limit`. */
export async function chargelessAnswers(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  afterBatch: number,
  limit: number,
): Promise<readonly Place[]> {
  const isMeant = sql`status is not null and (charge is null or charge = 0)`
  return latestPlaces(db, sql`order_state`, { book, source, afterBatch, limit }, isMeant)
}

/** The latest answers, landed after a batch, about orders in no books whose charge is not shown, or is that of others; at most `limit`. */
export async function unbookedAnswers(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  afterBatch: number,
  limit: number,
): Promise<readonly Place[]> {
  const isMeant = sql`status is not null and charged = 0 and (charge is null or (charge > 0 and gross = 0))`
  return latestPlaces(db, sql`order_state`, { book, source, afterBatch, limit }, isMeant)
}

interface Span {
  readonly book: bigint
  readonly source: bigint
  readonly afterBatch: number
  readonly limit: number
}

async function latestPlaces(
  db: Kysely<Tables>,
  table: RawBuilder<unknown>,
  { book, source, afterBatch, limit }: Span,
  isMeant: RawBuilder<unknown>,
): Promise<readonly Place[]> {
  const { rows } = await sql<{ batch: bigint; item: bigint }>`
    select distinct evidence_batch as batch, evidence_item as item from ${table}
    where book = ${book} and source = ${source} and evidence_batch > ${afterBatch} and ${isMeant}
    order by evidence_batch desc, evidence_item desc limit ${limit}`.execute(db)
  return rows.map(({ batch, item }) => ({ batch: Number(batch), item: Number(item) }))
}

/** One unit of the last decimal of each charge that a source's orders show, summed: more than rounding can leave of any of them. */
export async function lastPlaces(db: Kysely<Tables>, book: bigint, source: bigint): Promise<Units> {
  const rows = await db
    .selectFrom('order_state')
    .select(({ fn }) => ['charge_decimals', fn.countAll<bigint>().as('orders')])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('charged', '>', 0n)
    .groupBy('charge_decimals')
    .execute()
  return rows.reduce((sum, each) => sum + each.orders * lastPlace(Number(each.charge_decimals ?? 0)), 0n)
}
