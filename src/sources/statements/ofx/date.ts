/**
 * Dates of OFX: "20260131233000.000[-5:EST]". The day is the one that is printed, in the file's own zone; the instant is
 * known only when the file gives both a time and a zone.
 */
import { isIsoDate } from '../../../domain/time/dates.ts'
import type { IsoDate } from '../../../domain/transaction.ts'

export interface OfxDate {
  readonly date: IsoDate
  /** UTC milliseconds. */
  readonly atMs: number | null
}

const DATE =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,6}))?)?)?\s*(?:\[([+-]?[\d.]+)?(?::[^\]]*)?\])?$/

/** Null when it is no date of the calendar. */
export function parseOfxDate(text: string): OfxDate | null {
  const match = DATE.exec(text.trim())
  if (match === null) return null
  const date = `${match[1]}-${match[2]}-${match[3]}`
  if (!isIsoDate(date)) return null
  const [hour, minute, second] = [match[4], match[5], match[6]].map((part) => Number(part ?? 0))
  // Some banks print "240000" for a day without a time.
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return { date, atMs: null }
  const offset = match[8] === undefined ? null : offsetMinutes(match[8])
  if (match[4] === undefined || offset === null) return { date, atMs: null }
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'))
  const localMs = Date.parse(`${date}T00:00:00.000Z`) + ((hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0)) * 1000
  return { date, atMs: localMs + milliseconds - offset * 60_000 }
}

/** Hours with decimals; "5.30" is five hours thirty, since no zone is a third of an hour off. */
function offsetMinutes(text: string): number | null {
  const hours = Number(text)
  if (!Number.isFinite(hours) || Math.abs(hours) > 15) return null
  const minutes = Math.round(hours * 60)
  if (minutes % 15 === 0) return minutes
  const whole = Math.trunc(hours)
  return whole * 60 + Math.sign(hours) * Math.round(Math.abs(hours - whole) * 100)
}
