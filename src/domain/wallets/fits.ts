/**
 * What would fit a change of a wallet that nothing proves: for a person to look into, never booked. Every sort says how many
 * fits there are and names few.
 */
import { abs, formatMoney, type Units } from '../money/money.ts'
import { claimsUnder, valuationsOf, type PendingRefund, type RoundingsByCase } from './claim-amounts.ts'
import { newestClaims, poolLimit } from './claim-pool.ts'
import { subsetsComingTo } from './subset-sums.ts'

/** Named of each sort; the others are counted. */
export const FITS_SHOWN = 3

export interface Fits {
  readonly shown: readonly string[]
  readonly count: number
}

export const NO_FITS: Fits = { shown: [], count: 0 }

/** Orders the books know, by what about them would fit. */
export interface KnownFits {
  /** Refunded just this: credited once more. */
  readonly refundedAgain: Fits
  /** Beside everything that waits. */
  readonly refundedBeside: Fits
  /** Refunded in the books by just what is missing. */
  readonly neverCredited: Fits
  /** Completed, and charged just this. */
  readonly completed: Fits
  /** Partial orders that were settled since the wallet tied, and may have come back late after all. */
  readonly settledByTie: Fits
  /** Charged just what is missing. */
  readonly chargedAgain: Fits
}

/** Combinations of waiting refunds that come to the change, under any rounding not excluded. */
export function waitingFits(
  change: Units,
  pending: readonly PendingRefund[],
  roundings: RoundingsByCase,
  walletDecimals: number,
): Fits {
  if (change <= 0n) return NO_FITS
  const pool = newestClaims(pending, roundings, poolLimit(walletDecimals))
  const seen = new Set<string>()
  let count = 0
  for (const valuation of valuationsOf(pool, roundings)) {
    const claims = claimsUnder(pool, valuation)
    const found = subsetsComingTo(
      claims.map(({ amount }) => amount),
      change,
      FITS_SHOWN,
    )
    let fresh = found.count
    for (const positions of found.shown) {
      const orders = positions.map((at) => claims[at]?.pending.state.orderId ?? '').join(' + ')
      if (seen.has(orders)) fresh -= 1
      else seen.add(orders)
    }
    count += fresh
  }
  return { shown: [...seen].slice(0, FITS_SHOWN), count }
}

/** Waiting refunds credited twice: one of them alone, or beside all the others. */
export function doubledFits(change: Units, pending: readonly PendingRefund[], roundings: RoundingsByCase): Fits {
  const orders = new Set<string>()
  for (const valuation of valuationsOf(pending, roundings)) {
    const claims = claimsUnder(pending, valuation)
    const all = claims.reduce((sum, { amount }) => sum + amount, 0n)
    for (const { pending: each, amount } of claims)
      if (change === 2n * amount || change === all + amount) orders.add(each.state.orderId)
  }
  return { shown: [...orders].slice(0, FITS_SHOWN), count: orders.size }
}

/** What everything that waits would leave unexplained, under the rounding believed; null when nothing waits. */
export function besideAll(change: Units, pending: readonly PendingRefund[], roundings: RoundingsByCase): Units | null {
  const [believed] = valuationsOf(pending, roundings)
  const claims = believed === undefined ? [] : claimsUnder(pending, believed)
  return claims.length === 0 ? null : change - claims.reduce((sum, { amount }) => sum + amount, 0n)
}

/** "refunds that wait: 12 + 15 (1 of 4 fits shown); an entry by hand of 0.77". */
export function describeFits(
  change: Units,
  { waiting, doubled }: { readonly waiting: Fits; readonly doubled: Fits },
  { beside, waitingCount }: { readonly beside: Units | null; readonly waitingCount: number },
  known: KnownFits,
): string {
  const amount = formatMoney(abs(change))
  const all = `all ${waitingCount} waiting ${waitingCount === 1 ? 'refund' : 'refunds'}`
  const parts = [
    phrase('waiting refunds of orders', waiting),
    phrase('what waits, with a second credit of order', doubled),
    phrase('a second credit of the refund of order', known.refundedAgain),
    phrase(`${all} and a second credit of the refund of order`, known.refundedBeside),
    phrase('a refund of a completed order', known.completed),
    phrase('a late refund of partial order', known.settledByTie),
    phrase('a refund in the books that was never credited, of order', known.neverCredited),
    phrase('a second charge of order', known.chargedAgain),
    beside === null || beside === 0n || beside === change
      ? ''
      : `${all} and a ${beside > 0n ? 'credit' : 'debit'} by hand of ${formatMoney(abs(beside))}`,
    change > 0n
      ? `a credit by hand of ${amount}, or a refund the panel has not told of`
      : `a debit by hand of ${amount}, or an order that is not registered`,
  ]
  return parts.filter((part) => part !== '').join(', or ')
}

function phrase(what: string, { shown, count }: Fits): string {
  if (count === 0) return ''
  const named = `${what} ${shown.join('; ')}`
  return count > shown.length ? `${named} (${shown.length} of ${count} fits shown)` : named
}
