/**
 * An order placed from here whose wallet did not fall by its price stays an exception until an answer shows its charge: from
 * then on the wallet's look is about it as about any order.
 */
import { findAdd } from '../../evidence/panel-adds.ts'
import type { Landed } from '../../log/landing.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { isOver } from '../engine/items.ts'
import type { BatchContext, ContextSource } from './context.ts'

const PREFIX = 'add:'

export async function settleAdds(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  answered: readonly RegisteredOrder[],
): Promise<void> {
  const charged = new Set(answered.flatMap(({ orderId, highest }) => (highest === null ? [] : [orderId])))
  if (charged.size === 0) return
  for (const object of await openObjects(context.db, context.book, source.name, ['REQUEST_UNCERTAIN'])) {
    if (!object.startsWith(PREFIX)) continue
    const add = await findAdd(context.db, context.book, source.id, object.slice(PREFIX.length))
    if (add?.state === 'placed' && add.orderId !== null && charged.has(add.orderId))
      await isOver(context, item, { source: source.name, object })
  }
}
