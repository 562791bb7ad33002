/**
 * C2: a reading is accepted unasked only if it moved as usual on the same account. What usual is, the accepted rises of
 * the last weeks say; nobody sets a limit.
 */
import type { Units } from '../../domain/money/money.ts'
import { daysBetween } from '../../domain/time/dates.ts'
import type { Reading } from './reading.ts'

/** Longer without an answer, and it may be anything: a clock, another account, a month nobody looked. */
const MOST_DAYS_APART = 45n
const TIMES_A_DAY = 5n
const TIMES_A_VIEW = 3n
/** So many accepted rises say what is usual. */
const RISES_LOOKED_AT = 30

/** An accepted rise. */
export interface Rise {
  readonly amount: Units
  /** Vendor days it covers; at least one. */
  readonly days: number
  /** What the views grew by; null where a file stated no views. */
  readonly views: bigint | null
}

/** Why a reading waits, in words for a person; `mayBePayout`: only the amount fell. */
export interface Doubt {
  readonly reason: string
  readonly mayBePayout: boolean
}

/** `last`: the newest reading before it, moved or not. Null: the clock is in order. */
export function doubtOfClock(last: Reading, next: Reading): Doubt | null {
  if (next.atMs < last.atMs) return held(`it was read before the last one (${last.readOn})`)
  const apart = BigInt(daysBetween(last.readOn, next.readOn))
  return apart > MOST_DAYS_APART ? held(`${apart} days lie between it and the last reading`) : null
}

/** Against the accepted reading before it; null: it moved as usual. */
export function doubtOfMove(base: Reading, next: Reading, days: number, rises: readonly Rise[]): Doubt | null {
  const [views, clicks] = [grown(base.impressions, next.impressions), grown(base.clicks, next.clicks)]
  const amount = next.amount - base.amount
  if ((views ?? 0n) < 0n || (clicks ?? 0n) < 0n) return held('views or clicks fell')
  if (amount < 0n) return { reason: 'the amount fell', mayBePayout: true }
  if (amount === 0n) return null
  if (views === 0n && clicks === 0n) return held('the amount rose, and neither views nor clicks did')
  return doubtOfSize({ amount, days, views }, rises)
}

function doubtOfSize({ amount, days, views }: Rise, rises: readonly Rise[]): Doubt | null {
  const recent = rises.slice(-RISES_LOOKED_AT)
  if (recent.length === 0) return null
  if (amount > TIMES_A_DAY * usualDay(recent) * BigInt(days)) return held('it rose by more than five times a usual day')
  const withViews = recent.flatMap((rise) => (rise.views === null || rise.views === 0n ? [] : [rise]))
  const middle = withViews.toSorted(byViewPrice)[Math.floor(withViews.length / 2)]
  if (views === null || middle?.views === undefined || middle.views === null) return null
  // amount ÷ views against middle.amount ÷ middle.views, without dividing.
  const [own, usual] = [amount * middle.views, middle.amount * views]
  if (own > TIMES_A_VIEW * usual) return held('it rose by more than three times the usual amount per view')
  return TIMES_A_VIEW * own < usual ? held('it rose by less than a third of the usual amount per view') : null
}

/** The median of what a day brought; 0 while no rise was accepted. */
export function usualDay(rises: readonly Rise[]): Units {
  const perDay = rises
    .slice(-RISES_LOOKED_AT)
    .map(({ amount, days }) => amount / BigInt(days))
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return perDay[Math.floor(perDay.length / 2)] ?? 0n
}

/** Null where either is unknown. */
export function grown(from: bigint | null, to: bigint | null): bigint | null {
  return from === null || to === null ? null : to - from
}

function byViewPrice(one: Rise, other: Rise): number {
  const [a, b] = [one.amount * (other.views ?? 1n), other.amount * (one.views ?? 1n)]
  return a < b ? -1 : a > b ? 1 : 0
}

function held(reason: string): Doubt {
  return { reason, mayBePayout: false }
}
