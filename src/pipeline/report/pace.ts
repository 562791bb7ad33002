/** How fast an account moved over the last days, as far as was known at a place of the ledger: the basis of forecasts. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import { FORECAST_DAYS } from '../../domain/report/forecast.ts'
import { addDays, daysBetween } from '../../domain/time/dates.ts'
import type { AccountKey, IsoDate } from '../../domain/transaction.ts'
import type { Book } from '../../ledger/books.ts'
import { dailyKnownAt } from '../../ledger/daily.ts'

export interface Moved {
  readonly debit: Units
  readonly credit: Units
  /** The days looked at: fewer when the account is younger. */
  readonly days: number
}

interface MovedQuery {
  readonly account: AccountKey
  readonly currency: string
  readonly night: IsoDate
  /** The last sequence that counts. */
  readonly sequence: number
}

export async function movedLately(
  db: Kysely<Tables>,
  book: Book,
  { account, currency, night, sequence }: MovedQuery,
): Promise<Moved> {
  const lately = { account, since: addDays(night, 1 - FORECAST_DAYS), asOf: night }
  const moved = (await dailyKnownAt(db, book, sequence, lately)).filter((each) => each.currency === currency)
  const first = moved.reduce((least, { day }) => (day < least ? day : least), night)
  return {
    debit: moved.reduce((sum, { debit }) => sum + debit, 0n),
    credit: moved.reduce((sum, { credit }) => sum + credit, 0n),
    days: daysBetween(first, night) + 1,
  }
}
