/**
 * The life of an order at a panel: charged when placed, delivered over time, refunded to the wallet in the same
 * instant its status changes. The only code that moves a panel's wallet besides its top-ups.
 */
import type { Units } from '../../domain/money/money.ts'
import { priceOf, proRata } from './amounts.ts'
import type { Service } from './catalogue.ts'
import { planOrder } from './order-plan.ts'
import type { FinalStatus } from './order-plan.ts'
import { isOpen, remainsNow } from './order-view.ts'
import { createRandom } from './random.ts'
import { DAY_MS, schedule } from './state.ts'
import type { Order, OrderStep, PanelState, Refund, World } from './state.ts'
import { watchWallet } from './panel-wallet.ts'
import { announceOrder } from './webhooks.ts'

const NO_REFUNDS: readonly Refund[] = []

export interface NewOrder {
  readonly service: Service
  readonly quantity: number
  /** The fewest a Custom Comments Package may deliver; other types ignore it. */
  readonly leastDelivered: number
  readonly link: string | undefined
}

export type Placed = { readonly ok: true; readonly order: Order } | { readonly ok: false; readonly price: Units }

/** Charges the wallet and starts the order's life; refuses, with nothing changed, when the wallet cannot pay. */
export function placeOrder(world: World, panel: PanelState, wanted: NewOrder): Placed {
  const gross = priceOf(wanted.service, wanted.quantity, panel.decimals)
  if (gross > panel.wallet) {
    watchWallet(world, panel)
    return { ok: false, price: gross }
  }
  // Ids are global over all users of the panel, so this account's own leave gaps.
  const id = panel.lastOrderId + panel.ids.int(1, 9)
  panel.lastOrderId = id
  const fate = createRandom(world.options.seed, 'order', panel.options.name, id)
  const { service, quantity, leastDelivered } = wanted
  const order: Order = {
    id,
    service,
    quantity,
    gross,
    placedAtMs: world.nowMs,
    link: wanted.link,
    plan: planOrder(fate, { type: service.type, quantity, leastDelivered }),
    status: 'Pending',
    startedAtMs: 0,
    remains: quantity,
    refunded: 0n,
    refunds: NO_REFUNDS,
    cancelRequested: false,
  }
  panel.orders.set(id, order)
  panel.ordersPlaced += 1
  panel.grossTotal += gross
  panel.wallet -= gross
  schedule(world, order.placedAtMs + order.plan.startAfterMs, { kind: 'order', panel, order, step: 'start' })
  announceOrder(world, panel, order)
  watchWallet(world, panel)
  return { ok: true, order }
}

/** A step that came too late (the order was canceled meanwhile) does nothing. */
export function stepOrder(world: World, panel: PanelState, order: Order, step: OrderStep): void {
  const { plan } = order
  switch (step) {
    case 'start':
      if (order.status === 'Pending') startOrder(world, panel, order)
      return
    case 'end':
      if (!isOpen(order)) return
      settle(world, panel, order, plan.final, plan.finalRemains)
      if (plan.late !== undefined) {
        schedule(world, world.nowMs + plan.late.afterMs, { kind: 'order', panel, order, step: 'late' })
      }
      return
    case 'late':
      if (plan.late !== undefined) settle(world, panel, order, 'Partial', plan.late.remains)
      return
    case 'cancel':
      if (isOpen(order)) settleCancel(world, panel, order)
      return
    case 'forget':
      panel.orders.delete(order.id)
  }
}

/** Asks for a cancel, which takes effect minutes later; false when the order is already settled. */
export function requestCancel(world: World, panel: PanelState, order: Order): boolean {
  if (!isOpen(order)) return false
  if (!order.cancelRequested) {
    order.cancelRequested = true
    schedule(world, world.nowMs + order.plan.cancelAfterMs, { kind: 'order', panel, order, step: 'cancel' })
  }
  return true
}

function startOrder(world: World, panel: PanelState, order: Order): void {
  order.status = 'In progress'
  order.startedAtMs = world.nowMs
  schedule(world, order.placedAtMs + order.plan.endAfterMs, { kind: 'order', panel, order, step: 'end' })
  announceOrder(world, panel, order)
}

/** Not started: all of the money back. Started: what was delivered until now is paid for. */
function settleCancel(world: World, panel: PanelState, order: Order): void {
  const remains = remainsNow(order, world.nowMs)
  if (remains === order.quantity) settle(world, panel, order, 'Canceled', remains)
  else settle(world, panel, order, remains === 0 ? 'Completed' : 'Partial', remains)
}

function settle(world: World, panel: PanelState, order: Order, status: FinalStatus, remains: number): void {
  const isRefundedInFull = status === 'Canceled' || status === 'Failed'
  const target = isRefundedInFull ? order.gross : proRata(order.gross, remains, order.quantity, panel.decimals)
  const amount = target - order.refunded
  order.status = status
  order.remains = remains
  if (amount > 0n) {
    order.refunded = target
    order.refunds = [...order.refunds, { atMs: world.nowMs, amount }]
    panel.refundedTotal += amount
    panel.wallet += amount
  }
  const { forgetAfterDays } = world.options
  const mayChange = (status === 'Completed' || status === 'Done') && order.plan.late !== undefined
  if (forgetAfterDays !== undefined && !mayChange) {
    schedule(world, world.nowMs + forgetAfterDays * DAY_MS, { kind: 'order', panel, order, step: 'forget' })
  }
  announceOrder(world, panel, order)
}
