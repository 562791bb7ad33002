/** What settled lines do to the accounts, by the package's own posting rules: journals as people write them. */
import { loadMappings } from '../../../src/config/mappings.ts'
import { formatMoney, unitsOf, type Units } from '../../../src/domain/money/money.ts'
import { parseRate, type Rate } from '../../../src/domain/money/rates.ts'
import { moneyPostings } from '../../../src/domain/posting-rules.ts'
import { desiredEntries, parseEntryKind } from '../../../src/domain/settlement/entry-kind.ts'
import type { LineTotal, SettleContext, SettledItem, SettledLine } from '../../../src/domain/settlement/settlement.ts'
import type { IsoDate } from '../../../src/domain/transaction.ts'

const { rules } = loadMappings()

export const units = unitsOf

export function line(amount: string, more: Partial<SettledLine> = {}): SettledLine {
  return { id: '1', amount: units(amount), currency: 'USD', date: '2026-03-20', fee: null, tax: null, ...more }
}

export function item(kind: SettledItem['kind'], amount: string, more: Partial<SettledItem> = {}): SettledItem {
  return { id: '7', kind, source: 'adnet', amount: units(amount), currency: 'USD', date: '2026-03-18', ...more }
}

/** Rates as "EUR/USD 2026-03-20": "1.0842"; good on their own day only. */
export function withRates(rates: Readonly<Record<string, string>>, bookCurrency = 'USD'): SettleContext {
  const rate = (from: string, to: string, date: IsoDate): Rate | null => {
    const parsed = parseRate(rates[`${from}/${to} ${date}`] ?? '')
    return parsed === null ? null : { from, to, date, ...parsed }
  }
  return { bookCurrency, rate }
}

export type Balances = ReadonlyMap<string, Units>

/** Account and currency → debit less credit, through the very entries the ledger would get. */
export function balances(
  totals: readonly LineTotal[],
  account: string,
  lineCurrency = 'USD',
  before: Balances = new Map(),
): Balances {
  const sums = new Map(before)
  for (const [text, amount] of desiredEntries(totals, lineCurrency)) {
    const { kind, sign, source, currency } = parseEntryKind(text, lineCurrency)
    for (const posting of moneyPostings(rules, { kind, account, source, amount: sign * amount })) {
      const key = currency === 'USD' ? posting.account : `${posting.account} ${currency}`
      sums.set(key, (sums.get(key) ?? 0n) + posting.amount)
    }
  }
  return sums
}

/** "Dr 1050:paypal 147.00", debits first, and by account: the journal of a template. */
export function journal(sums: Balances): readonly string[] {
  const sides = [...sums].filter(([, amount]) => amount !== 0n)
  const words = sides.map(([account, amount]) =>
    amount > 0n ? `Dr ${account} ${formatMoney(amount)}` : `Cr ${account} ${formatMoney(-amount)}`,
  )
  return words.toSorted((a, b) => (a.slice(0, 2) === b.slice(0, 2) ? (a < b ? -1 : 1) : a.startsWith('Dr') ? -1 : 1))
}
