/** A request that got no answer at all is evidence too: the source is stale, and nothing is assumed about it. */
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { raise, type BatchContext, type ContextSource } from './context.ts'

export async function processFailure(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const detail = item.body.toString('utf8')
  context.tally.add('excepted', source.currency, null)
  await raise(context, item, {
    source: source.name,
    code: 'STALE_SOURCE',
    object: 'source',
    amount: null,
    currency: null,
    detail,
  })
  return []
}
