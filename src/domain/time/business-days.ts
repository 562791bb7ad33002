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

/** The calendar ends where its text does: there is no day after the last. */
const LAST_DAY = '9999-12-31'
const FIRST_DAY = '0001-01-01'

function dayBeside(date: IsoDate, step: 1 | -1): IsoDate {
  return date === (step === 1 ? LAST_DAY : FIRST_DAY) ? date : addDays(date, step)
}

/** How many business days come after `from`, up to and with `to`; negative when `to` is earlier. */
export function businessDaysBetween(from: IsoDate, to: IsoDate): number {
  return businessDayNumber(dayBeside(to, 1)) - businessDayNumber(dayBeside(from, 1))
}

/** The date so many business days later, or earlier when negative; zero is the date itself. */
export function addBusinessDays(from: IsoDate, days: number): IsoDate {
  const step = days < 0 ? -1 : 1
  let left = Math.abs(days)
  let day = from
  while (left > 0) {
    const next = dayBeside(day, step)
    if (next === day) return day
    day = next
    if (weekdayOf(day) <= 5) left -= 1
  }
  return day
}
