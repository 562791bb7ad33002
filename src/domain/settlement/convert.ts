/** What an amount is worth in the book's currency on a day, exact to the eighth place; never without a rate. */
import { divideHalfEven, type Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'
import type { SettleContext } from './settlement.ts'

export type Worth =
  | { readonly ok: true; readonly units: Units }
  /** The missing rate, in words. */
  | { readonly ok: false; readonly reason: string }

export function worthInBook(
  { bookCurrency, rate }: SettleContext,
  amount: Units,
  currency: string,
  day: IsoDate,
): Worth {
  if (currency === bookCurrency) return { ok: true, units: amount }
  const found = rate(currency, bookCurrency, day)
  if (found === null) return { ok: false, reason: `no rate from ${currency} to ${bookCurrency} is known for ${day}` }
  return { ok: true, units: divideHalfEven(amount * found.scaled, 10n ** BigInt(found.decimals)) }
}
