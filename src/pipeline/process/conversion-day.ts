/**
 * The conversions a network told of for one day, beside what its counter moved by. They need not be equal, since clicks
 * and impressions are paid too and webhooks get lost; beyond the tolerance a person has set, it is an exception. Nothing
 * is ever booked from a conversion.
 */
import * as z from 'zod'
import { abs, formatMoney, unitsOf } from '../../domain/money/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { conversionDay } from '../../evidence/conversions.ts'
import type { Landed } from '../../evidence/landing.ts'
import { movementOfDay } from '../../ledger/day-movement.ts'
import { raise, settle, type BatchContext, type ContextSource } from './context.ts'
import { COUNTER_NAMES } from './counter.ts'
import { parseRequest } from './requests.ts'

const requestSchema = z.strictObject({
  day: z.string(),
  /** Decimal text; null: compare, but raise nothing. */
  tolerance: z.string().nullable(),
})

export async function processConversionDay(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  if (source.kind === 'panel') throw new RangeError(`source ${source.name} is a panel and has no conversions`)
  const { day, tolerance } = parseRequest(requestSchema, item)
  const told = await conversionDay(context.db, context.book, source.id, day)
  const moved = await movementOfDay(context.db, context.book, source.id, day, COUNTER_NAMES[source.kind])
  const difference = moved - told.payout
  const { currency } = source
  const again = told.duplicates === 0 ? '' : `, ${told.duplicates} came again`
  const figures =
    `${told.count} conversions of ${day} pay ${formatMoney(told.payout)} ${currency}${again}; ` +
    `the counter moved by ${formatMoney(moved)} ${currency}`
  const object = `conversions:${day}`
  if (tolerance !== null && abs(difference) > unitsOf(tolerance)) {
    context.tally.add('excepted', currency, null)
    const detail = `${figures}: more than ${tolerance} apart`
    const code = 'CONVERSIONS_DIFFER'
    await raise(context, item, { source: source.name, code, object, amount: difference, currency, detail })
    return []
  }
  context.tally.add('unchanged', currency, null)
  await settle(context, item, object)
  return []
}
