/** What an account shows of some days: its lines with the balance after each, and the balances around them. */
import type { Units } from '../../../domain/money/money.ts'
import { isoDateInZone } from '../../../domain/time/dates.ts'
import { netOf } from './state.ts'
import type { MoneyAccountName, MoneyLine, MoneyState } from './state.ts'

export interface Days {
  /** ISO dates, both included. */
  readonly from: string
  readonly to: string
}

export interface Printed {
  readonly line: MoneyLine
  /** After it. */
  readonly balance: Units
}

export interface PrintedDays {
  readonly opening: Units
  readonly rows: readonly Printed[]
  readonly closing: Units
}

/** A bank prints only what moved money; PayPal all it has. */
export function printed(
  money: MoneyState,
  account: MoneyAccountName,
  currency: 'USD' | 'EUR',
  { from, to }: Days,
): PrintedDays {
  let balance = currency === 'USD' ? money.opening[account] : 0n
  let opening = balance
  const rows: Printed[] = []
  for (const line of money.lines) {
    const date = dateOf(line.atMs)
    if (line.account !== account || line.currency !== currency || date > to) continue
    if (line.status === 'posted') balance += netOf(line)
    if (date < from) opening = balance
    else rows.push({ line, balance })
  }
  return { opening, rows, closing: balance }
}

export function dateOf(ms: number): string {
  return isoDateInZone(ms, 'UTC')
}

export function table(rows: readonly (readonly string[])[], start = ''): string {
  const cells = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
  return `${start}${cells.join('\n')}\n`
}
