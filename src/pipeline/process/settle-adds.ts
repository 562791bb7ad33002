/**
 * An order placed from here whose wallet did not fall by its price stays an exception until a status answer shows its
 * charge. That batch books the charge and compares it with the catalogue, and the night's wallet proof includes it, so the
 * doubt is settled here.
 */
import { findAdd } from '../../evidence/panel-adds.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import type { AnsweredOrder } from './check-prices.ts'
import { settle, type BatchContext, type ContextSource } from './context.ts'

const PREFIX = 'add:'

export async function settleAdds(
  context: BatchContext,
  source: ContextSource,
  answered: readonly AnsweredOrder[],
): Promise<void> {
  // An order that is free, or was canceled before it was ever seen, has a charge of zero, which books nothing.
  const charged = answered.filter(
    ({ before, after }) =>
      (before.gross === null && after.gross !== null) || (before.chargeVersion === 0 && after.chargeVersion > 0),
  )
  if (charged.length === 0) return
  const open = await openObjects(context.db, context.book, source.name, ['POSTING_UNCERTAIN'])
  for (const object of open) {
    if (!object.startsWith(PREFIX)) continue
    const add = await findAdd(context.db, context.book, source.id, object.slice(PREFIX.length))
    const seen = add?.state === 'placed' ? charged.find(({ after }) => after.orderId === add.orderId) : undefined
    if (seen !== undefined) await settle(context, seen.item, object)
  }
}
