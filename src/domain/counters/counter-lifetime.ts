/**
 * Proof that a counter shows lifetime earnings: a payout is long past, every day near it was booked, and none fell by
 * about as much. An unpaid balance could not have done that, so a later fall is no payout either.
 */
import { addDays } from '../time/dates.ts'
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'
import { resemblesPayout, type KnownPayout } from './counter-payout.ts'
import type { CounterPolicy } from './counter-policy.ts'

/** A change of the counter that was booked, and the day it counted on. */
export interface DayChange {
  readonly change: Units
  readonly day: IsoDate
  /** How many days it covers. */
  readonly days: bigint
}

/** `usual`: what a day brings as a rule; zero when too little is known, which proves nothing. */
export function outlivedPayout(
  payouts: readonly KnownPayout[],
  changes: readonly DayChange[],
  usual: Units,
  policy: Pick<CounterPolicy, 'payoutDays' | 'payoutFeePercent'>,
): KnownPayout | null {
  const { payoutDays } = policy
  if (usual <= 0n || payoutDays === 0) return null
  const showsNothing = (payout: KnownPayout): boolean => {
    const [from, to] = [addDays(payout.date, -payoutDays), addDays(payout.date, payoutDays)]
    const near = changes.filter(({ day }) => day >= from && day <= to)
    // A day on which nothing was booked may have been the day of the fall, reset or rejected.
    if (near.reduce((sum, { days }) => sum + Number(days), 0) < 2 * payoutDays + 1) return false
    return near.every((each) => {
      const earned = usual * each.days
      // More earned than was paid would hide the fall.
      if (each.change >= 0n) return earned * 2n < payout.amount
      return resemblesPayout(-each.change, [payout], policy, earned) === null
    })
  }
  return payouts.find(showsNothing) ?? null
}
