/**
 * A wallet that holds more or less than the books, and what a person says it is: lost or found
 * (a write-off), moved by the panel's own hand (an adjustment), or money that was paid in (a top-up, a bonus). Never more
 * than the difference as it is now.
 */
import { findPostingRule } from '../../../domain/posting-rules.ts'
import { abs, formatMoney, type Units } from '../../../domain/money/money.ts'
import { isoDateInZone } from '../../../domain/time/dates.ts'
import { positions } from '../../../ledger/positions.ts'
import { draftsOf, vendorWant } from '../../engine/want.ts'
import type { ContextSource } from '../context.ts'
import { workOut } from '../panel-wallet.ts'
import { refused, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'

export async function planWallet(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
): Promise<ResolutionPlan> {
  const { exception, as } = request
  if (source.kind !== 'panel' || exception.object !== 'wallet') return refused("it is not about a panel's wallet")
  const difference = await differenceNow(context, source)
  const open = exception.amount ?? 0n
  if (difference === null || open === 0n) return refused('the wallet has not been read yet')
  if (difference > 0n !== open > 0n || difference === 0n)
    return refused('the books have changed since and no longer differ that way; the next night closes it')
  const most = abs(difference) < abs(open) ? abs(difference) : abs(open)
  const amount = request.amount ?? most
  if (amount <= 0n || amount > most) {
    return refused(`at most ${formatMoney(most, 8)} ${source.currency} is open; --amount takes that or less`)
  }
  const signed = open > 0n ? amount : -amount
  const left = open - signed
  const isPaidIn = as === 'top-up' || as === 'bonus'
  if (isPaidIn) return planPaidIn(context, source, request, { signed, left, kind: as })
  const booked = await planBooked(context, source, request, signed)
  return booked.kind === 'refused' ? booked : { ...booked, left }
}

/** `signed` as what a person says it is: written off, or moved by the panel's own hand. */
async function planBooked(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
  signed: Units,
): Promise<ResolutionPlan> {
  const amount = abs(signed)
  const { object, kind } = bookedAs(request, signed)
  if (findPostingRule(context.rules, { sourceKind: source.kind, kind }) === undefined)
    return refused(
      `the posting rules in force have no "${kind}" for panels; add it to posting-rules.yaml, then run tieout sync`,
    )
  const total = (booked: Units): Units => booked + amount
  const { memo, evidence } = request
  const wanted = { object, kind, total, date: dateOf(context, request), rule: 'X1', memo, evidence } as const
  return { kind: 'planned', drafts: await draftsOf(context, [vendorWant(context, source, wanted)]), left: 0n }
}

/** Both directions: what nobody will find any more, and what the panel did by hand. */
function bookedAs({ as, reference }: PlanRequest, signed: Units): { readonly object: string; readonly kind: string } {
  if (as === 'adjustment')
    return { object: `adjustment:${reference ?? 'wallet'}`, kind: signed > 0n ? 'manual-credit' : 'manual-debit' }
  return { object: 'written-off:wallet', kind: signed > 0n ? 'written-up' : 'written-off' }
}

interface PaidIn {
  readonly signed: Units
  readonly left: Units
  readonly kind: 'top-up' | 'bonus'
}

/** Booked under its reference, like the same row of an evidence file: a file that states it later changes nothing. */
async function planPaidIn(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
  { signed, left, kind }: PaidIn,
): Promise<ResolutionPlan> {
  if (signed < 0n) return refused(`the wallet holds less than the books, so no ${kind} is missing`)
  const { reference, memo, evidence } = request
  if (reference === null) return refused(`a ${kind} needs --reference: what it is known by, such as the payment's id`)
  const object = `${kind}:${reference}`
  const held = (await positions(context.db, context.book, source.id, [object])).get(object)
  // One that was taken back may be said again.
  if ([...(held?.values() ?? [])].some(({ cumulative }) => cumulative !== 0n)) {
    return refused(`the ${kind} ${reference} is booked already; if this is another one, give it its own reference`)
  }
  const wanted = { object, kind, total: signed, date: dateOf(context, request), rule: 'X1', memo, evidence } as const
  return { kind: 'planned', drafts: await draftsOf(context, [vendorWant(context, source, wanted)]), left }
}

/** What the wallet's nights do not explain now; null before the first look. */
async function differenceNow(context: PlanContext, source: ContextSource): Promise<Units | null> {
  return (await workOut(context, source))?.outcome.difference ?? null
}

function dateOf({ settings }: PlanContext, { date, atMs }: PlanRequest): string {
  return date ?? isoDateInZone(atMs, settings.book.timeZone)
}
