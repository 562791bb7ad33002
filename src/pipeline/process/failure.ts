/** A request that got no answer at all is evidence too: the source is stale, and nothing is assumed about it. */
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { stands } from '../engine/items.ts'
import type { BatchContext, ContextSource } from './context.ts'
import { scanRequest } from './requests.ts'
import { countUnanswered } from './scan-answers.ts'

export async function processFailure(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const scan = scanRequest(item)
  if (scan !== null) {
    await countUnanswered(context, source, item, scan, item.body.toString('utf8'))
    return []
  }
  const orders = ordersAsked(item.request)
  const unread = orders === 0 ? '' : ` ${orders} orders were not read.`
  context.tally.add('excepted', source.currency, null, Math.max(1, orders))
  if (orders === 0) context.warn(source.name, item.body.toString('utf8'))
  await stands(context, item, {
    source: source.name,
    code: 'SOURCE_FAILED',
    // A source that answers its next request is not stale any more, but the orders of this one are.
    object: orders === 0 ? 'source' : 'statuses',
    amount: null,
    currency: null,
    detail: `${item.body.toString('utf8')}${unread}`,
  })
  return []
}

function ordersAsked(request: unknown): number {
  const isAboutOrders = typeof request === 'object' && request !== null && 'orders' in request
  return isAboutOrders && Array.isArray(request.orders) ? request.orders.length : 0
}
