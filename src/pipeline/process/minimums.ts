/** Payments smaller than the vendor takes or makes, by its documents: booked as stated, and shown to a person. Only in books that expect money. */
import { formatMoney, unitsOf, type Units } from '../../domain/money/money.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { Landed } from '../../log/landing.ts'
import type { EvidenceRow } from '../../sources/evidence-file/row.ts'
import { judge } from '../engine/items.ts'
import type { BatchContext, ContextSource } from './context.ts'

/** Payelancer's minimum top-up, by its API document; it names no currency. */
const LEAST_TOP_UP: Units = 25_00000000n

/** What stands about a payout, beside that it came short. */
export const OF_PAYOUTS: readonly ExceptionCode[] = ['BELOW_MINIMUM', 'PAYOUT_OVERDUE', 'COUNTER_HELD']

type Paid = Pick<EvidenceRow, 'kind' | 'reference' | 'amount'>

export async function checkMinimum(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  row: Paid,
): Promise<void> {
  const least = leastOf(context, source, row)
  if (least === null) return
  const object = `${row.kind}:${row.reference}`
  const { currency } = source
  const detail = `${object} of ${formatMoney(row.amount)} ${currency} is below the minimum of ${formatMoney(least)}`
  const below = { code: 'BELOW_MINIMUM', object, amount: row.amount, currency, detail } as const
  const standing = row.amount < least ? [below] : []
  await judge(context, item, source.name, { codes: [below.code], about: [object], standing })
}

function leastOf({ settings }: BatchContext, { kind, payouts }: ContextSource, row: Paid): Units | null {
  if (settings.money === undefined) return null
  if (row.kind === 'payout' && payouts !== undefined) return unitsOf(payouts.minimum)
  return row.kind === 'top-up' && kind === 'advertiser' ? LEAST_TOP_UP : null
}
