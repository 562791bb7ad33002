/**
 * A fall that nobody has decided. It may be a payout, a clawback, a reset, a wrong reading or another account, and what
 * each reading after it has earned depends on which. Time tells nothing about that, and neither does a counter that
 * climbs back. So: on top of the lower level increments are booked provisionally; from the level before the fall on,
 * everything waits; and the total since is an interval until evidence or a person decides.
 */
import type { CounterReading } from './counter.ts'
import type { CounterHeldCode } from './counter-policy.ts'
import { formatMoney, type Units } from '../money/money.ts'
import type { Evidence, IsoDate } from '../transaction.ts'

/** What a reading is to an undecided fall. */
export type CounterRole = 'fall' | 'waiting' | 'provisional'

export const FALL_CODES = [
  'COUNTER_DECREASE',
  'COUNTER_RESET',
  'COUNTER_UNPAID',
] as const satisfies readonly CounterHeldCode[]

export interface OpenFall {
  readonly place: Evidence
  readonly code: CounterHeldCode
  /** What the counter showed before it: A. */
  readonly level: Units
  /** The reading after it: R. */
  readonly reading: CounterReading
  /** The vendor's day it happened on. */
  readonly day: IsoDate
  readonly reason: string
}

export interface OpenFalls {
  /** At least one, the oldest first. */
  readonly falls: readonly [OpenFall, ...OpenFall[]]
  /** The newest reading that says what the counter shows now, and what was made of it. */
  readonly tip: { readonly kind: 'fall' | 'waiting' | 'booked'; readonly reading: CounterReading }
}

/**
 * What becomes of the next reading of an undecided counter, unless its clock is wrong.
 *   fall: one more, in the same exception, to be confirmed anew and decided by itself
 *   waiting: with its whole increment
 *   judge: by the usual rules, against the level that was shown last; what they book is provisional
 */
export function nextStep(amount: Units, { falls, tip }: OpenFalls): 'fall' | 'waiting' | 'judge' {
  if (tip.kind === 'waiting') return amount < tip.reading.amount ? 'fall' : 'waiting'
  const newest = falls[falls.length - 1] ?? falls[0]
  const after = newest.reading.amount
  if (amount < (tip.reading.amount < after ? tip.reading.amount : after)) return 'fall'
  const before = falls.reduce((least, { level }) => (level < least ? level : least), falls[0].level)
  return amount >= before ? 'waiting' : 'judge'
}

/** One reading since the oldest undecided fall. */
export interface SinceFall {
  readonly kind: 'fall' | 'waiting' | 'held-rise' | 'booked'
  /** Signed; of what is booked what was earned or spent, of the others what the counter moved by. */
  readonly change: Units
  /** Of a fall: what was earned beside the payouts on record that may have caused it; null when none are. */
  readonly withPayouts: Units | null
}

export interface Interval {
  /** Booked provisionally; part of `low` and `high`. */
  readonly booked: Units
  readonly low: Units
  /** Null is open: neither a payout nor a reset of a known amount is stated. */
  readonly high: Units | null
}

/**
 * What was earned or spent in total since the level before the oldest undecided fall, under all hypotheses: the least is
 * when every fall was a clawback (or every reading in it wrong, once the counter is back), or when from some fall on
 * readings are another account's and count for nothing. The most is known only when payouts are stated for every fall.
 */
export function intervalOf(readings: readonly SinceFall[]): Interval {
  let [booked, total, low, rises] = [0n, 0n, 0n, 0n]
  let lifted: Units | null = 0n
  for (const { kind, change, withPayouts } of readings) {
    if (kind === 'fall') {
      if (total < low) low = total
      lifted = lifted === null || withPayouts === null ? null : lifted + withPayouts - change
    }
    if (kind === 'held-rise') rises += change
    else total += change
    if (kind === 'booked') booked += change
  }
  if (total < low) low = total
  const high = lifted === null ? null : total + lifted + rises
  return { booked, low, high: high === null || high > booked ? high : booked }
}

/** The bound that lies farther from what is booked, signed: what is at stake, as an exception says it. */
export function atStake({ booked, low, high }: Interval, readings: readonly SinceFall[]): Units {
  const shown = readings.reduce((sum, { kind, change }) => (kind === 'fall' ? sum : sum + change), 0n)
  const [down, up] = [low - booked, (high ?? shown) - booked]
  return up > -down ? up : down
}

/** "-80.00 to 80.00", or "-80.00 to open": as a column and in sentences. */
export function intervalWords({ low, high }: Pick<Interval, 'low' | 'high'>): string {
  return `${formatMoney(low)} to ${high === null ? 'open' : formatMoney(high)}`
}
