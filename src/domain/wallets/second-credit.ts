/**
 * A refund credited twice, and such a credit taken back again: told by the change of a wallet like a refund itself, exactly
 * and in one way only. It may come alone or with everything that waits; whatever else comes to the same is another reading.
 */
import { lastPlace, type Units } from '../money/money.ts'
import { claimsUnder, valuationsOf, type PendingRefund } from './claim-amounts.ts'
import { poolOf } from './claim-pool.ts'
import { subsetsComingTo } from './subset-sums.ts'
import { allThatWaits, isFinerThanShown, markOf, provenOf, type Proven, type ProofRequest } from './wallet-proof.ts'

/** What the wallet may have been credited with once more; negative: what it may have been debited with again. */
export interface SecondCredit {
  readonly orderId: string
  readonly amount: Units
}

export interface SecondCreditProof {
  readonly credit: SecondCredit
  /** Everything that waited, where it came with it. */
  readonly beside: Proven | null
}

/** Second credits, and claims beside them, that are put together at most. */
const MOST_BELIEVED = 20
const MOST_BESIDE = 12

/**
 * The one reading of a change that is a second credit, or one taken back; null where there is none, or another. Alone or
 * with everything that waits comes first, then with some of what waits. `possible` is the newest first: as many of them are
 * believed as leave chance no room, but all of them are readings.
 */
export function proveSecondCredit(request: ProofRequest, possible: readonly SecondCredit[]): SecondCreditProof | null {
  const [change] = request.changes
  if (change === undefined || change === 0n || request.changes.length > 1) return null
  // Any other rise may be the credit of an order that was first seen with it taken off.
  if (request.mustComeTo !== undefined && change > 0n && change !== request.mustComeTo) return null
  const unit = lastPlace(request.walletDecimals)
  if (isFinerThanShown(change, request) || isOneClaim(request, change)) return null
  const whole = allThatWaits(request)
  const found = new Map<string, SecondCreditProof>()
  for (const credit of possible) {
    if (credit.amount === change) found.set(nameOf({ credit, beside: null }), { credit, beside: null })
    for (const beside of whole)
      if (credit.amount + totalOf(beside) === change) found.set(nameOf({ credit, beside }), { credit, beside })
  }
  const isMixed = found.size === 0
  const several = request.hasUnknownCharges === true ? [] : request.pending
  const pool = poolOf(several, request.roundings, request.walletDecimals).slice(0, MOST_BESIDE)
  for (const reading of mixedReadings(request, possible, pool, change)) {
    found.set(nameOf(reading), reading)
    if (found.size > 1) return null
  }
  const [only] = found.values()
  if (only === undefined || found.size > 1) return null
  if (isMixed) return isMixedBelieved(request, possible, pool, only, unit) ? only : null
  const sums = (some: readonly SecondCredit[]): readonly Units[] =>
    some.flatMap(({ amount }) => [0n, ...whole.map(totalOf)].map((total) => amount + total))
  for (let size = possible.length; size > 0; size -= 1) {
    const some = possible.slice(0, size)
    if (isChanceExcluded(BigInt(sums(some).length), sums(some), unit)) return some.includes(only.credit) ? only : null
  }
  return null
}

/** (Sums tried) × (the wallet's smallest unit) is at most 1 % of their span, as for refunds put together. */
function isChanceExcluded(tried: bigint, sums: readonly Units[], unit: Units): boolean {
  const least = sums.reduce((low, sum) => (sum < low ? sum : low), 0n)
  const most = sums.reduce((high, sum) => (sum > high ? sum : high), 0n)
  return tried * unit * 100n <= most - least
}

/** The newest second credits with as many of the newest claims as leave chance no room, under all roundings. */
function isMixedBelieved(
  request: ProofRequest,
  possible: readonly SecondCredit[],
  pool: readonly PendingRefund[],
  { credit, beside }: SecondCreditProof,
  unit: Units,
): boolean {
  const credits = possible.slice(0, MOST_BELIEVED)
  for (let size = pool.length; size > 0; size -= 1) {
    const some = pool.slice(0, size)
    const valued = valuationsOf(some, request.roundings).map((valuation) => claimsUnder(some, valuation))
    const totals = valued.map((claims) => claims.reduce((sum, { amount }) => sum + amount, 0n))
    const tried = BigInt(credits.length * valued.length) * (1n << BigInt(size))
    const sums = credits.flatMap(({ amount }) => [amount, ...totals.map((total) => total + amount)])
    if (!isChanceExcluded(tried, sums, unit)) continue
    return credits.includes(credit) && (beside?.refunds.every(({ pending }) => some.includes(pending)) ?? false)
  }
  return false
}

function isOneClaim({ pending, roundings }: ProofRequest, change: Units): boolean {
  return valuationsOf(pending, roundings).some((valuation) =>
    claimsUnder(pending, valuation).some(({ amount }) => amount === change),
  )
}

/** Claims of the pool put together with a second credit. */
function* mixedReadings(
  request: ProofRequest,
  possible: readonly SecondCredit[],
  pool: readonly PendingRefund[],
  change: Units,
): Iterable<SecondCreditProof> {
  for (const valuation of valuationsOf(pool, request.roundings)) {
    const claims = claimsUnder(pool, valuation)
    const amounts = claims.map(({ amount }) => amount)
    for (const credit of possible) {
      for (const positions of subsetsComingTo(amounts, change - credit.amount, 2).shown) {
        const some = positions.flatMap((at) => claims[at] ?? [])
        const beside = provenOf(some, valuation, request)
        if (beside !== null) yield { credit, beside }
      }
    }
  }
}

function nameOf({ credit, beside }: SecondCreditProof): string {
  return `${credit.orderId}+${beside === null ? '' : markOf(beside.refunds)}`
}

function totalOf({ refunds }: Proven): Units {
  return refunds.reduce((sum, { amount }) => sum + amount, 0n)
}
