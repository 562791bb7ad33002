/** Which handler reads which kind of landed item. A kind nobody handles stops the batch: skipping evidence would lose money. */
import { InvariantError } from '../../domain/errors.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { sourceOf, type BatchContext, type ContextSource } from './context.ts'
import { processEvidenceFile } from './evidence-file.ts'
import { processFailure } from './failure.ts'
import { processOrderHistory } from './order-history.ts'
import { processOrderIds } from './order-ids.ts'
import { processBalance } from './panel-balance.ts'
import { processStatuses } from './panel-statuses.ts'
import { processStats } from './payelancer-stats.ts'

type Drafts = Promise<readonly TransactionDraft[]>
type GroupHandler = (context: BatchContext, source: ContextSource, items: readonly Landed[]) => Drafts
type ItemHandler = (context: BatchContext, source: ContextSource, item: Landed) => Drafts

const HANDLERS: Readonly<Record<string, GroupHandler>> = {
  'panel-statuses': processStatuses,
  'panel-balance': each(processBalance),
  'payelancer-stats': each(processStats),
  'order-history': each(processOrderHistory),
  'order-ids': each(processOrderIds),
  'evidence-file': each(processEvidenceFile),
  'fetch-failure': each(processFailure),
}

function each(handler: ItemHandler): GroupHandler {
  return async (context, source, items) => {
    const drafts: TransactionDraft[] = []
    for (const item of items) drafts.push(...(await handler(context, source, item)))
    return drafts
  }
}

export async function handlerOf(context: BatchContext, items: readonly Landed[]): Drafts {
  const head = items[0]
  if (head === undefined || head.kind === 'settings') return []
  const handler = HANDLERS[head.kind]
  const source = sourceOf(context, head.source)
  if (handler === undefined || source === null) {
    const what = handler === undefined ? `kind "${head.kind}"` : `source "${head.source}"`
    throw new InvariantError(
      'LANDING_UNKNOWN',
      `Landing batch ${head.batch}, item ${head.item} has the ${what}, which this program or its settings do not know.`,
      'Use the version of tieout that landed it, or put the source back into tieout.yaml.',
    )
  }
  return handler(context, source, items)
}
