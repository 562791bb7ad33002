/** How fast an account moved over the last days, as far as was known at a place of the ledger: the basis of forecasts. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import { FORECAST_DAYS } from '../../domain/report/forecast.ts'
import { addDays, daysBetween } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'

export interface Moved {
  readonly debit: Units
  readonly credit: Units
  /** The days looked at: fewer when the account is younger. */
  readonly days: number
}

interface MovedQuery {
  readonly account: string
  readonly currency: string
  readonly night: IsoDate
  /** The last sequence that counts. */
  readonly sequence: number
}

export async function movedLately(
  db: Kysely<Tables>,
  book: bigint,
  { account, currency, night, sequence }: MovedQuery,
): Promise<Moved> {
  const held = await db
    .selectFrom('balance')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'balance.book').onRef('account.id', '=', 'balance.account'),
    )
    .select(['balance.day', 'balance.debit', 'balance.credit'])
    .where('balance.book', '=', book)
    .where('account.key', '=', account)
    .where('balance.currency', '=', currency)
    .where('balance.day', '>', addDays(night, -FORECAST_DAYS))
    .where('balance.day', '<=', night)
    .execute()
  const later = await db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
    )
    .select('txn.effective_date as day')
    .select([
      sql<bigint>`cast(-sum(case when posting.amount > 0 then posting.amount else 0 end) as bigint)`.as('debit'),
      sql<bigint>`cast(-sum(case when posting.amount < 0 then -posting.amount else 0 end) as bigint)`.as('credit'),
    ])
    .where('txn.book', '=', book)
    .where('txn.seq', '>', BigInt(sequence))
    .where('txn.currency', '=', currency)
    .where('txn.effective_date', '>', addDays(night, -FORECAST_DAYS))
    .where('txn.effective_date', '<=', night)
    .where('account.key', '=', account)
    .groupBy('txn.effective_date')
    .execute()
  const days = new Map<IsoDate, { debit: Units; credit: Units }>()
  for (const { day, debit, credit } of [...held, ...later]) {
    const sum = days.get(day) ?? { debit: 0n, credit: 0n }
    days.set(day, { debit: sum.debit + debit, credit: sum.credit + credit })
  }
  const moved = [...days].filter(([, { debit, credit }]) => debit !== 0n || credit !== 0n)
  const first = moved.reduce((least, [day]) => (day < least ? day : least), night)
  return {
    debit: moved.reduce((sum, [, { debit }]) => sum + debit, 0n),
    credit: moved.reduce((sum, [, { credit }]) => sum + credit, 0n),
    days: daysBetween(first, night) + 1,
  }
}
