/**
 * A second credit that waits in suspense, and what a person says of it: it stays ours (other income, or written up), the
 * panel has taken it back, or it was no second credit and is a difference of the wallet again.
 */
import { formatMoney } from '../../../domain/money/money.ts'
import { isoDateInZone } from '../../../domain/time/dates.ts'
import type { TransactionDraft } from '../../../domain/transaction.ts'
import { heldCredits, secondCreditOf } from '../../../evidence/second-credits.ts'
import type { ContextSource } from '../context.ts'
import { moveHeld } from '../second-credits.ts'
import { refused, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'
import { differenceNow, planBooked } from './wallet.ts'

export async function planSecondCredit(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
): Promise<ResolutionPlan> {
  const { exception, as, amount, memo, evidence, atMs } = request
  const all = await heldCredits(context.db, context.book, source.id)
  const held = all.find(({ orderId }) => secondCreditOf(orderId) === exception.object)
  if (held === undefined || held.amount === 0n) return refused('nothing of it is in suspense any more')
  if (amount !== null && amount !== held.amount)
    return refused(`${formatMoney(held.amount, 8)} is in suspense; it is settled whole, without --amount`)
  if (as === 'refund-taken-back') {
    const difference = await differenceNow(context, source)
    if (difference === null || -difference < held.amount)
      return refused(
        `the wallet does not hold ${formatMoney(held.amount, 8)} ${source.currency} less than the books yet; once it does, the next night sees by itself that the panel took it back, or say so then`,
      )
  }
  const date = request.date ?? isoDateInZone(atMs, context.settings.book.timeZone)
  const back = moveHeld(context, source, held, -held.amount, { date, rule: `decision/${as}`, memo, evidence })
  const drafts: TransactionDraft[] = [back]
  if (as === 'adjustment' || as === 'write-off') {
    const kept = await planBooked(context, source, request, held.amount)
    if (kept.kind === 'refused') return kept
    drafts.push(...kept.drafts)
  }
  return { kind: 'planned', drafts, orders: [], left: 0n }
}
