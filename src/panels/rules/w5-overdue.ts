/**
 * W5: what no night's recent claims can explain is overdue until it is paid: the larger of what is owed beyond the claims
 * of the last nights and of what was overdue before, but never more than what is owed. Ages of single claims would not
 * tell: the next credits pay the oldest claim, and a debit by hand hides for ever. It is asked about when it is a week old:
 * a panel that credits late is known by a night that paid more than its own claims, and at a busy one that takes days.
 */
import { abs, type Units } from '../../domain/money/money.ts'
import { nightsBefore } from './nights.ts'

/** How long credits take at a panel that has once paid later than the same night. */
export const LATE_CREDIT_DAYS = 2

/** Nights for which money has to be overdue before a person is asked. */
const ASKED_AFTER = 7

/** `recent`: claims of the last `creditDays` nights, this one among them. `before`: overdue the night before. Below zero likewise. */
export function overdueOf(owed: Units, recent: readonly Units[], before: Units = 0n): Units {
  if (owed > 0n) return least(owed, most(0n, most(owed - sum(recent.filter((claim) => claim > 0n)), before)))
  if (owed < 0n) return most(owed, least(0n, least(owed - sum(recent.filter((claim) => claim < 0n)), before)))
  return 0n
}

/** What to ask about: the last night's overdue, if every look of a week has shown one; else 0. */
export function overdueForLong(
  nights: readonly { readonly atMs: number; readonly overdue: Units; readonly width: Units }[],
): Units {
  const last = nights.at(-1)
  if (last === undefined) return 0n
  const isOverdue = ({ overdue, width }: typeof last): boolean =>
    abs(overdue) > width && overdue > 0n === last.overdue > 0n
  const since = nights[nights.findLastIndex((night) => !isOverdue(night)) + 1]
  return since !== undefined && since.atMs <= nightsBefore(last.atMs, ASKED_AFTER) ? last.overdue : 0n
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
