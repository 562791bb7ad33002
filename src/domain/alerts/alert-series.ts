/** The small statistics alerts stand on: medians, and rates per day from readings taken at uneven times. */
import type { Units } from '../money/money.ts'

const DAY_MS = 86_400_000
/** Readings closer than this say too little about a day. */
const LEAST_GAP_MS = DAY_MS - 4 * 3_600_000

export interface CountReading {
  readonly atMs: number
  readonly count: bigint
}

/**
 * Counts per day between readings, oldest first. Starting from the newest reading, one is used at least twenty hours
 * before the last, so an extra run at noon does not look like a bad day. A counter that fell gives no rate.
 */
export function ratesPerDay(readings: readonly CountReading[]): readonly number[] {
  const rates: number[] = []
  let later = readings.at(-1)
  for (const reading of readings.toReversed()) {
    if (later === undefined || later.atMs - reading.atMs < LEAST_GAP_MS) continue
    const moved = later.count - reading.count
    if (moved >= 0n) rates.unshift((Number(moved) * DAY_MS) / (later.atMs - reading.atMs))
    later = reading
  }
  return rates
}

/** The middle value, or the mean of the two middle ones; null of nothing. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const high = sorted[Math.floor(sorted.length / 2)]
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  return high === undefined || low === undefined ? null : (low + high) / 2
}

/** The same for amounts; between two middle ones, the lower, so that no digit is made up. */
export function medianAmount(values: readonly Units[]): Units | null {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}

/** True when amount > factor × base, without leaving whole numbers: the factor counts to the hundredth. */
export function exceeds(amount: Units, factor: number, base: Units): boolean {
  return amount * 100n > BigInt(Math.round(factor * 100)) * base
}
