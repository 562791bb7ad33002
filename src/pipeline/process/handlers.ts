/** Which handler reads which kind of landed item. A kind nobody handles stops the batch: skipping evidence would lose money. */
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { processOrderRequest } from './cancel-refill.ts'
import { requireSource, unknownLanding, type BatchContext } from './context.ts'
import { processEvidenceFile } from './evidence-file.ts'
import { processExceptionDecision } from './exception-decision.ts'
import { processFailure } from './failure.ts'
import { processOrderHistory } from './order-history.ts'
import { processOrderIds } from './order-ids.ts'
import { processOrderTags } from './order-tags.ts'
import { processAdd } from './panel-add.ts'
import { processBalance } from './panel-balance.ts'
import { processServices } from './panel-services.ts'
import { processStatuses } from './panel-statuses.ts'
import { processCampaign } from './payelancer-campaign.ts'
import { processStats } from './payelancer-stats.ts'
import { processRates } from './rates.ts'
import { processStatement } from './statement.ts'
import { processStatementDecision } from './statement-decision.ts'
import { processReconcile } from './reconcile.ts'
import { processProofs } from './proofs.ts'
import { processMatchDecision } from './match-decision.ts'
import { processQuarantineDecision } from './quarantine-decision.ts'
import { processTargetFacts } from './target-facts.ts'
import { processWebhooks } from './webhooks.ts'

type Drafts = Promise<readonly TransactionDraft[]>
type GroupHandler = (context: BatchContext, items: readonly Landed[]) => Drafts

const HANDLERS: Readonly<Record<string, GroupHandler>> = {
  settings: () => Promise.resolve([]),
  'panel-statuses': (context, items) => processStatuses(context, items),
  'panel-balance': each((context, item) => processBalance(context, requireSource(context, item), item)),
  'payelancer-stats': each((context, item) => processStats(context, requireSource(context, item), item)),
  'order-history': each((context, item) => processOrderHistory(context, requireSource(context, item), item)),
  'order-ids': each((context, item) => processOrderIds(context, requireSource(context, item), item)),
  'order-tags': each((context, item) => processOrderTags(context, requireSource(context, item), item)),
  // Its rows name their own sources.
  'evidence-file': each((context, item) => processEvidenceFile(context, item)),
  webhook: each((context, item) => processWebhooks(context, requireSource(context, item), item)),
  'panel-services': each((context, item) => processServices(context, requireSource(context, item), item)),
  'panel-add': each((context, item) => processAdd(context, requireSource(context, item), item)),
  'panel-request': each((context, item) => processOrderRequest(context, requireSource(context, item), item)),
  'payelancer-campaign': each((context, item) => processCampaign(context, requireSource(context, item), item)),
  // Their accounts are money accounts, which are no sources of the settings, or panels.
  statement: each(processStatement),
  'statement-decision': each(processStatementDecision),
  // Concern the whole book.
  rates: each(processRates),
  reconcile: each(processReconcile),
  proofs: each(processProofs),
  'match-decision': each(processMatchDecision),
  // Concerns a target, which is no source of the settings.
  target: each(processTargetFacts),
  'exception-decision': each(processExceptionDecision),
  // Its rows may be of any source.
  'quarantine-decision': each(processQuarantineDecision),
  'fetch-failure': each((context, item) => processFailure(context, requireSource(context, item), item)),
}

/** Handles neighbours of one kind and source. */
export async function handleItems(context: BatchContext, items: readonly Landed[]): Drafts {
  const head = items[0]
  if (head === undefined) return []
  const handler = HANDLERS[head.kind]
  if (handler === undefined) throw unknownLanding(head, `kind "${head.kind}"`)
  return handler(context, items)
}

function each(handler: (context: BatchContext, item: Landed) => Drafts): GroupHandler {
  return async (context, items) => {
    const drafts: TransactionDraft[] = []
    for (const item of items) drafts.push(...(await handler(context, item)))
    return drafts
  }
}
