/**
 * W5: what no night's recent claims can explain is overdue until it is paid: the larger of what is owed beyond the claims
 * of the last nights and of what was overdue before, but never more than what is owed. Ages of single claims would not
 * tell: the next credits pay the oldest claim, and a debit by hand hides for ever.
 */
import type { Units } from '../../domain/money/money.ts'

/** How long credits take at a panel that has once paid later than the same night. */
export const LATE_CREDIT_DAYS = 2

/** `claims`: of all nights through this one, oldest first. `before`: overdue the night before. Below zero likewise. */
export function overdueOf(owed: Units, claims: readonly Units[], creditDays: number, before: Units = 0n): Units {
  const recent = creditDays === 0 ? [] : claims.slice(-creditDays)
  if (owed > 0n) return least(owed, most(0n, most(owed - sum(recent.filter((claim) => claim > 0n)), before)))
  if (owed < 0n) return most(owed, least(0n, least(owed - sum(recent.filter((claim) => claim < 0n)), before)))
  return 0n
}

/** True when a night paid more than its own claims, to a unit per claim paid: then credits take nights at this panel. */
export function tellsLateCredits(
  nights: readonly { readonly paid: Units; readonly claims: Units; readonly tolerance: Units }[],
): boolean {
  return nights.some(({ paid, claims, tolerance }) => paid > 0n && paid > most(claims, 0n) + tolerance)
}

function sum(amounts: readonly Units[]): Units {
  return amounts.reduce((total, amount) => total + amount, 0n)
}

function least(one: Units, other: Units): Units {
  return one < other ? one : other
}

function most(one: Units, other: Units): Units {
  return one > other ? one : other
}
