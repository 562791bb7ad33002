/**
 * Which object a payout in an evidence file is: its own, or the payout that was due before anyone stated it. A payout that
 * is due already stands in the books, so stating it may only correct its amount, never book it a second time.
 */
import type { Selectable } from 'kysely'
import type { CounterPayoutTable } from '../../db/counter-tables.ts'
import { adoptDue, EARLY_DAYS, type DuePayout } from '../../domain/payouts/payout-due.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { BatchContext, ContextSource } from './context.ts'

/** Payouts that no file has stated yet: due by the schedule or by a fall, and seen on a statement. */
const UNSTATED = /^(?:due|fall|line)-/
/** How far the day a file states and the day a payout was due may lie apart, beyond the days the network has to pay. */
const WITHIN_DAYS = 10

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
  if (stated.kind !== 'payout') return own
  // Stated before: the same reference stays the same payout, whatever it is corrected to.
  const before = await knownPayout(context, source, stated.reference)
  if (before !== null) return { kind: 'object', object: before.key }
  const withinDays = (source.payouts?.dueDays ?? 0) + WITHIN_DAYS
  const dues = await unstatedAround(context, source, stated.date, withinDays)
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
  // One by one and ordered here: told to order, or given a choice, SQLite would go through all payouts.
  const byReference = await payoutsOf(context, source).where('reference', '=', reference).execute()
  const byKey = await payoutsOf(context, source).where('payout', '=', `payout:${reference}`).execute()
  const rows = [...byReference, ...byKey]
  const [first] = rows.toSorted((a, b) => compare(a.paid_on, b.paid_on) || compare(a.payout, b.payout))
  return first === undefined ? null : dueOf(first)
}

/** Those no file has stated, of the days in which a payout stated for `date` may have become due. */
async function unstatedAround(
  context: BatchContext,
  source: ContextSource,
  date: IsoDate,
  withinDays: number,
): Promise<readonly DuePayout[]> {
  const rows = await payoutsOf(context, source)
    .where('paid_on', '>=', addDays(date, -withinDays))
    .where('paid_on', '<=', addDays(date, EARLY_DAYS))
    .orderBy('paid_on')
    .orderBy('payout')
    .execute()
  return rows.filter(({ payout, reference }) => UNSTATED.test(reference) && payout === `payout:${reference}`).map(dueOf)
}

function ambiguous(dues: readonly DuePayout[], currency: string): string {
  const listed = dues.map(({ key, amount }) => `${key.slice('payout:'.length)} of ${formatMoney(amount)} ${currency}`)
  return `it may be any of the payouts due in those days (${listed.join(', ')}); give one of these as its reference`
}

/** Without the fees, which are rows of the same table. A file may state thousands, so nothing here reads them all. */
function payoutsOf({ db, book }: BatchContext, source: ContextSource) {
  return db
    .selectFrom('counter_payout')
    .select(['payout', 'reference', 'amount', 'paid_on'])
    .where('book', '=', book)
    .where('source', '=', source.id)
    .where('payout', 'like', 'payout:%')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function dueOf({
  payout,
  amount,
  paid_on,
}: Pick<Selectable<CounterPayoutTable>, 'payout' | 'amount' | 'paid_on'>): DuePayout {
  return { key: payout, amount, date: paid_on }
}
