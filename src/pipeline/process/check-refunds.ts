/** Refunds just booked, looked at once more: one above the pro rata, and one that came after its order's month was over. */
import type { RaisedException } from '../../domain/exception.ts'
import { formatMoney } from '../../domain/money/money.ts'
import { excessRefund, lateSince } from '../../domain/orders/refund-check.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { raise, settle, type BatchContext, type ContextSource } from './context.ts'
import type { AnsweredOrder } from './check-prices.ts'

export interface Refunded extends AnsweredOrder {
  readonly drafts: readonly TransactionDraft[]
}

export async function checkRefunds(
  context: BatchContext,
  source: ContextSource,
  booked: readonly Refunded[],
): Promise<void> {
  const refunded = booked.filter(({ drafts }) => drafts.some(({ kind }) => kind === 'refund'))
  if (refunded.length === 0) return
  const objects = refunded.map(({ after }) => `refund:${after.orderId}`)
  const open = await openObjects(context.db, context.book, source.name, ['REFUND_EXCESS'], objects)
  for (const each of refunded) {
    const excess = excessOf(source, each)
    const object = `refund:${each.after.orderId}`
    if (excess !== null) await raise(context, each.item, excess)
    else if (open.has(object)) await settle(context, each.item, object)
    const late = lateOf(context, source, each)
    if (late !== null) await raise(context, each.item, late)
  }
}

function excessOf(source: ContextSource, { after }: Refunded): RaisedException | null {
  const excess = excessRefund(after)
  if (excess === null) return null
  const { orderId, remains, quantity, refunded } = after
  const detail = `order ${orderId} was refunded ${formatMoney(refunded)}, ${formatMoney(excess)} more than ${remains ?? 0n} undelivered of ${quantity ?? 0n} come to`
  return {
    source: source.name,
    code: 'REFUND_EXCESS',
    object: `refund:${orderId}`,
    amount: excess,
    currency: source.currency,
    detail,
  }
}

/** One of its own per month it came in, so that a second late refund is told of as well. */
function lateOf(context: BatchContext, source: ContextSource, { before, drafts }: Refunded): RaisedException | null {
  const refund = drafts.find(({ kind, amount }) => kind === 'refund' && amount > 0n)
  if (refund === undefined) return null
  const { amount, effectiveDate } = refund
  const ended = lateSince(before, effectiveDate, context.settings.book.timeZone)
  if (ended === null) return null
  const detail = `order ${before.orderId} ended on ${ended}; its refund of ${formatMoney(amount)} counts on ${effectiveDate}`
  return {
    source: source.name,
    code: 'LATE_REFUND',
    object: `late-refund:${before.orderId}:${effectiveDate.slice(0, 7)}`,
    amount,
    currency: source.currency,
    detail,
  }
}
