/**
 * Refunds that orders claim, and what a person says of them: the panel denies them (W5), or what was claimed at once is right
 * (O7). The next look at the wallet works out its nights with that word.
 */
import { abs, formatMoney } from '../../../domain/money/money.ts'
import { isoDateInZone } from '../../../domain/time/dates.ts'
import { draftsOf, vendorWant } from '../../engine/want.ts'
import type { ContextSource } from '../context.ts'
import { workOut } from '../panel-wallet.ts'
import { refused, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'

/** Takes back what was posted as due and will not come: Dr refunds, Cr refunds due. Below zero likewise. */
export async function planDenied(
  context: PlanContext,
  source: ContextSource,
  { exception, amount: part, atMs, date, memo, evidence }: PlanRequest,
): Promise<ResolutionPlan> {
  const open = exception.amount ?? 0n
  const most = abs(open)
  const amount = part ?? most
  if (amount <= 0n || amount > most)
    return refused(`at most ${formatMoney(most, 8)} ${source.currency} is overdue; --amount takes that or less`)
  const signed = open > 0n ? amount : -amount
  const denied = vendorWant(context, source, {
    object: 'denied:wallet',
    kind: 'refund-denied',
    total: (booked) => booked + signed,
    date: date ?? isoDateInZone(atMs, context.settings.book.timeZone),
    rule: 'X1',
    memo,
    evidence,
  })
  return { kind: 'planned', drafts: await draftsOf(context, [denied]), left: open - signed }
}

export async function planRelease(context: PlanContext, source: ContextSource): Promise<ResolutionPlan> {
  const worked = await workOut(context, source)
  const released = worked?.nights.flatMap(({ night }, at) =>
    (worked.outcome.nights[at]?.heldClaims ?? 0n) > 0n ? [night] : [],
  )
  if (released === undefined || released.length === 0) return refused('nothing is held any more')
  return { kind: 'planned', drafts: [], released, left: 0n, stands: false }
}
