/**
 * Landed answers to cancel and refill → orders to ask about at once. A request moves no money: what came of it shows in
 * the next statuses, also when no answer came and the panel may have taken it all the same.
 */
import { DUE_EVERY_RUN } from '../../domain/poll-schedule.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { isUnasked, newOrder } from '../../evidence/registered-order.ts'
import { saveAnswers, saveOrders } from '../../evidence/register-orders.ts'
import { findOrders } from '../../evidence/registry.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { parseRequest } from './requests.ts'
import { orderRequestSchema } from './write-requests.ts'

export async function processOrderRequest(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const { orders: asked } = parseRequest(orderRequestSchema, item)
  const ids = [...new Set(asked)]
  const known = await findOrders(context.db, context.book, source.id, ids)
  const fresh = ids.filter((id) => !known.has(id)).map((id) => newOrder(id, 'typed-in', evidenceOf(item)))
  // One that nobody has asked about yet is due anyway.
  const again = [...known.values()].filter((order) => !isUnasked(order))
  await saveOrders(context.db, context.book, source.id, fresh)
  await saveAnswers(
    context.db,
    context.book,
    source.id,
    again.map((order) => ({ ...order, dueAtMs: DUE_EVERY_RUN })),
  )
  context.tally.add('unchanged', source.currency, null, ids.length)
  return []
}
