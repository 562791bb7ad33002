/** Who said which orders were for which client → their tags, which divide journal lines and book nothing. */
import * as z from 'zod'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { tagOrders } from '../../evidence/order-clients.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'

const tagsSchema = z.strictObject({ client: z.string().min(1).nullable(), ids: z.array(z.string().min(1)) })

export async function processOrderTags(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const { client, ids } = tagsSchema.parse(JSON.parse(item.body.toString('utf8')))
  const unique = [...new Set(ids)]
  const place = { book: context.book, source: source.id }
  const changed = await tagOrders(context.db, place, { ids: unique, client, evidence: evidenceOf(item) })
  context.tally.add('posted', source.currency, null, changed)
  context.tally.add('unchanged', source.currency, null, unique.length - changed)
  return []
}
