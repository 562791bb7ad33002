/** What is landed about a campaign → its row. Nothing is booked: the budget is a commitment until the network spends it. */
import { parseMoney } from '../../domain/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { closeCampaign, findCampaign, insertCampaign, type Campaign } from '../../evidence/campaigns.ts'
import type { Landed } from '../../evidence/landing.ts'
import { observeCampaign } from '../../sources/payelancer/observe.ts'
import { noAnswer } from './no-answer.ts'
import { evidenceOf, unknownLanding, type BatchContext, type ContextSource } from './context.ts'
import { parseRequest } from './requests.ts'
import { campaignRequestSchema } from './write-requests.ts'

export async function processCampaign(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const request = parseRequest(campaignRequestSchema, item)
  context.tally.add('unchanged', source.currency, null)
  if (request.phase === 'intent') {
    const { name, budget, targetUrl } = request.campaign
    const amount = parseMoney(budget)
    const campaign: Campaign = {
      ref: request.ref,
      state: 'sent',
      name,
      budget: amount.ok ? amount.units : 0n,
      targetUrl,
      sentAtMs: item.fetchedAtMs,
      campaignId: null,
      detail: 'sent; no answer is kept: look in the Payelancer account whether it exists',
    }
    await insertCampaign(context.db, context.book, source.id, campaign, evidenceOf(item))
    return []
  }
  if (request.phase === 'resolved') {
    const before = await findCampaign(context.db, context.book, source.id, request.ref)
    if (before === null) throw unknownLanding(item, `campaign "${request.ref}"`)
    await closeCampaign(context.db, context.book, source.id, request.ref, resolved(before, request))
    return []
  }
  const outcome = request.phase === 'answer' ? answered(item) : failed(item, request)
  await closeCampaign(context.db, context.book, source.id, request.ref, outcome)
  return []
}

type Outcome = Pick<Campaign, 'state' | 'campaignId' | 'detail'>

function answered(item: Landed): Outcome {
  const { httpStatus, contentType, body } = item
  const observed = observeCampaign({ httpStatus: httpStatus ?? 0, contentType, body })
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
