/**
 * What a refund that a person says was received can have come to, before anybody states an amount: the fall of the charge
 * where the panel showed one, else the undelivered part as that panel rounds. A canceled order is no exception to that:
 * most of it may have been delivered. Pure.
 */
import type { Units } from '../money/money.ts'
import { refundCaseOf, type OrderState } from './order.ts'
import { proRataRefund, type RefundRounding } from './refund.ts'

export type ReceivedRefund =
  | { readonly kind: 'amount'; readonly amount: Units; readonly because: string }
  /** `reason` is the end of a sentence, without its full stop. */
  | { readonly kind: 'unknown'; readonly reason: string }

/**
 * `learned`: how this panel rounds, once its wallet has shown it; until then the decimals of its charges, and no more than
 * `walletDecimals`, since a wallet is credited with what it can show.
 */
export function receivedRefund(
  order: OrderState,
  learned: RefundRounding | null,
  walletDecimals: number,
): ReceivedRefund {
  const { gross, charge, quantity, remains, refunded, chargeDecimals } = order
  if (gross === null || gross === 0n) return { kind: 'unknown', reason: 'nothing was charged for it' }
  if (charge !== null && charge < gross) return beyond(gross - charge, refunded, 'the charge fell by so much in all')
  if (refundCaseOf(order.status) === null) return { kind: 'unknown', reason: 'the order has not ended' }
  if (quantity === null || quantity <= 0n) return { kind: 'unknown', reason: 'its quantity is not known' }
  if (remains === null) return { kind: 'unknown', reason: 'the panel does not say how much was not delivered' }
  if (remains <= 0n) {
    // Panels show 0 also for an order of which nothing was delivered.
    return { kind: 'unknown', reason: `the panel says that ${remains} of ${quantity} were not delivered` }
  }
  const rounding = learned ?? { mode: 'half-up', decimals: Math.min(chargeDecimals, walletDecimals, 8) }
  const undelivered = remains > quantity ? quantity : remains
  return beyond(
    proRataRefund(gross, remains, quantity, rounding),
    refunded,
    `${undelivered} of ${quantity} were not delivered`,
  )
}

function beyond(due: Units, refunded: Units, because: string): ReceivedRefund {
  if (due > refunded) return { kind: 'amount', amount: due - refunded, because }
  return { kind: 'unknown', reason: `${because}, and that is refunded already` }
}
