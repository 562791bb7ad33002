/** A landed list of exchange rates → the rates of the book. What waits for a rate is booked by the next reconciliation. */
import { parseRates } from '../../config/rates-file.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { saveRates } from '../../evidence/rates.ts'
import { evidenceOf, type BatchContext } from './context.ts'

export async function processRates(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  // Landed only after it was read without mistakes, so it reads again.
  const rates = parseRates('rates', item.body.toString('utf8'))
  const fresh = await saveRates(context.db, context.book, rates, evidenceOf(item))
  const { currency } = context.settings.book
  if (fresh > 0) context.tally.add('posted', currency, null, fresh)
  if (rates.length > fresh) context.tally.add('unchanged', currency, null, rates.length - fresh)
  return []
}
