/**
 * Which waiting refunds may be put together one by one. Among many amounts some combination comes to almost any figure, so
 * only as many of the newest are tried as leave chance no room: all sums tried, each one unit of the wallet wide, must
 * cover at most one hundredth of the span they lie in. Orders at one price come to whole pieces of it, so that their sums
 * meet far more often: of each price they may be one hundredth of the numbers of pieces at most.
 */
import { abs, lastPlace, type Units } from '../money/money.ts'
import { claimsUnder, valuationsOf, type Claim, type PendingRefund, type RoundingsByCase } from './claim-amounts.ts'

/** Of the span of the sums tried, at most so much may be covered by them. */
const CHANCE_PERCENT = 1n
const FEWEST_DECIMALS = 2
const MOST_DECIMALS = 4

/** 12 claims where the wallet shows 2 decimals, 20 where it shows 4 or more. */
export function poolLimit(walletDecimals: number): number {
  const decimals = Math.min(Math.max(walletDecimals, FEWEST_DECIMALS), MOST_DECIMALS)
  return 12 + (decimals - FEWEST_DECIMALS) * 4
}

/** The newest claims, as many as leave no room for chance; empty when not even one does. `times`: figures they are held against. */
export function poolOf(
  pending: readonly PendingRefund[],
  roundings: RoundingsByCase,
  walletDecimals: number,
  times = 1,
): readonly PendingRefund[] {
  const newest = newestClaims(pending, roundings, poolLimit(walletDecimals))
  for (let size = newest.length; size > 0; size -= 1) {
    const pool = newest.slice(0, size)
    const valued = valuationsOf(pool, roundings).map((valuation) => claimsUnder(pool, valuation))
    if (isChanceExcluded(valued, walletDecimals, times)) return pool
  }
  return []
}

/**
 * The latest pass first; in one pass by order, since the panel was asked in no order that says anything. Those of which
 * nobody can say what they claim take no place.
 */
export function newestClaims(
  pending: readonly PendingRefund[],
  roundings: RoundingsByCase,
  limit: number,
): readonly PendingRefund[] {
  const newest = [...pending].sort((a, b) => b.pass - a.pass || byLengthAndText(b.state.orderId, a.state.orderId))
  const taken: PendingRefund[] = []
  for (const each of newest) {
    if (taken.length === limit) break
    const isClaim = valuationsOf([each], roundings).some((valuation) => claimsUnder([each], valuation).length > 0)
    if (isClaim) taken.push(each)
  }
  return taken
}

/** Later orders have higher ids, and ids are mostly numbers. */
function byLengthAndText(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/**
 * Whether (sums tried over all roundings) × (the wallet's smallest unit) is at most 1 % of the span of those sums. `valued`
 * is what the same claims come to under each rounding.
 */
export function isChanceExcluded(valued: readonly (readonly Claim[])[], walletDecimals: number, times = 1): boolean {
  const amounts = new Map<PendingRefund, Units[]>()
  for (const { pending, amount } of valued.flat()) amounts.set(pending, [...(amounts.get(pending) ?? []), amount])
  const isVarying = (each: readonly Units[]): boolean => each.length < valued.length || new Set(each).size > 1
  const varying = [...amounts.values()].filter(isVarying).length
  // Sums without a claim that rounding touches are the same under every rounding, and are tried once.
  const fixed = 1n << BigInt(amounts.size - varying)
  const sums = fixed * (1n + BigInt(valued.length) * ((1n << BigInt(varying)) - 1n)) - 1n
  const unit = lastPlace(walletDecimals)
  return (
    amounts.size > 0 &&
    sums * BigInt(times) * unit * 100n <= spanOf(valued) * CHANCE_PERCENT &&
    byPrice([...amounts.keys()]).every((each) => isTold(each, BigInt(times)))
  )
}

/** Orders of which pieces cost the same. */
interface Priced {
  readonly gross: Units
  readonly quantity: bigint
  /** Of each order: all that were ordered, and those that may come back. */
  readonly orders: { readonly all: bigint; readonly back: bigint }[]
}

function byPrice(pending: readonly PendingRefund[]): readonly Priced[] {
  const prices: Priced[] = []
  for (const { state, refundCase } of pending) {
    const { gross, quantity, remains, chargeDecimals } = state
    const back = refundCase === 'cancel' ? quantity : remains
    if (gross === null || quantity === null || quantity <= 0n || back === null || back <= 0n) continue
    const unit = lastPlace(chargeDecimals)
    const same = prices.find(
      (each) => abs(each.gross * quantity - gross * each.quantity) <= unit * (each.quantity + quantity),
    )
    if (same === undefined) prices.push({ gross, quantity, orders: [{ all: quantity, back }] })
    else same.orders.push({ all: quantity, back })
  }
  return prices
}

/** Whether the sums of pieces are at most 1 % of the numbers of pieces they may come to. One order has one sum. */
function isTold({ orders }: Priced, times: bigint): boolean {
  if (orders.length < 2) return true
  const step = orders.map(({ back }) => back).reduce(commonDivisor)
  const numbers = orders.reduce((sum, { all }) => sum + all, 0n) / step
  return ((1n << BigInt(orders.length)) - 1n) * times * 100n <= numbers * CHANCE_PERCENT
}

function commonDivisor(one: bigint, other: bigint): bigint {
  return other === 0n ? one : commonDivisor(other, one % other)
}

/** From the smallest sum to the largest, the sum of nothing being among them. */
function spanOf(valued: readonly (readonly Claim[])[]): Units {
  let [least, most] = [0n, 0n]
  for (const claims of valued) {
    let [down, up] = [0n, 0n]
    for (const { amount } of claims) {
      if (amount < 0n) down += amount
      else up += amount
    }
    if (down < least) least = down
    if (up > most) most = up
  }
  return most - least
}
