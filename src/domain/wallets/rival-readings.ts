/**
 * What else a change of a wallet may have been that was proven to be the credit of some claims. None of it is a reading that
 * is believed; each only says that those claims are not the one reading there is.
 */
import type { Units } from '../money/money.ts'
import {
  claimsUnder,
  totalOf,
  valuationsOf,
  type Claim,
  type PendingRefund,
  type RoundingsByCase,
} from './claim-amounts.ts'
import { MOST_SUBSET_AMOUNTS, subsetsComingTo } from './subset-sums.ts'

/** Charges that came late without a day, where there are too many of them for a figure of each way they may be taken. */
export interface UntakenCharges {
  readonly charges: readonly Units[]
  /** What the wallet gained if none of them was in it at the earlier cut. */
  readonly changes: readonly Units[]
}

/**
 * Whether some of the charges, in the wallet before, leave what other claims come to, or nothing. An order that came late
 * and was canceled is one at least: it may have been paid for before and never credited. Of too many some will fit.
 */
export function isPaidOtherwise(
  refunds: readonly Claim[],
  pending: readonly PendingRefund[],
  roundings: RoundingsByCase,
  { charges, changes }: UntakenCharges,
): boolean {
  const read = totalOf(refunds)
  const proven = new Set(refunds.map((claim) => claim.pending))
  return valuationsOf(pending, roundings).some((valuation) => {
    const claims = claimsUnder(pending, valuation)
    const amounts = [...charges, ...claims.map(({ amount }) => amount)]
    if (amounts.length > MOST_SUBSET_AMOUNTS) return true
    // Ways of paying that leave the claims of the proof are no others, if they are valued as it has them.
    const isSame = totalOf(claims.filter((claim) => proven.has(claim.pending))) === read
    const isTaken = (change: Units): number => (isSame ? waysTo(charges, change - read) : 0)
    return changes.some((change) => waysTo(amounts, change) > isTaken(change))
  })
}

function waysTo(amounts: readonly Units[], total: Units): number {
  return subsetsComingTo(amounts, total, 0).count + (total === 0n ? 1 : 0)
}

/**
 * Whether a canceled order that waits came back in place of others. Where its charge fell in part (it was partly delivered
 * first), no document says what happens to the rest: the fall is what it claims, and all of it may have come back.
 */
export function isWholeOfAnother(refunds: readonly Claim[], pending: readonly PendingRefund[]): boolean {
  return pending.some((each) => {
    const { gross, charge, refunded } = each.state
    if (each.refundCase !== 'cancel' || gross === null || charge === null || charge <= 0n || charge >= gross)
      return false
    const others = refunds.filter((claim) => claim.pending !== each).map(({ amount }) => amount)
    const isRead = others.length < refunds.length
    const inPlace = isRead ? [charge] : [charge, gross - refunded]
    return inPlace.some((amount) => mayComeTo(others, amount))
  })
}

/** Of more than can be put together, one. */
function mayComeTo(amounts: readonly Units[], total: Units): boolean {
  if (amounts.length > MOST_SUBSET_AMOUNTS) return amounts.includes(total)
  return subsetsComingTo(amounts, total, 0).count > 0
}
