/** The statement files that a person downloads, each of whole days in UTC. */
import { addDays } from '../../../domain/time/dates.ts'
import type { World } from '../state.ts'
import { bankCsv } from './bank-csv.ts'
import { bankCamt } from './camt.ts'
import { paypalCsv } from './paypal-csv.ts'
import { dateOf, type Days } from './printed.ts'
import type { MoneyAccountName } from './state.ts'

export interface StatementFile {
  readonly account: MoneyAccountName
  readonly name: string
  readonly text: string
}

/**
 * What a person downloads in the morning after a day: the bank's CAMT of two days or CSV of one, and PayPal's activity of
 * three, so that they overlap from day to day. A list with nothing on it is not handed over.
 */
export function dailyStatements(world: World, day: string): readonly StatementFile[] {
  const { money } = world
  if (money === undefined) return []
  const start = dateOf(world.options.startMs)
  const since = (back: number): Days => ({ from: later(start, addDays(day, -back)), to: day })
  const isCamt = money.options.bankFormat !== 'csv'
  const bank = isCamt ? bankCamt(money, since(1)) : bankCsv(money, since(0))
  const files: readonly StatementFile[] = [
    { account: 'checking', name: `checking-${day}.${isCamt ? 'xml' : 'csv'}`, text: bank },
    { account: 'paypal', name: `paypal-${day}.csv`, text: paypalCsv(money, since(2)) },
  ]
  return files.filter(({ name, text }) => !name.endsWith('.csv') || text.trimEnd().includes('\n'))
}

function later(a: string, b: string): string {
  return a > b ? a : b
}
