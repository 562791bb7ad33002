/**
 * What a panel shows of an order at an instant: the one place where net and gross panels differ, and where an open
 * order's remains are computed from the clock instead of being stored.
 */
import type { Units } from '../../domain/money/money.ts'
import type { Order, PanelState } from './state.ts'

export function isOpen(order: Order): boolean {
  return order.status === 'Pending' || order.status === 'In progress'
}

/** Undelivered units now: an order in progress counts down evenly towards what it will leave. */
export function remainsNow(order: Order, nowMs: number): number {
  if (order.status !== 'In progress') return order.remains
  const { plan, quantity } = order
  const willDeliver = plan.final === 'Canceled' || plan.final === 'Failed' ? 0 : quantity - plan.finalRemains
  const duration = plan.endAfterMs - plan.startAfterMs
  const elapsed = Math.min(nowMs - order.startedAtMs, duration)
  return quantity - Math.floor((willDeliver * elapsed) / duration)
}

/** The charge as this panel reports it. */
export function reportedCharge(panel: PanelState, order: Order): Units {
  return panel.options.semantics === 'net' ? order.gross - order.refunded : order.gross
}

/** Counted when delivery starts; 0 until then. */
export function startCountNow(order: Order): number {
  return order.status === 'Pending' ? 0 : order.plan.startCount
}
