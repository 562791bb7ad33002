/**
 * What a statement itself says the account held, at the ends of days: from its opening and closing figures, carried over
 * the lines between. Where two figures do not follow from each other, lines are missing or a figure is wrong.
 */
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

/** The balance after all lines of a day. */
export interface Anchor {
  readonly day: IsoDate
  readonly balance: Units
}

/** What the lines of a day come to. */
export interface DaySum {
  readonly day: IsoDate
  readonly amount: Units
}

/**
 * The balance at the end of a day: the last figure on or before it and the lines since, else the first figure after it
 * less the lines between. Null without any figure.
 *
 * @param anchors oldest first
 * @param days oldest first
 */
export function balanceAt(anchors: readonly Anchor[], days: readonly DaySum[], day: IsoDate): Units | null {
  const before = anchors.findLast((anchor) => anchor.day <= day)
  if (before !== undefined) return before.balance + sumBetween(days, before.day, day)
  const after = anchors[0]
  return after === undefined ? null : after.balance - sumBetween(days, day, after.day)
}

/** What the lines after `from` up to `to` come to. */
function sumBetween(days: readonly DaySum[], from: IsoDate, to: IsoDate): Units {
  return days.reduce((sum, { day, amount }) => (day > from && day <= to ? sum + amount : sum), 0n)
}
