/**
 * Creates a campaign: landed before it is sent, sent once. Its budget is a commitment and is not booked; spending shows
 * in the account's counters. While the outcome of one is not known, exactly the same one is refused until a person looked.
 */
import { InputError } from '../../domain/errors.ts'
import { parseMoney } from '../../domain/money/money.ts'
import { findCampaign, isCampaignOpen, listCampaigns, type Campaign } from '../../evidence/campaigns.ts'
import type { HttpOutcome } from '../../http/outcome.ts'
import { observeCampaign } from '../../sources/payelancer/observe.ts'
import type { NewCampaign } from '../../sources/payelancer/requests.ts'
import { landAndProcess } from '../run-context.ts'
import type { RunEnvironment } from '../with-run.ts'
import { campaignLanding, closeCampaigns } from './close-campaigns.ts'
import type { TakeBack } from './resolve.ts'
import { outcomeLanding, textLanding } from './write-landing.ts'
import { refuseLately, type Again } from './asked-twice.ts'
import { landOutcome, withPayelancerWrite, type PayelancerWrite, type WriteRequest } from './write-run.ts'

export interface CreatedCampaign {
  readonly campaign: Campaign
  /** 'created', or the code of the refusal or failure. */
  readonly outcome: string
}

export function createCampaign(
  environment: RunEnvironment,
  request: WriteRequest & Again,
  campaign: NewCampaign,
): Promise<CreatedCampaign> {
  return withPayelancerWrite(environment, request, async (write) => {
    const { run, client, source } = write
    await closeCampaigns(run, write)
    await refuseRepeated(write, campaign, request.again === true)
    const ref = String(run.run.id)
    const intent = campaignLanding(run, source, { phase: 'intent', ref, campaign })
    await landAndProcess(run, 'campaign', [textLanding(intent, 'about to be sent')])
    const { outcome } = await client.createCampaign(campaign)
    await landOutcome(run, 'campaign', [outcomeLanding(campaignLanding(run, source, { ref }), outcome)])
    return { campaign: await requireCampaign(write, ref), outcome: codeOf(outcome) }
  })
}

export interface CampaignWord {
  readonly ref: string
  /** Null for "not created". */
  readonly campaignId: string | null
  readonly by: string
  readonly why: string
}

/** A person's word about a campaign of unknown outcome. No call of the network lists campaigns, so it cannot be checked. */
export function resolveCampaign(
  environment: RunEnvironment,
  request: WriteRequest,
  { ref, campaignId, by, why }: CampaignWord,
): Promise<Campaign> {
  return withPayelancerWrite(environment, request, async (write) => {
    const { run, source, sourceId } = write
    await closeCampaigns(run, write)
    const all = await listCampaigns(run.database.kysely, run.book.id, sourceId)
    const campaign = all.find((each) => each.ref === ref)
    if (campaign === undefined || !isCampaignOpen(campaign)) throw notOpen(source, ref, campaign)
    const taken = campaignId === null ? undefined : all.find((each) => each.campaignId === campaignId)
    if (taken !== undefined) {
      const message = `Campaign ${campaignId} is campaign ${taken.ref}, created from here as well.`
      throw new InputError('CAMPAIGN_TAKEN', message, 'Check the id in the Payelancer account.')
    }
    const sentence = campaignId === null ? `${by} says it was not created` : `${by} says it is ${campaignId}`
    const word = campaignLanding(run, source, { phase: 'resolved', ref, campaignId, by, why })
    await landAndProcess(run, 'resolve', [textLanding(word, sentence)])
    return requireCampaign(write, ref)
  })
}

/** Takes back a decision about a campaign of unknown outcome: its item opens again. */
export function takeCampaignWordBack(
  environment: RunEnvironment,
  request: WriteRequest,
  { ref, by, why }: TakeBack,
): Promise<Campaign> {
  return withPayelancerWrite(environment, request, async (write) => {
    const { run, source } = write
    if (isCampaignOpen(await requireCampaign(write, ref))) {
      const message = `Nobody has said of campaign ${ref} of "${source}" what became of it.`
      throw new InputError('NOTHING_TO_UNDO', message, 'tieout todo shows what waits.')
    }
    const landing = campaignLanding(run, source, { phase: 'taken-back', ref, by, why })
    await landAndProcess(run, 'resolve', [textLanding(landing, `${by} takes it back`)])
    return requireCampaign(write, ref)
  })
}

/** The same campaign again while the first one's outcome is not known would commit its budget twice. */
async function refuseRepeated(
  { run, source, sourceId }: PayelancerWrite,
  campaign: NewCampaign,
  again: boolean,
): Promise<void> {
  const budget = parseMoney(campaign.budget)
  const all = await listCampaigns(run.database.kysely, run.book.id, sourceId)
  const alike = all.filter(
    (each) =>
      each.name === campaign.name &&
      each.targetUrl === campaign.targetUrl &&
      (!budget.ok || each.budget === budget.units),
  )
  // Before anything else, and whatever was created since: no flag allows for what may exist already.
  const same = alike.find(isCampaignOpen)
  if (same === undefined) {
    const created = alike.findLast(({ state }) => state === 'created')
    if (created !== undefined && !again)
      refuseLately('campaign', created.sentAtMs, created.campaignId, run.clock.nowMs())
    return
  }
  throw new InputError(
    'CAMPAIGN_UNKNOWN',
    `Exactly this campaign was sent before (${same.ref}), and it is not known whether it was created: ${same.detail.replace(/\.$/, '')}.`,
    `Look in the Payelancer account, then decide it as placed or not-placed: tieout todo --source ${source} names it.`,
  )
}

async function requireCampaign({ run, sourceId }: PayelancerWrite, ref: string): Promise<Campaign> {
  const found = await findCampaign(run.database.kysely, run.book.id, sourceId, ref)
  if (found === null) throw new RangeError(`campaign ${ref} was landed and is not there`)
  return found
}

function notOpen(source: string, ref: string, campaign: Campaign | undefined): InputError {
  const message =
    campaign === undefined
      ? `"${source}" has no campaign ${ref}.`
      : `Campaign ${ref} is ${campaign.state}, so there is nothing to resolve.`
  return new InputError('CAMPAIGN_NOT_UNKNOWN', message, 'tieout payelancer campaigns list shows what is unknown.')
}

function codeOf(outcome: HttpOutcome): string {
  if (outcome.kind === 'failed') return outcome.reason
  const { status: httpStatus, contentType, body } = outcome
  const observed = observeCampaign({ httpStatus, contentType, body })
  return observed.kind === 'created' ? 'created' : observed.code
}
