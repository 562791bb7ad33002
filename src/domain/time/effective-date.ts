/**
 * When a change counts. A nightly reading just after midnight speaks of the day that ended; a second reading on the
 * same day speaks of that day. A charge counts on the order's own date when we know it.
 */
import { isoDateInZone, previousDate, startOfDayMs } from './dates.ts'
import type { IsoDate } from '../transaction.ts'

/** The date of something that changed between two readings: the day that ended before this one, or today if both fall in it. */
export function dateOfChange(previousMs: number | null, nowMs: number, zone: string): IsoDate {
  const today = isoDateInZone(nowMs, zone)
  if (previousMs !== null && previousMs >= startOfDayMs(today, zone)) return today
  return previousDate(today)
}

/** The whole days a change may belong to when more than one day lies between two readings; null when at most one ended. */
export function spanOfChange(
  previousMs: number,
  nowMs: number,
  zone: string,
): { readonly from: IsoDate; readonly to: IsoDate } | null {
  const to = dateOfChange(previousMs, nowMs, zone)
  const from = isoDateInZone(previousMs, zone)
  return from < to ? { from, to } : null
}
