/** What a month's earnings are expected to lose to invalid traffic: booked at the month's end, and taken back in the next month, when the network's own corrections come. */
import { divideHalfUp, unitsPerMinor, type Units } from '../money/money.ts'
import { addDays } from '../time/dates.ts'
import type { IsoDate } from '../transaction.ts'

/** In whole cents; nothing for a month that earned nothing. */
export function allowanceOf(earned: Units, basisPoints: number, currency: string): Units {
  const minor = unitsPerMinor(currency)
  return earned <= 0n ? 0n : divideHalfUp(earned * BigInt(basisPoints), 10_000n * minor) * minor
}

/** The newest last day of a month, on or before a day. */
export function monthEndBy(day: IsoDate): IsoDate {
  const next = addDays(day, 1)
  return next.endsWith('-01') ? day : addDays(`${day.slice(0, 7)}-01`, -1)
}
