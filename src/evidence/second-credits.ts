/** Refunds that a rule booked and the wallet credited, and what of second credits waits in suspense. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'

/** Looked back on: a second credit comes days after the first, not months. */
const MOST_CREDITED = 200

export interface HeldCredit {
  readonly orderId: string
  /** In suspense now. */
  readonly amount: Units
  /** Versions of its kind so far. */
  readonly version: number
}

/** What the ledger calls a second credit of an order. */
export function secondCreditOf(orderId: string): string {
  return `second-credit:${orderId}`
}

/** Every order of which a second credit was ever seen. */
export async function heldCredits(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly HeldCredit[]> {
  const rows = await db
    .selectFrom('txn')
    .select(['object', 'cumulative', 'version'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('object', '>=', 'second-credit:')
    .where('object', '<', 'second-credit;')
    .orderBy('object')
    .orderBy('version')
    .execute()
  const newest = new Map(rows.map((row) => [row.object, row]))
  return [...newest.values()].map(({ object, cumulative, version }) => ({
    orderId: object.slice('second-credit:'.length),
    amount: cumulative,
    version: Number(version),
  }))
}

/** Orders whose refund was booked as due and then credited, by the credit, the newest first. */
export async function creditedByRule(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly string[]> {
  const { rows } = await sql<{ object: string }>`
    select object from txn
    where book = ${book} and source = ${source} and object >= 'order:' and object < 'order;' and kind = 'refund-credited'
    group by object order by max(seq) desc limit ${sql.lit(MOST_CREDITED)}`.execute(db)
  return rows.map(({ object }) => object.slice('order:'.length))
}
