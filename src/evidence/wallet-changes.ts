/** What nights left unexplained of a wallet, one row for each; what is open comes to the wallet's difference. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import { FITS_SHOWN, type Fits, NO_FITS } from '../domain/wallets/fits.ts'
import type { Evidence } from '../domain/transaction.ts'

export interface WalletChange extends Evidence {
  readonly observedAtMs: number
  /** When the cut before it was; null at the first. */
  readonly sinceMs: number | null
  readonly amount: Units
  readonly candidates: string
}

/** The newest first. */
export async function openChanges(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly WalletChange[]> {
  const rows = await db
    .selectFrom('wallet_change')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('closed_batch', 'is', null)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .execute()
  return rows.map((row) => ({
    batch: Number(row.batch),
    item: Number(row.item),
    observedAtMs: Number(row.observed_at_ms),
    sinceMs: row.since_ms === null ? null : Number(row.since_ms),
    amount: row.amount,
    candidates: row.candidates,
  }))
}

export async function saveChange(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  change: WalletChange,
): Promise<void> {
  await db
    .insertInto('wallet_change')
    .values({
      book,
      source,
      batch: BigInt(change.batch),
      item: BigInt(change.item),
      observed_at_ms: BigInt(change.observedAtMs),
      since_ms: change.sinceMs === null ? null : BigInt(change.sinceMs),
      amount: change.amount,
      candidates: change.candidates,
      closed_batch: null,
    })
    .execute()
}

export async function closeChanges(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  changes: readonly Evidence[],
  batch: number,
): Promise<void> {
  for (const { batch: of, item } of changes) {
    await db
      .updateTable('wallet_change')
      .set({ closed_batch: BigInt(batch) })
      .where('book', '=', book)
      .where('source', '=', source)
      .where('batch', '=', BigInt(of))
      .where('item', '=', BigInt(item))
      .execute()
  }
}

export type OrderFit = 'refunded' | 'completed' | 'charged' | 'tied'

/** Orders of which this figure is just so much, or that a tie settled at so much at least: a few, the latest first, and how many there are. */
export async function ordersOf(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  figure: OrderFit,
  amount: Units,
): Promise<Fits> {
  if (amount <= 0n) return NO_FITS
  const conditions: Readonly<Record<OrderFit, RawBuilder<boolean>>> = {
    refunded: sql`refunded = ${amount}`,
    completed: sql`status = 'completed' and refunded = 0 and charged = ${amount}`,
    charged: sql`charged = ${amount}`,
    tied: sql`gross_basis = 'tied' and refunded = 0 and remains > 0 and charged >= ${amount}`,
  }
  const { rows } = await sql<{ order_id: string; total: bigint }>`
    select order_id, cast(count(*) over () as bigint) as total from order_state
    where book = ${book} and source = ${source} and ${conditions[figure]}
    order by length(order_id) desc, order_id desc limit ${sql.lit(FITS_SHOWN)}`.execute(db)
  return { shown: rows.map(({ order_id }) => order_id), count: Number(rows[0]?.total ?? 0n) }
}
