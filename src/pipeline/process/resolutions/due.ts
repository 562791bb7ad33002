/**
 * A refund that was booked as due, and what a person says of it: it was credited after all and moves to the wallet, or the
 * panel denied it and it leaves the clearing account it waits in.
 */
import { abs, formatMoney } from '../../../domain/money/money.ts'
import { findOrders } from '../../../evidence/registry.ts'
import type { RegisteredOrder } from '../../../evidence/registered-order.ts'
import { positions } from '../../../ledger/positions.ts'
import type { ContextSource } from '../context.ts'
import { postDifference } from '../order-decision.ts'
import { moveOn } from '../refunds-due.ts'
import { refused, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'

/** The order the exception is about, when a refund of it is due; null for every other exception. */
export async function orderDue(
  context: PlanContext,
  source: ContextSource,
  { exception, as }: PlanRequest,
): Promise<RegisteredOrder | null> {
  const orderId = /^order:(.+)$/.exec(exception.object)?.[1]
  if (orderId === undefined || exception.code !== 'REFUND_MISSING' || (as !== 'denied' && as !== 'received'))
    return null
  const order = (await findOrders(context.db, context.book, source.id, [orderId])).get(orderId)
  return order === undefined || order.refundDue === 0n ? null : order
}

export async function planDue(
  context: PlanContext,
  source: ContextSource,
  { as, amount, evidence, atMs, memo }: PlanRequest,
  order: RegisteredOrder,
): Promise<ResolutionPlan> {
  const due = order.refundDue
  if (amount !== null && abs(amount) !== due)
    return refused(`${formatMoney(due, 8)} is due of order ${order.orderId}; it is settled whole, without --amount`)
  const timing = { evidence, atMs, previousPassMs: atMs, backfill: false }
  const object = `order:${order.orderId}`
  const held = await positions(context.db, context.book, source.id, [object])
  const credited = held.get(object)?.get('refund-credited')
  const rule = `decision/${as}`
  const posted =
    as === 'denied'
      ? postDifference(context, source, order, order.refunded - due, rule, timing)
      : moveOn(context, source, { order, drafts: [] }, { amount: due, rule, timing, credited })
  return {
    kind: 'planned',
    drafts: posted.drafts.map((draft) => ({ ...draft, memo })),
    orders: [posted.order],
    left: 0n,
  }
}
