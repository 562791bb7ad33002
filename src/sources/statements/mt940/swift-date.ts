/** Dates of SWIFT messages: six digits, and for the booking day only its month and day, beside a value date. */
import { daysBetween, isIsoDate } from '../../../domain/time/dates.ts'
import type { IsoDate } from '../../../domain/transaction.ts'

/** "260131" is 2026-01-31; years from 80 are of the last century. Null when it is no date. */
export function swiftDate(text: string): IsoDate | null {
  if (!/^\d{6}$/.test(text)) return null
  const century = Number(text.slice(0, 2)) >= 80 ? '19' : '20'
  const date = `${century}${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4)}`
  return isIsoDate(date) ? date : null
}

/** Banks that count thirty days a month value interest on "160230" (30 February): the last day there is. */
export function valueDay(text: string): IsoDate | null {
  const isBankersDay = /^\d{2}02(?:29|30)$/.test(text)
  return swiftDate(text) ?? (isBankersDay ? swiftDate(`${text.slice(0, 4)}28`) : null)
}

/** The day "MMDD" that is nearest to the value date: entries of December are valued in January, and the reverse. */
export function entryDate(text: string, valueDate: IsoDate): IsoDate | null {
  const year = Number(valueDate.slice(0, 4))
  const days = [year - 1, year, year + 1]
    .map((each) => `${each}-${text.slice(0, 2)}-${text.slice(2)}`)
    .filter((each) => isIsoDate(each))
    .toSorted((a, b) => Math.abs(daysBetween(valueDate, a)) - Math.abs(daysBetween(valueDate, b)))
  return days[0] ?? null
}
