/** A landed list of exchange rates → the rates of the book. What waits for a rate is booked by the next reconciliation. */
import { parseRates } from '../../config/rates-file.ts'
import { ConfigError, ReadError } from '../../domain/errors.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { saveRates } from '../../evidence/rates.ts'
import { evidenceOf, type BatchContext } from './context.ts'

/** Landed only after it was read without mistakes, so it reads again, unless this program reads more strictly. */
function readRates({ body }: Landed): ReturnType<typeof parseRates> {
  try {
    return parseRates('rates', body.toString('utf8'))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ReadError(error.code, error.message, error.hint, { cause: error })
  }
}

export async function processRates(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const rates = readRates(item)
  const fresh = await saveRates(context.db, context.book, rates, evidenceOf(item))
  const { currency } = context.settings.book
  if (fresh > 0) context.tally.add('posted', currency, null, fresh)
  if (rates.length > fresh) context.tally.add('unchanged', currency, null, rates.length - fresh)
  return []
}
