/**
 * Corrections of earlier days. The counter says that something changed, never which day it was: a change that undoes
 * exactly one earlier change, to the last digit, is linked to that day, and a person may name the day.
 */
import type { CounterRule } from './counter-policy.ts'
import { daysBetween } from '../time/dates.ts'
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

interface BookedChange {
  /** Signed: a fall is negative. */
  readonly change: Units
  /** The day it counted on. */
  readonly day: IsoDate
}

/** Further back than any network's corrections were seen to reach. */
const LINK_DAYS = 120

/** The day whose change this one undoes exactly; null when there is none, or more than one to choose from. */
export function undoneDay(change: Units, day: IsoDate, earlier: readonly BookedChange[]): IsoDate | null {
  const hits = earlier.filter((each) => each.change === -change && daysBetween(each.day, day) <= LINK_DAYS)
  return hits.length === 1 ? (hits[0]?.day ?? null) : null
}

/** A correction of a day in an earlier month is a restatement of it: booked on the day it was learned, never back. */
export function restatedRule(rule: CounterRule, day: IsoDate, original: IsoDate | null): CounterRule {
  return original !== null && original.slice(0, 7) < day.slice(0, 7) ? 'counter/restatement' : rule
}
