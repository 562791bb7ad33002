/**
 * Landed answers to cancel and refill → orders to ask about at once. A request moves no money: what came of it shows in
 * the next statuses, also when no answer came and the panel may have taken it all the same.
 */
import { DUE_EVERY_RUN } from '../../panels/rules/o8-poll-schedule.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { isUnasked, newOrder } from '../../evidence/registered-order.ts'
import { saveAnswers, saveOrders } from '../../evidence/register-orders.ts'
import { findOrders } from '../../evidence/registry.ts'
import { requestResults, type Sent } from '../../sources/panel/request-results.ts'
import { answerOf, evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { parseRequest } from './requests.ts'
import { orderRequestSchema, type OrderRequest } from './write-requests.ts'

export async function processOrderRequest(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const request = parseRequest(orderRequestSchema, item)
  const results = requestResults(request.action, request.orders, sentOf(context, request, item))
  const known = await findOrders(context.db, context.book, source.id, request.orders)
  // An id that the panel refused and nobody has registered is a typing error, not an order.
  const fresh = results.filter(({ orderId, result }) => !known.has(orderId) && result !== 'refused')
  // One that nobody has asked about yet is due anyway.
  const again = [...known.values()].filter((order) => !isUnasked(order))
  await saveOrders(
    context.db,
    context.book,
    source.id,
    fresh.map(({ orderId }) => newOrder(orderId, 'typed-in', evidenceOf(item))),
  )
  await saveAnswers(
    context.db,
    context.book,
    source.id,
    again.map((order) => ({ ...order, dueAtMs: DUE_EVERY_RUN })),
  )
  context.tally.add('unchanged', source.currency, null, request.orders.length)
  return []
}

function sentOf(context: BatchContext, request: OrderRequest, item: Landed): Sent {
  if (request.phase === 'answer') return { kind: 'answer', answer: answerOf(context, item) }
  return { kind: 'failed', message: item.body.toString('utf8'), mayHaveTakenEffect: request.mayHaveTakenEffect }
}
