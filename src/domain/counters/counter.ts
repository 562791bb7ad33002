/**
 * From a cumulative counter to what was earned or spent. A vendor's total is compared with the last accepted one;
 * a fall is a clawback until proven otherwise (adding the new value after a fall, as machines' counters do, would
 * invent revenue), and whatever the table below does not know is held for a person. docs/counters.md has the table.
 */
import type { CounterHeldCode, CounterPolicy, CounterRule } from './counter-policy.ts'
import { explainByPayouts, resemblesPayout, type Explained, type KnownPayout } from './counter-payout.ts'
import { returnsIn, sumOfPayouts } from './counter-return.ts'
import { spikeReason, typicalChange, type PastChange } from './counter-spike.ts'
import { abs, formatMoney, type Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

export interface CounterReading {
  readonly impressions: bigint | null
  readonly clicks: bigint | null
  /** Lifetime earnings or spending, or a publisher's unpaid balance: see `mode`. */
  readonly amount: Units
  /** UTC milliseconds. */
  readonly atMs: number
}

/** Everything a decision may look at. It looks nowhere else, so a replay decides the same. */
export interface CounterFacts {
  /** The last accepted reading; null when this is the first. */
  readonly previous: CounterReading | null
  /** What the counter must show for nothing to be booked: the last accepted reading plus day totals booked since. */
  readonly accounted: Units
  readonly next: CounterReading
  /** The day the next reading speaks of, in the vendor's zone. */
  readonly day: IsoDate
  /** True when the last accepted state was stated in a file; it may lie years back. */
  readonly fromFile: boolean
  /** Whole days between the two readings, at least 1: what a change is divided by before it is compared. */
  readonly days: number
  /** Earlier accepted rises, the newest last. */
  readonly history: readonly PastChange[]
  /** 'unpaid': payouts lower the counter, so what was earned is its change plus the payouts in between. */
  readonly mode: 'lifetime' | 'unpaid'
  /** Payouts near this reading that no earlier reading has shown, the oldest first. */
  readonly payouts: readonly KnownPayout[]
  /** What came back near this reading of payouts that lowered the counter, and no reading has shown, the oldest first. */
  readonly returns: readonly KnownPayout[]
  /** A payout that did not lower the counter, so that none does; null while that is not known. */
  readonly outlived: KnownPayout | null
  readonly policy: CounterPolicy
}

export type CounterDecision =
  | { readonly kind: 'baseline'; readonly reason: string }
  | { readonly kind: 'unchanged'; readonly payouts: readonly KnownPayout[] }
  | {
      readonly kind: 'rise' | 'fall'
      /** Positive either way. */
      readonly amount: Units
      readonly rule: CounterRule
      /** Payouts and returns of payouts this reading shows; they are part of the change and no revenue. */
      readonly payouts: readonly KnownPayout[]
    }
  | {
      readonly kind: 'held'
      readonly code: CounterHeldCode
      /** The signed change that is not booked. */
      readonly amount: Units
      readonly reason: string
    }

/** The rules in order of precedence: the first that applies decides. */
export function decideCounter(facts: CounterFacts): CounterDecision {
  const { previous, accounted, next, policy } = facts
  if (previous === null) {
    const reason = `the first reading (${formatMoney(next.amount)}) is where counting starts; what came before it is not booked`
    return { kind: 'baseline', reason }
  }
  const raw = next.amount - accounted
  const clock = clockReason(facts, previous)
  if (clock !== null) return held('COUNTER_CLOCK', raw, clock)
  if (
    next.amount < previous.amount &&
    fell(previous.impressions, next.impressions) &&
    fell(previous.clicks, next.clicks)
  )
    return held('COUNTER_RESET', raw, ALL_FELL)
  const back = returnsIn(raw, facts)
  if (back.kind === 'ambiguous') return held('COUNTER_UNPAID', raw, back.reason)
  const explained = explainChange(facts, raw - sumOfPayouts(back.returned))
  if (explained.kind === 'ambiguous') return held('COUNTER_UNPAID', raw, explained.reason)
  const { change } = explained
  const payouts = [...explained.payouts, ...back.returned]
  if (change === 0n) return { kind: 'unchanged', payouts }
  const traffic = fell(previous.impressions, next.impressions) || fell(previous.clicks, next.clicks)
  if (traffic && policy.holdsFallingTraffic && change > 0n) return held('COUNTER_RESET', change, TRAFFIC_FELL)
  if (change < 0n) return decideFall(facts, change, traffic)
  return decideRise(facts, previous, change, payouts)
}

/** Clocks are set right by small steps all the time. */
const STEP_BACK_MS = 3_600_000

/** A change dated by a wrong clock would be spread over months that have not been, or hide the readings that follow. */
function clockReason({ next, days, policy, fromFile }: CounterFacts, previous: CounterReading): string | null {
  const { clockDays } = policy
  if (clockDays === null || fromFile) return null
  if (next.atMs < previous.atMs - STEP_BACK_MS)
    return 'it was read before the last accepted reading: one of the two has a wrong time'
  if (days > clockDays) return `it was read ${days} days after the last accepted reading, more than ${clockDays}`
  return null
}

function explainChange({ mode, payouts, day, days, history, policy }: CounterFacts, raw: Units): Explained {
  if (mode === 'lifetime') return { kind: 'explained', change: raw, payouts: [] }
  const isPlausible = (amount: Units): boolean =>
    spikeReason({ amount, days, impressions: null, clicks: null }, history, policy) === null
  return explainByPayouts(raw, payouts, day, { isPlausible, usual: typicalChange(history, days) })
}

const ALL_FELL =
  'earnings or spending, impressions and clicks all fell together: a reset or another account, not a clawback'
const TRAFFIC_FELL =
  'the amount rose while impressions or clicks fell: a reset or another account, since lifetime traffic only grows'

function decideRise(
  facts: CounterFacts,
  previous: CounterReading,
  change: Units,
  payouts: readonly KnownPayout[],
): CounterDecision {
  const { next, policy, history, days } = facts
  if (previous.impressions === next.impressions && previous.clicks === next.clicks) {
    const { repostAbove } = policy
    if (repostAbove === null || change <= repostAbove)
      return { kind: 'rise', amount: change, rule: 'counter/repost-up', payouts }
    const reason = `the counter rose by ${formatMoney(change)} without an impression or a click, more than the limit of ${formatMoney(repostAbove)} that is booked unasked`
    return held('COUNTER_REPOST', change, reason)
  }
  const spike = spikeReason(
    {
      amount: change,
      days,
      impressions: grown(previous.impressions, next.impressions),
      clicks: grown(previous.clicks, next.clicks),
    },
    history,
    policy,
    (missing) => decideFall({ ...facts, history: [] }, -missing, false).kind === 'fall',
  )
  if (spike !== null) return held('COUNTER_SPIKE', change, spike)
  return { kind: 'rise', amount: change, rule: 'counter/rise', payouts }
}

function decideFall(facts: CounterFacts, change: Units, traffic: boolean): CounterDecision {
  const { accounted, policy, mode, history, days } = facts
  const fall = abs(change)
  const hold = (reason: string): CounterDecision => held('COUNTER_DECREASE', change, reason)
  if (traffic && policy.holdsFallingTraffic)
    return hold(
      `the counter fell by ${formatMoney(fall)} and so did impressions or clicks, which a clawback leaves alone`,
    )
  if (mode === 'unpaid')
    return hold(
      `the unpaid balance fell by ${formatMoney(fall)} and no payout on record explains it: import the payout, or accept a clawback`,
    )
  const payouts = facts.outlived === null ? facts.payouts : []
  const payout = resemblesPayout(fall, payouts, policy, typicalChange(history, days))
  if (payout !== null) {
    const reason =
      `the counter fell by ${formatMoney(fall)}, about the payout ${payout.reference} of ${formatMoney(payout.amount)} on ${payout.date}: ` +
      'it may show what is unpaid instead of lifetime earnings'
    return held('COUNTER_UNPAID', change, reason)
  }
  if (policy.clawbackPercent !== null && fall * 100n >= accounted * BigInt(policy.clawbackPercent))
    return hold(
      `the counter fell by ${formatMoney(fall)}, which is ${policy.clawbackPercent} % of it or more: too much to be booked unasked`,
    )
  if (policy.reviewAbove !== null && fall > policy.reviewAbove)
    return hold(
      `the counter fell by ${formatMoney(fall)}, more than the limit of ${formatMoney(policy.reviewAbove)} that is booked unasked`,
    )
  return { kind: 'fall', amount: fall, rule: 'counter/clawback', payouts: [] }
}

function held(code: CounterHeldCode, amount: Units, reason: string): CounterDecision {
  return { kind: 'held', code, amount, reason }
}

function fell(before: bigint | null, after: bigint | null): boolean {
  return before !== null && after !== null && after < before
}

/** How much a count of traffic grew; null when one of the two is not known. */
export function grown(before: bigint | null, after: bigint | null): bigint | null {
  return before === null || after === null ? null : after - before
}
