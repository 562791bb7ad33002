/** How old what is left on an account is, from its daily movements: what came first is taken to have gone first. */
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

export interface DayMovement {
  readonly day: IsoDate
  /** Debit less credit. */
  readonly amount: Units
}

/** The days whose movements make up the balance, oldest first; they add up to it. */
export function leftOver(days: readonly DayMovement[]): readonly DayMovement[] {
  const balance = days.reduce((sum, { amount }) => sum + amount, 0n)
  const left: DayMovement[] = []
  let missing = balance
  for (const { day, amount } of days.toReversed()) {
    if (missing === 0n) break
    // Movements against the balance have settled something older.
    if (amount > 0n !== balance > 0n || amount === 0n) continue
    const part = balance > 0n ? min(amount, missing) : -min(-amount, -missing)
    left.unshift({ day, amount: part })
    missing -= part
  }
  return left
}

function min(a: Units, b: Units): Units {
  return a < b ? a : b
}
