/** The rates in force, as settling asks for them: read once a batch. */
import { findRate } from '../../domain/money/rates.ts'
import type { SettleContext } from '../../domain/settlement/settlement.ts'
import { ratesInForce } from '../../evidence/rates.ts'
import type { MatchReader } from './match-pool.ts'

export async function settleContext({
  db,
  book,
  settings,
}: Pick<MatchReader, 'db' | 'book' | 'settings'>): Promise<SettleContext> {
  const table = await ratesInForce(db, book, settings.money?.ratesMaxAgeDays ?? 0)
  return {
    bookCurrency: settings.book.currency,
    rate: (from, to, day) => findRate(table, from, to, day),
    mostApartBasisPoints: settings.money?.matching.currencyBasisPoints,
  }
}
