/**
 * What the coming days bring, from what the last ones did: when a wallet runs dry at the pace of its spending, and when
 * unpaid earnings reach the payout threshold. Plain averages over whole days, named as such; nothing is booked from them.
 */
import { addDays } from '../time/dates.ts'
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

/** How many days back an average looks. */
export const FORECAST_DAYS = 14

export interface Pace {
  /** What the days came to in sum; not negative. */
  readonly total: Units
  /** Whole days it took, at least 1. */
  readonly days: number
}

/** What is left in days at this pace, in tenths, rounded down; null when nothing is spent. An empty wallet lasts 0 days. */
export function runwayTenths(balance: Units, { total, days }: Pace): number | null {
  if (total <= 0n) return null
  if (balance <= 0n) return 0
  return Number((balance * BigInt(days) * 10n) / total)
}

export type Threshold =
  /** It is there already. */
  | { readonly kind: 'reached'; readonly unpaid: Units }
  /** The first day on which it is reached when every day brings the average. */
  | { readonly kind: 'expected'; readonly unpaid: Units; readonly missing: Units; readonly day: IsoDate }
  /** Nothing was earned lately, so there is no day to expect it. */
  | { readonly kind: 'unknown'; readonly unpaid: Units; readonly missing: Units }

const FURTHEST_DAYS = 3650n

export function thresholdFrom(unpaid: Units, minimum: Units, { total, days }: Pace, today: IsoDate): Threshold {
  const missing = minimum - unpaid
  if (missing <= 0n) return { kind: 'reached', unpaid }
  if (total <= 0n) return { kind: 'unknown', unpaid, missing }
  // The least whole number of days whose average earnings cover what is missing.
  const wait = (missing * BigInt(days) + total - 1n) / total
  if (wait > FURTHEST_DAYS) return { kind: 'unknown', unpaid, missing }
  return { kind: 'expected', unpaid, missing, day: addDays(today, Number(wait)) }
}
