/**
 * Refunds a person should hear of though they are booked: more than the undelivered part comes to, and one that came
 * after the month its order ended in. Pure.
 */
import { isoDateInZone } from '../time/dates.ts'
import type { IsoDate } from '../transaction.ts'
import { lastPlace, type Units } from '../money/money.ts'
import type { OrderState } from './order.ts'
import { proRataRefund } from './refund.ts'

/** A refund may differ from the formula by so much: panels round in their own ways. */
const TOLERANCE: Units = 1_000_000n

/**
 * What a partial order got back beyond the pro rata of what was not delivered; null when nothing, or when the order does
 * not say how much that is.
 */
export function excessRefund(order: OrderState): Units | null {
  const { status, gross, quantity, remains, refunded, chargeDecimals } = order
  if (status !== 'partial' || gross === null || quantity === null || remains === null) return null
  if (quantity <= 0n || remains <= 0n) return null
  const due = proRataRefund(gross, remains, quantity, { mode: 'ceil', decimals: 8 })
  const unit = lastPlace(chargeDecimals)
  const allowed = due + (unit > TOLERANCE ? unit : TOLERANCE)
  return refunded > allowed ? refunded - due : null
}

/** The day the order ended, when the refund counts in a later month than that; null otherwise. */
export function lateSince(before: OrderState, refundDate: IsoDate, zone: string): IsoDate | null {
  if (before.terminalAtMs === null) return null
  const ended = isoDateInZone(before.terminalAtMs, zone)
  return ended.slice(0, 7) < refundDate.slice(0, 7) ? ended : null
}
