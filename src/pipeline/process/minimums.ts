/** Payments smaller than the vendor takes or makes, by its documents: booked as stated, and shown to a person. Only in books that expect money. */
import { formatMoney, unitsOf, type Units } from '../../domain/money/money.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { EvidenceRow } from '../../sources/evidence-file/row.ts'
import { raise, type BatchContext, type ContextSource } from './context.ts'
import { settleCodes } from './settle-codes.ts'

/** Payelancer's minimum top-up, by its API document; it names no currency. */
const LEAST_TOP_UP: Units = 25_00000000n

type Paid = Pick<EvidenceRow, 'kind' | 'reference' | 'amount'>

interface Least {
  readonly code: ExceptionCode
  readonly least: Units
}

export async function checkMinimum(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  row: Paid,
): Promise<void> {
  const minimum = leastOf(context, source, row)
  if (minimum === null) return
  const { code, least } = minimum
  const object = `${row.kind}:${row.reference}`
  if (row.amount >= least) return settleCodes(context, item, source.name, object, [code])
  const { currency } = source
  const detail = `${object} of ${formatMoney(row.amount)} ${currency} is below the minimum of ${formatMoney(least)}`
  await raise(context, item, { source: source.name, code, object, amount: row.amount, currency, detail })
}

function leastOf({ settings }: BatchContext, { kind, payouts }: ContextSource, row: Paid): Least | null {
  if (settings.money === undefined) return null
  if (row.kind === 'payout' && payouts !== undefined) {
    return { code: 'PAYOUT_BELOW_MINIMUM', least: unitsOf(payouts.minimum) }
  }
  return row.kind === 'top-up' && kind === 'advertiser' ? { code: 'TOP_UP_BELOW_MINIMUM', least: LEAST_TOP_UP } : null
}
