/**
 * Which object a payout in an evidence file is: its own, or the payout that was due before anyone stated it. A payout that
 * is due already stands in the books, so stating it may only correct its amount, never book it a second time.
 */
import { adoptDue, type DuePayout } from '../../domain/payouts/payout-due.ts'
import { COUNTER_LIMITS } from '../../domain/counters/counter-policy.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { BatchContext, ContextSource } from './context.ts'
import { DUE_REFERENCE } from './payouts-due.ts'
import { LINE_REFERENCE } from './payout-of-line.ts'

/** Payouts that no file has stated yet: those that became due, and those a person saw on a statement. */
const UNSTATED = [DUE_REFERENCE, LINE_REFERENCE]

interface Stated {
  readonly kind: string
  readonly reference: string
  readonly amount: Units
  readonly date: IsoDate
}

type StatedObject =
  { readonly kind: 'object'; readonly object: string } | { readonly kind: 'refused'; readonly reason: string }

export async function statedPayout(
  context: BatchContext,
  source: ContextSource,
  stated: Stated,
): Promise<StatedObject> {
  const own = { kind: 'object', object: `${stated.kind}:${stated.reference}` } as const
  if (stated.kind !== 'payout' || source.payouts === undefined) return own
  const known = await payoutsOf(context, source)
  // Stated before: the same reference stays the same payout, whatever it is corrected to.
  const before = known.find(({ key, reference }) => reference === stated.reference || key === own.object)
  if (before !== undefined) return { kind: 'object', object: before.key }
  const dues = known.filter(
    ({ key, reference }) => UNSTATED.some((prefix) => reference.startsWith(prefix)) && key === `payout:${reference}`,
  )
  const withinDays = source.payouts.dueDays + (source.counter ?? COUNTER_LIMITS).payoutDays
  const adoption = adoptDue(stated, dues, withinDays)
  switch (adoption.kind) {
    case 'none':
      return own
    case 'adopts':
      return { kind: 'object', object: adoption.due.key }
    case 'ambiguous':
      return { kind: 'refused', reason: ambiguous(adoption.dues, source.currency) }
  }
}

/** The payout that a reference means: as a file stated it, or as it became due. */
export async function knownPayout(
  context: BatchContext,
  source: ContextSource,
  reference: string,
): Promise<DuePayout | null> {
  const known = await payoutsOf(context, source)
  return known.find((each) => each.reference === reference || each.key === `payout:${reference}`) ?? null
}

function ambiguous(dues: readonly DuePayout[], currency: string): string {
  const listed = dues.map(({ key, amount }) => `${key.slice('payout:'.length)} of ${formatMoney(amount)} ${currency}`)
  return `it may be any of the payouts due in those days (${listed.join(', ')}); give one of these as its reference`
}

async function payoutsOf(
  context: BatchContext,
  source: ContextSource,
): Promise<readonly (DuePayout & { readonly reference: string })[]> {
  const rows = await context.db
    .selectFrom('counter_payout')
    .select(['payout', 'reference', 'amount', 'paid_on'])
    .where('book', '=', context.book)
    .where('source', '=', source.id)
    .where('payout', 'like', 'payout:%')
    .orderBy('paid_on')
    .orderBy('payout')
    .execute()
  return rows.map(({ payout, reference, amount, paid_on }) => ({ key: payout, reference, amount, date: paid_on }))
}
