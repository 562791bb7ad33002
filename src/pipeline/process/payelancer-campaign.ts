/**
 * What is landed about a campaign → its row. Nothing is booked: the budget is a commitment until the network spends it.
 * One whose outcome is not known stays an exception until a person says what happened; it is never sent again.
 */
import { formatMoney, parseMoney } from '../../domain/money/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { closeCampaign, findCampaign, insertCampaign, type Campaign } from '../../evidence/campaigns.ts'
import type { Landed } from '../../log/landing.ts'
import { observeCampaign } from '../../sources/payelancer/observe.ts'
import { noAnswer } from './no-answer.ts'
import { judge } from '../engine/items.ts'
import { answerOf, evidenceOf, unknownLanding, type BatchContext, type ContextSource } from './context.ts'
import { takenBackText } from './panel-add.ts'
import { parseRequest } from './requests.ts'
import { campaignRequestSchema, type CampaignRequest } from './write-requests.ts'

export async function processCampaign(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const request = parseRequest(campaignRequestSchema, item)
  if (request.phase === 'intent') {
    await insertCampaign(context.db, context.book, source.id, sent(request, item), evidenceOf(item))
    context.tally.add('unchanged', source.currency, null)
    return []
  }
  const before = await findCampaign(context.db, context.book, source.id, request.ref)
  if (before === null) throw unknownLanding(item, `campaign "${request.ref}"`)
  const after = { ...before, ...outcomeOf(context, before, request, item) }
  await closeCampaign(context.db, context.book, source.id, request.ref, after)
  context.tally.add(after.state === 'unknown' ? 'excepted' : 'unchanged', source.currency, null)
  await follow(context, source, item, after)
  return []
}

type Later = Exclude<CampaignRequest, { phase: 'intent' }>

function sent(
  { ref, campaign: { name, budget, targetUrl } }: Extract<CampaignRequest, { phase: 'intent' }>,
  item: Landed,
): Campaign {
  const amount = parseMoney(budget)
  if (!amount.ok) throw unknownLanding(item, `a budget of "${budget}"`)
  return {
    ref,
    state: 'sent',
    name,
    budget: amount.units,
    targetUrl,
    sentAtMs: item.fetchedAtMs,
    campaignId: null,
    detail: 'sent; no answer is kept: look in the Payelancer account whether it exists',
  }
}

/** Until a person says what happened, an unknown campaign is an exception of the size of its budget. */
async function follow(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { ref, state, name, budget, detail }: Campaign,
): Promise<void> {
  const object = `campaign:${ref}`
  const uncertain = {
    code: 'REQUEST_UNCERTAIN',
    object,
    amount: -budget,
    currency: source.currency,
    detail: `campaign "${name}" with a budget of ${formatMoney(budget)}: ${detail}`,
  } as const
  await judge(context, item, source.name, { about: [object], standing: state === 'unknown' ? [uncertain] : [] })
}

function outcomeOf(context: BatchContext, before: Campaign, request: Later, item: Landed): Outcome {
  switch (request.phase) {
    case 'answer':
      return answered(context, item)
    case 'failed':
      return failed(item, request)
    case 'lost': {
      const detail = 'the program ended after the campaign was sent and before an answer was kept'
      return { state: 'unknown', campaignId: null, detail }
    }
    case 'resolved':
      return resolved(before, request)
    case 'taken-back':
      return { state: 'unknown', campaignId: null, detail: takenBackText(before, request) }
  }
}

type Outcome = Pick<Campaign, 'state' | 'campaignId' | 'detail'>

function answered(context: BatchContext, item: Landed): Outcome {
  const observed = observeCampaign(answerOf(context, item))
  return observed.kind === 'created'
    ? { state: 'created', campaignId: observed.campaignId, detail: 'Payelancer created it' }
    : { state: observed.kind, campaignId: null, detail: observed.reason }
}

function resolved(
  before: Campaign,
  { campaignId, by, why }: { readonly campaignId: string | null; readonly by: string; readonly why: string },
): Outcome {
  const fate = campaignId === null ? 'not created' : `created as ${campaignId}`
  const detail = `${before.detail.replace(/\.$/, '')}; ${by} says: ${fate} (${why})`
  return { state: campaignId === null ? 'refused' : 'created', campaignId, detail }
}

function failed(
  item: Landed,
  { reason, mayHaveTakenEffect }: { readonly reason: string; readonly mayHaveTakenEffect: boolean },
): Outcome {
  const detail = noAnswer(reason, item.body.toString('utf8'))
  return { state: mayHaveTakenEffect ? 'unknown' : 'refused', campaignId: null, detail }
}
