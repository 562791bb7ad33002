/** Payouts of a publisher's account on record, and what came back of them. */
import type { Kysely } from 'kysely'
import type { CounterPayoutTable } from '../../db/counter-tables.ts'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import { isReturn, type CounterOf } from './counter-facts.ts'

export type PayoutOrigin = CounterPayoutTable['origin']

export interface KnownPayout {
  /** The object in the ledger: "payout:PP-1", "payout-fee:PP-1". */
  readonly key: string
  readonly reference: string
  readonly amount: Units
  readonly date: IsoDate
}

export interface KeptPayout extends KnownPayout {
  readonly origin: PayoutOrigin
}

/** Stated again, the same payout is what was stated last. */
export async function savePayout(
  db: Kysely<Tables>,
  { book, source }: CounterOf,
  { key, reference, amount, date }: KnownPayout,
  origin: PayoutOrigin,
  { batch, item }: Evidence,
): Promise<void> {
  const place = { evidence_batch: BigInt(batch), evidence_item: BigInt(item) }
  const stated = { reference, amount, paid_on: date, origin, ...place }
  await db
    .insertInto('counter_payout')
    .values({ book, source, payout: key, ...stated })
    .onConflict((conflict) => conflict.columns(['book', 'source', 'payout']).doUpdateSet(stated))
    .execute()
}

/** Forgets a payout; false when it is known by another reference by now, since a file has stated it. */
export async function dropPayout(
  db: Kysely<Tables>,
  { book, source }: CounterOf,
  { key, reference }: Pick<KnownPayout, 'key' | 'reference'>,
): Promise<boolean> {
  const result = await db
    .deleteFrom('counter_payout')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('payout', '=', key)
    .where('reference', '=', reference)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** Payouts, without fees and returns, of one or more origins. */
export async function listPayouts(
  db: Kysely<Tables>,
  { book, source }: CounterOf,
  origins: readonly PayoutOrigin[],
): Promise<readonly KeptPayout[]> {
  const rows = await db
    .selectFrom('counter_payout')
    .select(['payout', 'reference', 'amount', 'paid_on', 'origin'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('payout', 'like', 'payout:%')
    .where('origin', 'in', [...origins])
    .orderBy('payout')
    .execute()
  return rows.map(({ payout: key, paid_on: date, ...rest }) => ({ key, date, ...rest }))
}

export interface ReturnedInAll {
  /** The key of the payout. */
  readonly payout: string
  /** All that has come back of it by now. */
  readonly total: Units
  readonly date: IsoDate
  readonly evidence: Evidence
}

/** Brings what came back of a payout to its total: another row for more, the newest ones gone or lower for less. */
export async function saveReturned(
  db: Kysely<Tables>,
  of: CounterOf,
  { payout, total, date, evidence }: ReturnedInAll,
): Promise<void> {
  const { book, source } = of
  const known = await db
    .selectFrom('counter_payout')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('payout', 'like', `payout%:${payout.slice(payout.indexOf(':') + 1)}`)
    .orderBy('evidence_batch')
    .orderBy('evidence_item')
    .orderBy('payout')
    .execute()
  const paid = known.find((row) => row.payout === payout)
  if (paid === undefined) return
  const returns = known.filter((row) => isReturn(row.payout))
  const before = returns.reduce((sum, { amount }) => sum + amount, 0n)
  if (total > before) {
    const key = `payout-returned:${returns.length + 1}:${payout.slice(payout.indexOf(':') + 1)}`
    const more = { key, reference: paid.reference, amount: total - before, date }
    return savePayout(db, of, more, 'stated', evidence)
  }
  let excess = before - total
  for (const row of returns.toReversed()) {
    if (excess <= 0n) return
    const left = { key: row.payout, reference: row.reference, amount: row.amount - excess, date: row.paid_on }
    if (left.amount <= 0n) await dropPayout(db, of, left)
    else await savePayout(db, of, left, 'stated', evidence)
    excess -= row.amount
  }
}
