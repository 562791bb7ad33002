/**
 * Charge against catalogue. An account may pay a constant share of the catalogue's price (a rank discount), which no call
 * tells: it is learned from orders in a row that all fit one share, as a range, because panels round what they show.
 * A charge above what the share allows, by more than the last decimal shown, is an overcharge.
 */
import { floorDivide, lastPlace, type Units } from '../money/money.ts'

/** A share of the catalogue's price in 10⁻⁹, as the range that all orders counted fit. */
export interface PriceShare {
  readonly low: bigint
  readonly high: bigint
  readonly orders: number
}

export interface LearnedPrice {
  /** In force; null means the full price. */
  readonly learned: PriceShare | null
  /** Being counted: orders in a row that fit each other, and not what is in force. */
  readonly trial: PriceShare | null
}

export interface ChargedOrder {
  readonly charge: Units
  /** Decimals the panel showed. */
  readonly decimals: number
  /** Every price the catalogue allows, at least one. */
  readonly prices: readonly Units[]
}

export const FULL_SHARE = 1_000_000_000n
/** How many consistent orders make a discount. */
export const ORDERS_FOR_A_SHARE = 20

export const NOTHING_LEARNED: LearnedPrice = { learned: null, trial: null }

/** The most the order may cost: the highest price at the share in force, and one unit of the last decimal shown. */
export function highestCharge({ decimals, prices }: ChargedOrder, { learned }: LearnedPrice): Units {
  const price = prices.reduce((most, each) => (each > most ? each : most), 0n)
  return ceilDivide(price * (learned?.high ?? FULL_SHARE), FULL_SHARE) + lastPlace(decimals)
}

export function isOvercharge(order: ChargedOrder, known: LearnedPrice): boolean {
  return order.charge > highestCharge(order, known)
}

/** One order more. Only what is charged up to the catalogue's one price can be a discount; a higher charge never becomes usual. */
export function learnShare(known: LearnedPrice, order: ChargedOrder): LearnedPrice {
  const [price] = order.prices
  const unit = lastPlace(order.decimals)
  if (price === undefined || order.prices.length > 1 || price <= 0n || order.charge > price + unit) return known
  const shown = {
    low: clamp(floorDivide((order.charge - unit) * FULL_SHARE, price)),
    high: clamp(ceilDivide((order.charge + unit) * FULL_SHARE, price)),
    orders: 1,
  }
  const kept = known.learned === null ? null : common(known.learned, shown)
  if (kept !== null) return { learned: kept, trial: null }
  const trial = (known.trial === null ? null : common(known.trial, shown)) ?? shown
  return trial.orders >= ORDERS_FOR_A_SHARE ? { learned: trial, trial: null } : { learned: known.learned, trial }
}

function common(a: PriceShare, b: PriceShare): PriceShare | null {
  const low = a.low > b.low ? a.low : b.low
  const high = a.high < b.high ? a.high : b.high
  return low > high ? null : { low, high, orders: a.orders + b.orders }
}

function clamp(share: bigint): bigint {
  if (share < 0n) return 0n
  return share > FULL_SHARE ? FULL_SHARE : share
}

function ceilDivide(n: bigint, d: bigint): bigint {
  return -floorDivide(-n, d)
}
