/**
 * The limits within which a counter's change is booked unasked, and the words of its decisions. What a vendor does not
 * say is a limit here with a careful default, or an exception for a person.
 */
import type { Units } from '../money/money.ts'

/** Settings of a source, whole numbers; docs/configuration.md explains each. */
export interface CounterLimits {
  /** A fall of this share of the counter or more waits for a person; 0 holds every fall, 100 none. */
  readonly clawbackPercent: number
  /** A rise of more than so many times the median of earlier rises waits for a person; 0 never. */
  readonly spikeFactor: number
  /** Earnings per impression or per click so many times over or under their median wait for a person; 0 never. */
  readonly rateFactor: number
  /** How many days a payout and the fall it caused may lie apart. */
  readonly payoutDays: number
  /** What a payout may cost on top: a fall of payout + so many percent still looks like it. */
  readonly payoutFeePercent: number
}

export const COUNTER_LIMITS: CounterLimits = {
  clawbackPercent: 20,
  spikeFactor: 5,
  rateFactor: 10,
  payoutDays: 10,
  payoutFeePercent: 5,
}

/** Null switches a rule off. */
export interface CounterPolicy {
  /** A fall of more than this waits for a person. */
  readonly reviewAbove: Units | null
  /** A rise without traffic of more than this waits for a person. */
  readonly repostAbove: Units | null
  readonly clawbackPercent: number | null
  readonly spikeFactor: number | null
  readonly rateFactor: number | null
  readonly payoutDays: number
  readonly payoutFeePercent: number
  readonly holdsFallingTraffic: boolean
  /** A change of missed days over a month's end is split, and a correction is linked to the day it undoes. */
  readonly splitsAndLinks: boolean
  /** A reading so many days after the last accepted one, or before it, waits for a person: a clock may be wrong. */
  readonly clockDays: number | null
}

/** More than a year away from its counter nobody runs this; a clock that jumped is likelier. */
const CLOCK_DAYS = 400

/** The policy of landed settings. Those without limits were landed before there were any, and replay as they did then. */
export function counterPolicy(limits: CounterLimits | null, reviewAbove: Units | null): CounterPolicy {
  if (limits === null) {
    return {
      reviewAbove,
      repostAbove: null,
      clawbackPercent: null,
      spikeFactor: null,
      rateFactor: null,
      payoutDays: 0,
      payoutFeePercent: 0,
      holdsFallingTraffic: false,
      splitsAndLinks: false,
      clockDays: null,
    }
  }
  const { clawbackPercent, spikeFactor, rateFactor, payoutDays, payoutFeePercent } = limits
  return {
    reviewAbove,
    repostAbove: reviewAbove,
    clawbackPercent: clawbackPercent === 100 ? null : clawbackPercent,
    spikeFactor: spikeFactor === 0 ? null : spikeFactor,
    rateFactor: rateFactor === 0 ? null : rateFactor,
    payoutDays,
    payoutFeePercent,
    holdsFallingTraffic: true,
    splitsAndLinks: true,
    clockDays: CLOCK_DAYS,
  }
}

export type CounterHeldCode =
  'COUNTER_CLOCK' | 'COUNTER_RESET' | 'COUNTER_DECREASE' | 'COUNTER_SPIKE' | 'COUNTER_REPOST' | 'COUNTER_UNPAID'

/** Named in the ledger, for the auditor: renaming one would change the chain. What each means is said to people. */
export const COUNTER_RULES = {
  'counter/rise': 'rose as usual',
  'counter/rise-estimated': "rose over a month's end; split by an estimate",
  'counter/repost-up': 'corrected upwards, late',
  'counter/clawback': 'taken back',
  'counter/restatement': 'corrects a day of an earlier month',
  'counter/reversal': 'taken back by a later decision',
} as const

export type CounterRule = keyof typeof COUNTER_RULES
