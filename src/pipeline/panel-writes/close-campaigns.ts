/**
 * Campaigns that were sent and whose answer was never kept, because the program died in between: each becomes unknown.
 * Done at the start of every run that speaks to the account; the book's lease makes sure that none is still on its way.
 * Unlike an order's, its outcome has no witness: the network shows no balance, and creating one moves no money.
 */
import { formatMoney } from '../../domain/money/money.ts'
import { listCampaigns } from '../../evidence/campaigns.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import { textLanding, type WriteLanding } from './write-landing.ts'

export interface CampaignAccess {
  readonly source: string
  readonly sourceId: bigint
}

export async function closeCampaigns(run: RunContext, access: CampaignAccess): Promise<void> {
  const { source, sourceId } = access
  for (const { ref, state, name, budget } of await listCampaigns(run.database.kysely, run.book.id, sourceId)) {
    if (state !== 'sent') continue
    const lost = campaignLanding(run, source, { phase: 'lost', ref })
    await landAndProcess(run, 'campaign', [textLanding(lost, 'no answer was kept')])
    run.warn(
      source,
      `campaign ${ref} ("${name}", budget ${formatMoney(budget)}) was sent by a run that died before an answer was kept. ` +
        'It is not sent again: look in the account, then decide it as placed or not-placed.',
    )
  }
}

/** What an item about a campaign is landed with. */
export function campaignLanding(run: Pick<RunContext, 'clock'>, source: string, request: object): WriteLanding {
  const nowMs = run.clock.nowMs()
  return { kind: 'payelancer-campaign', source, request: { action: 'create-campaign', ...request }, nowMs }
}
