/**
 * What can be asked of a panel, as data. A request is also what is landed beside the answer, so it holds no key:
 * an answer can be read years later without having known the secret. Parameter names are the panel document's.
 */
import type { AddOrder } from './add-order.ts'

/** How the panel spells the batch call: its own document says `multiStatus`, the common dialect is `status` with `orders`. */
export type MultiAction = 'multiStatus' | 'status'

/** A document limit: order ids in one batch call. */
export const ORDERS_PER_CALL = 100

export type PanelRequest =
  | { readonly action: 'balance' }
  | { readonly action: 'services' }
  | { readonly action: 'add'; readonly order: AddOrder }
  | StatusRequest
  | { readonly action: 'cancel'; readonly orders: readonly string[] }
  | { readonly action: 'refill'; readonly order: string }
  | { readonly action: 'refill_status'; readonly refill: string }

export type StatusRequest =
  | { readonly action: 'status'; readonly order: string }
  | { readonly action: MultiAction; readonly orders: readonly string[] }

/** The order ids a status request asks about, each once, in the order asked. */
export function requestedOrders(request: StatusRequest): readonly string[] {
  return 'order' in request ? [request.order] : [...new Set(request.orders)]
}
