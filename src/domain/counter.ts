/**
 * From a cumulative counter to what was earned or spent. A vendor's total is compared with the last accepted one;
 * a fall is a clawback until proven otherwise (adding the new value after a fall, as machines' counters do, would
 * invent revenue), and everything falling together is a reset nobody books.
 */
import { abs, formatMoney, type Units } from './money.ts'

export interface CounterReading {
  readonly impressions: bigint | null
  readonly clicks: bigint | null
  /** Lifetime earnings or spending. */
  readonly amount: Units
  readonly atMs: number
}

export interface CounterPolicy {
  /** A rise or fall of more than this waits for a person. Null: no limit set. */
  readonly reviewAbove: Units | null
}

export type CounterDecision =
  | { readonly kind: 'baseline'; readonly reason: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'rise'; readonly amount: Units; readonly rule: 'counter/rise' | 'counter/repost-up' }
  | { readonly kind: 'fall'; readonly amount: Units; readonly rule: 'counter/clawback' }
  | {
      readonly kind: 'held'
      readonly code: 'COUNTER_RESET' | 'COUNTER_DECREASE'
      readonly amount: Units
      readonly reason: string
    }

/**
 * `accounted` is what the counter must show for nothing to be booked: the last accepted reading plus day totals booked
 * from files since. `previous` is that last accepted reading, null when this is the first.
 */
export function decideCounter(
  previous: CounterReading | null,
  accounted: Units,
  next: CounterReading,
  policy: CounterPolicy,
): CounterDecision {
  if (previous === null) {
    const reason = `the first reading (${formatMoney(next.amount)}) is where counting starts; what came before it is not booked`
    return { kind: 'baseline', reason }
  }
  const change = next.amount - accounted
  if (allFell(previous, next)) {
    const reason =
      'earnings or spending, impressions and clicks all fell together: a reset or another account, not a clawback'
    return { kind: 'held', code: 'COUNTER_RESET', amount: change, reason }
  }
  if (change === 0n) return { kind: 'unchanged' }
  if (change > 0n) {
    const stood = previous.impressions === next.impressions && previous.clicks === next.clicks
    return { kind: 'rise', amount: change, rule: stood ? 'counter/repost-up' : 'counter/rise' }
  }
  if (policy.reviewAbove !== null && abs(change) > policy.reviewAbove) {
    const reason = `the counter fell by ${formatMoney(abs(change))}, more than the limit of ${formatMoney(policy.reviewAbove)} that is booked unasked`
    return { kind: 'held', code: 'COUNTER_DECREASE', amount: change, reason }
  }
  return { kind: 'fall', amount: -change, rule: 'counter/clawback' }
}

function allFell(previous: CounterReading, next: CounterReading): boolean {
  return (
    next.amount < previous.amount && fell(previous.impressions, next.impressions) && fell(previous.clicks, next.clicks)
  )
}

function fell(before: bigint | null, after: bigint | null): boolean {
  return before !== null && after !== null && after < before
}
