/** Readings of wallets and counters: the few observations a later rule looks back on, so they are kept as rows. */
import type { Kysely } from 'kysely'
import type { WalletReadingTable } from '../db/evidence-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { CounterReading } from '../domain/counters/counter.ts'
import type { TrafficPoint } from '../domain/counters/counter-split.ts'
import type { Units } from '../domain/money/money.ts'
import type { Evidence } from '../domain/transaction.ts'

export interface WalletReading {
  readonly batch: number
  readonly observedAtMs: number
  readonly moment: 'before' | 'after'
  readonly balance: Units
  readonly currency: string
  /** What the ledger held for the wallet once this reading was processed. */
  readonly booked: Units
  readonly consistent: boolean
  /** Decimals of the answer; null where they were not kept. */
  readonly decimals: number | null
}

/** The newest reading of a wallet before `batch`, of one moment or either. */
export async function lastWalletReading(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  beforeBatch: number,
  moment?: 'before' | 'after',
): Promise<WalletReading | null> {
  let query = db
    .selectFrom('wallet_reading')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('batch', '<', BigInt(beforeBatch))
  if (moment !== undefined) query = query.where('moment', '=', moment)
  const row = await query.orderBy('batch', 'desc').orderBy('item', 'desc').limit(1).executeTakeFirst()
  return row === undefined ? null : walletReadingOf(row)
}

function walletReadingOf(row: WalletReadingTable): WalletReading {
  return {
    batch: Number(row.batch),
    observedAtMs: Number(row.observed_at_ms),
    moment: row.moment,
    balance: row.balance,
    currency: row.currency,
    booked: row.booked,
    consistent: row.consistent === 1n,
    decimals: row.decimals === null ? null : Number(row.decimals),
  }
}

/** When a wallet was first read; null before. */
export async function firstWalletReadingMs(db: Kysely<Tables>, book: bigint, source: bigint): Promise<number | null> {
  const row = await db
    .selectFrom('wallet_reading')
    .select('observed_at_ms')
    .where('book', '=', book)
    .where('source', '=', source)
    .orderBy('batch')
    .orderBy('item')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : Number(row.observed_at_ms)
}

/** The readings of a wallet from a batch on, oldest first: those of one pass. */
export async function walletReadingsFrom(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  batch: number,
): Promise<readonly WalletReading[]> {
  const rows = await db
    .selectFrom('wallet_reading')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('batch', '>=', BigInt(batch))
    .orderBy('batch')
    .orderBy('item')
    .execute()
  return rows.map(walletReadingOf)
}

/** Whether a batch brought a figure of the source, accepted or not: an answer without one is no reading, whatever its status. */
export async function broughtReading(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  table: 'wallet_reading' | 'counter_reading',
  batch: number,
): Promise<boolean> {
  const row = await db
    .selectFrom(table)
    .select('item')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('batch', '=', BigInt(batch))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** When the polling pass before the one `batch` belongs to ended; null when there was none. A pass starts with a 'before' reading. */
export async function previousPassMs(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  batch: number,
): Promise<number | null> {
  const start = await lastWalletReading(db, book, source, batch, 'before')
  if (start === null) return null
  return (await lastWalletReading(db, book, source, start.batch, 'after'))?.observedAtMs ?? null
}

/** When the last whole polling pass before `batch` ended: for answers that belong to no pass. */
export async function lastPassMs(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  batch: number,
): Promise<number | null> {
  return (await lastWalletReading(db, book, source, batch, 'after'))?.observedAtMs ?? null
}

export async function saveWalletReading(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  item: number,
  reading: WalletReading,
): Promise<void> {
  await db
    .insertInto('wallet_reading')
    .values({
      book,
      source,
      batch: BigInt(reading.batch),
      item: BigInt(item),
      observed_at_ms: BigInt(reading.observedAtMs),
      moment: reading.moment,
      balance: reading.balance,
      currency: reading.currency,
      booked: reading.booked,
      consistent: reading.consistent ? 1n : 0n,
      decimals: reading.decimals === null ? null : BigInt(reading.decimals),
    })
    .execute()
}

export interface CounterState {
  readonly reading: CounterReading
  /** The reading plus the day totals booked from files since: what must show for nothing to be booked. */
  readonly accounted: Units
  readonly origin: 'api' | 'opening' | 'day-total'
}

/** The newest accepted state of a counter, or the newest before a place; null before the first. */
export async function lastCounter(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  before: Evidence | null = null,
): Promise<CounterState | null> {
  return acceptedCounter(db, book, source, 'desc', before)
}

/** The first accepted state: where counting began. */
export async function firstCounter(db: Kysely<Tables>, book: bigint, source: bigint): Promise<CounterState | null> {
  return acceptedCounter(db, book, source, 'asc', null)
}

async function acceptedCounter(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  order: 'asc' | 'desc',
  before: Evidence | null,
): Promise<CounterState | null> {
  let query = db
    .selectFrom('counter_reading')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('accepted', '=', 1n)
  if (before !== null)
    query = query.where((eb) =>
      eb(eb.refTuple('batch', 'item'), '<', eb.tuple(BigInt(before.batch), BigInt(before.item))),
    )
  const row = await query
    .orderBy('batch', order)
    .orderBy('item', order)
    .orderBy('line', order)
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  const { impressions, clicks, amount } = row
  return {
    reading: { impressions, clicks, amount, atMs: Number(row.observed_at_ms) },
    accounted: row.accounted,
    origin: row.origin,
  }
}

/** The first accepted reading the vendor itself gave, at once or after a decision; null before it. */
export async function firstApiCounterMs(db: Kysely<Tables>, book: bigint, source: bigint): Promise<number | null> {
  const row = await db
    .selectFrom('counter_reading')
    .select('observed_at_ms')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('origin', '=', 'api')
    .where('accepted', '=', 1n)
    .orderBy('batch')
    .orderBy('item')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : Number(row.observed_at_ms)
}

/** Impressions of the vendor's own readings from one instant to another, both included; also of those not accepted. */
export async function impressionsBetween(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  fromMs: number,
  toMs: number,
): Promise<readonly TrafficPoint[]> {
  const rows = await db
    .selectFrom('counter_reading')
    .select(['observed_at_ms', 'impressions'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('origin', '=', 'api')
    .where('decision', '!=', 'rejected')
    .where('observed_at_ms', '>=', BigInt(fromMs))
    .where('observed_at_ms', '<=', BigInt(toMs))
    .orderBy('batch')
    .orderBy('item')
    .execute()
  return rows.flatMap(({ observed_at_ms, impressions }) =>
    impressions === null ? [] : [{ atMs: Number(observed_at_ms), impressions }],
  )
}

/** True when the vendor answered between two instants, both left out, whatever was made of it. */
export async function isReadBetween(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  fromMs: number,
  toMs: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('counter_reading')
    .select('batch')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('origin', '=', 'api')
    .where('observed_at_ms', '>', BigInt(fromMs))
    .where('observed_at_ms', '<', BigInt(toMs))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export interface ReadingOutcome {
  readonly name: string
  readonly accepted: boolean
}

export interface PlacedReading {
  readonly place: Evidence
  readonly reading: CounterReading
}

/** The vendor's own readings from a place on, in the order they were landed. */
export async function readingsFrom(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { batch, item }: Evidence,
): Promise<readonly PlacedReading[]> {
  const rows = await db
    .selectFrom('counter_reading')
    .select(['batch', 'item', 'impressions', 'clicks', 'amount', 'observed_at_ms'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('origin', '=', 'api')
    .where((eb) => eb(eb.refTuple('batch', 'item'), '>=', eb.tuple(BigInt(batch), BigInt(item))))
    .orderBy('batch')
    .orderBy('item')
    .execute()
  return rows.map(({ batch: ofBatch, item: ofItem, observed_at_ms, ...figures }) => ({
    place: { batch: Number(ofBatch), item: Number(ofItem) },
    reading: { ...figures, atMs: Number(observed_at_ms) },
  }))
}

/** None of the vendor's readings from a place on is accepted, or rejected: they are about to be judged again. */
export async function forgetOutcomes(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { batch, item }: Evidence,
): Promise<void> {
  await db
    .updateTable('counter_reading')
    .set({ accepted: 0n, decision: 'held' })
    .where('book', '=', book)
    .where('source', '=', source)
    .where('origin', '=', 'api')
    .where((eb) => eb(eb.refTuple('batch', 'item'), '>=', eb.tuple(BigInt(batch), BigInt(item))))
    .execute()
}

/** What became of one of the vendor's readings, and what the next must show for nothing to be booked. */
export async function saveOutcome(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { batch, item }: Evidence,
  accounted: Units,
  { name, accepted }: ReadingOutcome,
): Promise<void> {
  await db
    .updateTable('counter_reading')
    .set({ accounted, decision: name, accepted: accepted ? 1n : 0n })
    .where('book', '=', book)
    .where('source', '=', source)
    .where('origin', '=', 'api')
    .where('batch', '=', BigInt(batch))
    .where('item', '=', BigInt(item))
    .execute()
}

export async function saveCounter(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  place: { readonly batch: number; readonly item: number; readonly line: number },
  state: CounterState,
  decision: ReadingOutcome,
): Promise<void> {
  await db
    .insertInto('counter_reading')
    .values({
      book,
      source,
      batch: BigInt(place.batch),
      item: BigInt(place.item),
      line: BigInt(place.line),
      observed_at_ms: BigInt(state.reading.atMs),
      origin: state.origin,
      impressions: state.reading.impressions,
      clicks: state.reading.clicks,
      amount: state.reading.amount,
      accounted: state.accounted,
      decision: decision.name,
      accepted: decision.accepted ? 1n : 0n,
    })
    .execute()
}
