/**
 * W3: what a night gained beyond what was owed, or lost, is asked about once it had time to be explained: a loss after as
 * long as a credit takes and a night more, a gain not before the line of a top-up may have come (T1).
 */
import type { Units } from '../../domain/money/money.ts'
import { nightsBefore } from './nights.ts'

/** A wallet shows a top-up up to three days before the bank does, and the bank's file comes a night later. */
const GAIN_WAITS = 5

/** `nights`: oldest first. True when some night's rest is old enough to ask about. */
export function isToBeAsked(
  nights: readonly { readonly atMs: number; readonly rest: Units }[],
  creditDays: number,
): boolean {
  const lastMs = nights.at(-1)?.atMs ?? 0
  return nights.some(({ atMs, rest }) => {
    const waits = rest > 0n ? Math.max(creditDays + 1, GAIN_WAITS) : creditDays + 1
    return rest !== 0n && atMs <= nightsBefore(lastMs, waits)
  })
}
