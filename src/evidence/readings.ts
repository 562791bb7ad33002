/** Readings of wallets: the few observations a later rule looks back on, so they are kept as rows. */
import type { Kysely } from 'kysely'
import type { WalletReadingTable } from '../db/evidence-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'

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
