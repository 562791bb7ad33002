/**
 * What a wallet that ties says about orders first seen partial. Their charge may already be net of the refund (the panel
 * lowered it before we looked) or still be gross (the refund was credited, or is to be). Read as net, nothing was
 * credited for them; read as gross, the wallet would hold more by the sum of their undelivered shares. So a tie refutes
 * the gross reading, if that sum could not have gone unnoticed and nothing else speaks for gross. Pure.
 */
import { abs, lastPlace, type Units } from '../money/money.ts'
import type { OrderState } from './order.ts'
import { proRataRefund, ROUNDING_MODES } from './refund.ts'

/** One in so many is not taken for chance. */
const CHANCE = 100n

/** True for a partial order whose full price nobody has seen, at the charge it was first seen with. */
export function isFirstSeenPartial(state: OrderState): boolean {
  const { status, grossBasis, gross, charge, refunded } = state
  return status === 'partial' && grossBasis === 'final' && gross !== null && gross === charge && refunded === 0n
}

/**
 * The least a gross panel would have credited for it, down to the wallet's last decimal; 0 when that cannot be told.
 * `mostOrdered`: the largest quantity the panel sells, which bounds a quantity that is not known.
 */
export function leastGrossRefund(state: OrderState, decimals: number, mostOrdered: bigint | null): Units {
  const { gross, remains } = state
  const quantity = state.quantity ?? mostOrdered
  if (gross === null || remains === null || quantity === null || remains <= 0n || quantity <= 0n) return 0n
  // Of an unknown quantity each share alone is a lower bound, so nothing is rounded away before they are added up.
  const places = state.quantity === null ? 8 : Math.min(decimals, 8)
  return proRataRefund(gross, remains, quantity, { mode: 'floor', decimals: places })
}

/**
 * True when the charge is the catalogue's full price though a part was not delivered: then nothing was taken off, and a
 * tie says only that no refund has come yet.
 */
export function isAtFullPrice(state: OrderState, prices: readonly Units[]): boolean {
  const { charge, quantity, remains, chargeDecimals } = state
  if (charge === null || quantity === null || remains === null || quantity <= 0n) return false
  const unit = lastPlace(chargeDecimals)
  return prices.some((price) => {
    const undelivered = proRataRefund(price, remains, quantity, { mode: 'half-up', decimals: 8 })
    return undelivered > 2n * unit && abs(charge - price) <= unit
  })
}

/** True when the sum would have shown in a wallet of so many decimals. */
export function wouldHaveShown(sum: Units, decimals: number): boolean {
  return sum > lastPlace(decimals)
}

/**
 * True when just so much more in a wallet is the refund of one of these orders, or of all of them, however the panel
 * rounds. Not when so many amounts were tried that one of them may fit by chance: a hundredth of their span at most.
 */
export function isRefundOfTied(tied: readonly OrderState[], more: Units, decimals: number): boolean {
  const places = [...new Set([2, ...tied.map(({ chargeDecimals }) => chargeDecimals), decimals])]
  const roundings = places.flatMap((each) => ROUNDING_MODES.map((mode) => ({ mode, decimals: Math.min(each, 8) })))
  const claims = roundings.map((rounding) =>
    tied.flatMap(({ gross, remains, quantity }) =>
      gross === null || remains === null || quantity === null
        ? []
        : [proRataRefund(gross, remains, quantity, rounding)],
    ),
  )
  const sums = claims.map((each) => each.reduce((total, claim) => total + claim, 0n))
  if (sums.includes(more)) return true
  const distinct = new Set(claims.flat())
  const most = [...distinct].reduce((highest, claim) => (claim > highest ? claim : highest), 0n)
  return BigInt(distinct.size) * lastPlace(decimals) * CHANCE <= most && distinct.has(more)
}
