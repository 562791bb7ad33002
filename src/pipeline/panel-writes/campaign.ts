/**
 * Creates a campaign: landed before it is sent, sent once. Its budget is a commitment and is not booked; spending shows
 * in the account's counters. One whose outcome is not known stays listed as such, for a person to look up.
 */
import { listCampaigns, type Campaign } from '../../evidence/campaigns.ts'
import type { NewCampaign } from '../../sources/payelancer/requests.ts'
import { landAndProcess } from '../run-context.ts'
import type { RunEnvironment } from '../with-run.ts'
import { outcomeLanding, textLanding } from './write-landing.ts'
import { landOutcome, withPayelancerWrite, type WriteRequest } from './write-run.ts'

export function createCampaign(
  environment: RunEnvironment,
  request: WriteRequest,
  campaign: NewCampaign,
): Promise<Campaign> {
  return withPayelancerWrite(environment, request, async ({ run, source, sourceId, client }) => {
    const ref = String(run.run.id)
    const landing = (more: object) => ({
      kind: 'payelancer-campaign' as const,
      source,
      request: { action: 'create-campaign', ref, ...more },
      nowMs: run.clock.nowMs(),
    })
    await landAndProcess(run, 'campaign', [textLanding(landing({ phase: 'intent', campaign }), 'about to be sent')])
    const { outcome } = await client.createCampaign(campaign)
    await landOutcome(run, 'campaign', [outcomeLanding(landing({}), outcome)])
    const all = await listCampaigns(run.database.kysely, run.book.id, sourceId)
    const created = all.find((each) => each.ref === ref)
    if (created === undefined) throw new RangeError(`campaign ${ref} was landed and is not there`)
    return created
  })
}
