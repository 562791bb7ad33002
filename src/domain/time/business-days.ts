/** Days on which banks work: Monday to Friday. Holidays differ by country and bank, so windows in these days are kept generous instead. */
import type { IsoDate } from '../transaction.ts'
import { addDays, dayNumberOf } from './dates.ts'

/** 1 Monday to 7 Sunday. 1970-01-01 was a Thursday. */
export function weekdayOf(date: IsoDate): number {
  return ((((dayNumberOf(date) + 3) % 7) + 7) % 7) + 1
}

/** Business days before a date, counted from Monday 1969-12-29. */
function businessDayNumber(date: IsoDate): number {
  const weeks = Math.floor((dayNumberOf(date) + 3) / 7)
  return weeks * 5 + Math.min(weekdayOf(date) - 1, 5)
}

/** How many business days come after `from`, up to and with `to`; negative when `to` is earlier. */
export function businessDaysBetween(from: IsoDate, to: IsoDate): number {
  return businessDayNumber(addDays(to, 1)) - businessDayNumber(addDays(from, 1))
}

/** The date so many business days later, or earlier when negative; zero is the date itself. */
export function addBusinessDays(from: IsoDate, days: number): IsoDate {
  const step = days < 0 ? -1 : 1
  let left = Math.abs(days)
  let day = from
  while (left > 0) {
    day = addDays(day, step)
    if (weekdayOf(day) <= 5) left -= 1
  }
  return day
}
