/** On which days a publisher's unpaid earnings are looked at. A cut-off that nobody read the counter on is not invented: the next night looks. */
import { weekdayOf } from '../time/business-days.ts'
import { addDays } from '../time/dates.ts'
import type { IsoDate } from '../transaction.ts'

export interface CutOffPolicy {
  readonly schedule: 'on_threshold' | 'weekly' | 'monthly' | 'stated'
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number
  /** 1 to 28. */
  readonly dayOfMonth: number
}

/** The longest a schedule goes without a cut-off. */
const LONGEST_DAYS = 31

export function isCutOff(day: IsoDate, { schedule, weekday, dayOfMonth }: CutOffPolicy): boolean {
  switch (schedule) {
    case 'on_threshold':
      return true
    case 'weekly':
      return weekdayOf(day) === weekday
    case 'monthly':
      return Number(day.slice(8)) === dayOfMonth
    case 'stated':
      return false
  }
}

/** The newest cut-off after `looked`, the day looked at last, and up to `day`; null when there is none. Without `looked`, only `day` itself. */
export function cutOffSince(looked: IsoDate | null, day: IsoDate, policy: CutOffPolicy): IsoDate | null {
  for (let back = 0; back <= LONGEST_DAYS; back += 1) {
    const date = addDays(day, -back)
    if (looked === null ? back > 0 : date <= looked) return null
    if (isCutOff(date, policy)) return date
  }
  return null
}
