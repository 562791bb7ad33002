/**
 * Balances on both axes of time: what counted through a day (`asOf`), as far as it was known at a sequence. Sums of the
 * daily balances as they were known then.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { AccountKey, IsoDate } from '../domain/transaction.ts'
import { balances, toBalance, type AccountBalance } from './balances.ts'
import type { Book } from './books.ts'
import { dailyKnownAt, type DailyBalance } from './daily.ts'

export interface Horizon {
  /** The last day that counts; every day when left out. */
  readonly asOf?: IsoDate
  /** The last sequence that counts; all when left out. */
  readonly sequence?: number
  /** Only this account. */
  readonly account?: AccountKey
}

/** Ordered by account and currency, as `balances`; accounts without any movement inside the horizon are left out. */
export async function balancesWithin(
  db: Kysely<Tables>,
  book: Book,
  { sequence, ...filter }: Horizon,
): Promise<readonly AccountBalance[]> {
  if (sequence === undefined) return balances(db, book, filter)
  return sumByAccount(await dailyKnownAt(db, book, sequence, filter))
}

function sumByAccount(days: readonly DailyBalance[]): readonly AccountBalance[] {
  const sums = new Map<string, AccountBalance>()
  for (const { account, currency, debit, credit } of days) {
    const key = `${account} ${currency}`
    const held = sums.get(key)
    sums.set(key, toBalance(account, currency, (held?.debit ?? 0n) + debit, (held?.credit ?? 0n) + credit))
  }
  return [...sums.keys()].toSorted().flatMap((key) => sums.get(key) ?? [])
}
