/**
 * A refund credited twice, and such a credit taken back again: told by the change of a wallet like a refund itself, exactly
 * and in one way only. It may come alone or with everything that waits; whatever else comes to the same is another reading.
 */
import type { Units } from '../money/money.ts'
import { claimsUnder, valuationsOf } from './claim-amounts.ts'
import { poolOf } from './claim-pool.ts'
import { subsetsComingTo } from './subset-sums.ts'
import { allThatWaits, markOf, type Proven, type ProofRequest } from './wallet-proof.ts'

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

/** Claims that are put together with a second credit when other readings are looked for. */
const MOST_BESIDE = 12

/**
 * The one reading of a change that is a second credit, or one taken back; null where there is none, or another. `possible`
 * is the newest first: as many of them are believed as leave chance no room, but all of them are readings.
 */
export function proveSecondCredit(request: ProofRequest, possible: readonly SecondCredit[]): SecondCreditProof | null {
  const [change] = request.changes
  if (change === undefined || change === 0n || request.changes.length > 1) return null
  const unit = 10n ** BigInt(8 - Math.min(Math.max(request.walletDecimals, 0), 8))
  if (change % unit !== 0n) return null
  const whole = allThatWaits(request)
  const fits = possible.flatMap((credit): readonly SecondCreditProof[] => [
    ...(credit.amount === change ? [{ credit, beside: null }] : []),
    ...whole.flatMap((beside) => (credit.amount + totalOf(beside) === change ? [{ credit, beside }] : [])),
  ])
  const [only] = fits
  if (only === undefined || fits.length > 1) return null
  const believed = believedOf(possible, whole, unit)
  if (!believed.includes(only.credit)) return null
  return hasOther(request, possible, change, nameOf(only)) ? null : only
}

/** (Sums tried) × (the wallet's smallest unit) is at most 1 % of their span, as for refunds put together. */
function believedOf(possible: readonly SecondCredit[], whole: readonly Proven[], unit: Units): readonly SecondCredit[] {
  const totals = [0n, ...whole.map(totalOf)]
  for (let size = possible.length; size > 0; size -= 1) {
    const some = possible.slice(0, size)
    const sums = some.flatMap(({ amount }) => totals.map((total) => amount + total))
    const least = sums.reduce((low, sum) => (sum < low ? sum : low), 0n)
    const most = sums.reduce((high, sum) => (sum > high ? sum : high), 0n)
    if (BigInt(sums.length) * unit * 100n <= most - least) return some
  }
  return []
}

/** Whether anything else comes to the change: a claim alone, or claims put together with a second credit. */
function hasOther(request: ProofRequest, possible: readonly SecondCredit[], change: Units, found: string): boolean {
  const { pending, roundings, walletDecimals } = request
  for (const valuation of valuationsOf(pending, roundings))
    if (claimsUnder(pending, valuation).some(({ amount }) => amount === change)) return true
  const pool = poolOf(pending, roundings, walletDecimals).slice(0, MOST_BESIDE)
  for (const valuation of valuationsOf(pool, roundings)) {
    const claims = claimsUnder(pool, valuation)
    const amounts = claims.map(({ amount }) => amount)
    for (const { orderId, amount } of possible) {
      for (const positions of subsetsComingTo(amounts, change - amount, 2).shown) {
        const name = `${orderId}+${markOf(positions.flatMap((at) => claims[at] ?? []))}`
        if (name !== found) return true
      }
    }
  }
  return false
}

function nameOf({ credit, beside }: SecondCreditProof): string {
  return `${credit.orderId}+${beside === null ? '' : markOf(beside.refunds)}`
}

function totalOf({ refunds }: Proven): Units {
  return refunds.reduce((sum, { amount }) => sum + amount, 0n)
}
