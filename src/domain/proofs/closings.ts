/**
 * The proof of cash of a row of months, each from the one before it: what the statements tell against the booked opening
 * and the lines since. Lines and postings that differ are listed by cash.ts; what neither explains is the same in both.
 */
import { addDays, previousDate } from '../time/dates.ts'
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'
import { balanceAt, type Anchor, type DaySum } from './anchors.ts'
import { lastDayOf } from './cash.ts'

export interface CashClosing {
  /** "2026-03" */
  readonly month: string
  /** All counted lines through its last day. */
  readonly lines: Units
  /** What the statements say the account held on its last day; null when none tells a balance. */
  readonly stated: Units | null
  /** Statement less books, unexplained, where the month begins and where it ends; null without a balance. */
  readonly opening: Units | null
  readonly closing: Units | null
  /** What was unexplained before the month; zero for the first one. */
  readonly carried: Units
}

export interface MonthFacts {
  /** Following one another. */
  readonly months: readonly string[]
  /** Of the month before the first; null when there is none. */
  readonly before: CashClosing | null
  /** What the account held before its first line, by the books. */
  readonly booked: Units
  /** Of the days of the months, oldest first; of all days when nothing is before. */
  readonly days: readonly DaySum[]
  /** Likewise. */
  readonly anchors: readonly Anchor[]
}

export function closeMonths({ months, before, booked, days, anchors: told }: MonthFacts): readonly CashClosing[] {
  const anchors = before === null || before.stated === null ? told : [anchorOf(before, before.stated), ...told]
  const closings: CashClosing[] = []
  let last = before
  for (const month of months) {
    const end = lastDayOf(month)
    const lines = days.reduce(
      (sum, { day, amount }) => (day.slice(0, 7) === month ? sum + amount : sum),
      last?.lines ?? 0n,
    )
    const stated = balanceAt(anchors, days, end)
    const opening = last === null ? openingOf(anchors, days, month, booked) : last.closing
    const closing = stated === null ? null : stated - booked - lines
    last = { month, lines, stated, opening, closing, carried: last?.closing ?? 0n }
    closings.push(last)
  }
  return closings
}

function anchorOf({ month }: CashClosing, balance: Units): Anchor {
  return { day: lastDayOf(month), balance }
}

/** Before the first line there is the booked opening alone. */
function openingOf(anchors: readonly Anchor[], days: readonly DaySum[], month: string, booked: Units): Units | null {
  const stated = balanceAt(anchors, days, previousDate(`${month}-01`))
  return stated === null ? null : stated - booked
}

/** Every month from the one of a day to the one of another. */
export function monthsThrough(first: IsoDate, last: IsoDate): readonly string[] {
  const months: string[] = []
  for (let month = first.slice(0, 7); month <= last.slice(0, 7); month = monthAfter(month)) months.push(month)
  return months
}

export function monthAfter(month: string): string {
  return addDays(lastDayOf(month), 1).slice(0, 7)
}

export function monthBefore(month: string): string {
  return previousDate(`${month}-01`).slice(0, 7)
}
