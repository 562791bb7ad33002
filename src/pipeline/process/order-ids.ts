/**
 * Order ids typed in by a person → registry rows to ask about in the next run. What is known of an order stays; it is only
 * asked about again, also when the panel had refused it for so long that nobody asked any more.
 */
import * as z from 'zod'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { isUnasked, newOrder } from '../../evidence/registered-order.ts'
import { saveAnswers, saveOrders } from '../../evidence/register-orders.ts'
import { findOrders } from '../../evidence/registry.ts'
import type { BatchContext, ContextSource } from './context.ts'

const idsSchema = z.array(z.string().min(1))

export async function processOrderIds(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const ids = [...new Set(idsSchema.parse(JSON.parse(item.body.toString('utf8'))))]
  const known = await findOrders(context.db, context.book, source.id, ids)
  const fresh = ids.filter((id) => !known.has(id))
  context.tally.add('posted', source.currency, null, fresh.length)
  context.tally.add('unchanged', source.currency, null, ids.length - fresh.length)
  const evidence = { batch: item.batch, item: item.item }
  await saveOrders(
    context.db,
    context.book,
    source.id,
    fresh.map((id) => newOrder(id, 'typed-in', evidence)),
  )
  const again = [...known.values()].filter((order) => !isUnasked(order))
  await saveAnswers(
    context.db,
    context.book,
    source.id,
    again.map((order) => ({ ...order, refusals: Math.min(order.refusals, 1), dueAtMs: 0 })),
  )
  return []
}
