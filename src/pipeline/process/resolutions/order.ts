/**
 * An order whose refund or charge waits for a person's word: the refund was received or taken back, a parent was charged
 * itself or its children were. Booked as if the panel had proven it, and kept out of what is learned about the panel.
 */
import { abs, formatMoney } from '../../../domain/money/money.ts'
import { findOrders, HELD_PARENT } from '../../../evidence/registry.ts'
import type { RegisteredOrder } from '../../../evidence/registered-order.ts'
import type { ContextSource } from '../context.ts'
import { postDifference } from '../order-decision.ts'
import { refused, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'

export async function planOrder(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
): Promise<ResolutionPlan> {
  const orderId = /^(?:order|price):(.+)$/.exec(request.exception.object)?.[1]
  if (orderId === undefined) return refused('it is not about an order')
  const order = (await findOrders(context.db, context.book, source.id, [orderId])).get(orderId)
  if (order === undefined) return refused(`order ${orderId} is not registered`)
  const isParent = request.as === 'book' || request.as === 'ignore'
  return isParent ? planParent(context, source, request, order) : planRefund(context, source, request, order)
}

function planRefund(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
  order: RegisteredOrder,
): ResolutionPlan {
  const { exception, as } = request
  if (exception.amount === null && request.amount === null)
    return refused('its amount is not known; give it with --amount')
  const amount = request.amount ?? abs(exception.amount ?? 0n)
  const refunded = order.refunded + (as === 'refund-taken-back' ? -amount : amount)
  const charged = order.gross ?? order.charged
  if (amount <= 0n || refunded < 0n || refunded > charged) {
    const booked = `${formatMoney(charged, 8)} is charged and ${formatMoney(order.refunded, 8)} refunded`
    return refused(`of order ${order.orderId} ${booked}, which leaves no room for ${formatMoney(amount, 8)}`)
  }
  return planned(context, source, request, order, refunded, `decision/${as}`)
}

/** As the wallet would decide it; see parent-charges.ts. */
function planParent(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
  order: RegisteredOrder,
): ResolutionPlan {
  if (order.pending !== HELD_PARENT) {
    return refused(
      `order ${order.orderId} was booked before it named its children; if they were charged instead, its refund is due from the panel`,
    )
  }
  const gross = request.as === 'book' ? order.charge : 0n
  return planned(context, source, request, { ...order, gross, grossBasis: 'open' }, order.refunded, 'refund/kept')
}

function planned(
  context: PlanContext,
  source: ContextSource,
  { evidence, atMs, memo }: PlanRequest,
  order: RegisteredOrder,
  refunded: bigint,
  rule: string,
): ResolutionPlan {
  // Decided today, so it counts today; a charge that was never booked counts on the day of its order.
  const timing = { evidence, atMs, previousPassMs: atMs, backfill: false }
  const posted = postDifference(context, source, { ...order, pending: null }, refunded, rule, timing)
  const drafts = posted.drafts.map((draft) => ({ ...draft, memo }))
  return { kind: 'planned', drafts, orders: [posted.order], left: 0n }
}
