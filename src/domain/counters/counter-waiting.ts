/**
 * Rises that wait for a person while the counter goes on. Time must not release them: what comes after is compared with
 * the newest of them, and their amounts stay out of the books until somebody decides, or until the counter comes back.
 */
import type { CounterDecision, CounterReading } from './counter.ts'
import type { CounterHeldCode } from './counter-policy.ts'
import { formatMoney, type Units } from '../money/money.ts'
import type { Evidence } from '../transaction.ts'

export const RISE_CODES = ['COUNTER_SPIKE', 'COUNTER_REPOST'] as const satisfies readonly CounterHeldCode[]
export type RiseCode = (typeof RISE_CODES)[number]

export function isRiseCode(code: string | null): code is RiseCode {
  return RISE_CODES.some((each) => each === code)
}

export interface WaitingRise {
  readonly place: Evidence
  readonly code: RiseCode
  /** What it rose by; positive. */
  readonly amount: Units
  readonly reading: CounterReading
}

export function sumOf(rises: readonly WaitingRise[]): Units {
  return rises.reduce((sum, { amount }) => sum + amount, 0n)
}

/**
 * The waiting rises (the oldest first) a reading of `amount` still shows above what is `accounted` for. The newest is
 * gone when the counter fell back by half of it or more; a smaller fall is a change of its own.
 */
export function stillShown(amount: Units, accounted: Units, rises: readonly WaitingRise[]): readonly WaitingRise[] {
  const kept = [...rises]
  let expected = accounted + sumOf(kept)
  for (let newest = kept.at(-1); newest !== undefined; newest = kept.at(-1)) {
    if ((expected - amount) * 2n < newest.amount) break
    expected -= newest.amount
    kept.pop()
  }
  return kept
}

/**
 * A rise that contains `behind`, an undecided or rejected rise nothing was booked on top of, waits as that one did.
 * One of less than half of it shows that the counter came back, and is judged like any other.
 */
export function holdBehind(
  decision: CounterDecision,
  behind: (WaitingRise & { readonly isRejected: boolean }) | null,
): CounterDecision {
  if (behind === null || decision.kind !== 'rise' || decision.amount * 2n < behind.amount) return decision
  const { code, amount, isRejected, place } = behind
  const fate = isRejected ? 'was rejected, but the counter still shows it' : 'nobody has decided yet'
  const reason = `the counter rose by ${formatMoney(decision.amount)}, with the ${formatMoney(amount)} of reading ${place.batch}.${place.item} in it, which ${fate}`
  return { kind: 'held', code, amount: decision.amount, reason }
}
