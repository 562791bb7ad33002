/** An order of which nothing is known but its id. */
import type { OrderState } from '../../../src/domain/orders/order.ts'

export const NEVER_SEEN: OrderState = {
  orderId: '1',
  quantity: null,
  orderedAtMs: null,
  status: null,
  charge: null,
  chargeDecimals: 0,
  remains: null,
  observedAtMs: null,
  terminalAtMs: null,
  listedDecimals: null,
  gross: null,
  grossBasis: null,
  charged: 0n,
  chargeVersion: 0,
  refunded: 0n,
  refundVersion: 0,
  pending: null,
}
