/** Campaigns we created or tried to: their budgets are commitments, disclosed and never booked. */
import type { Kysely } from 'kysely'
import type { CampaignTable } from '../db/panel-write-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { Evidence } from '../domain/transaction.ts'

export interface Campaign {
  readonly ref: string
  readonly state: CampaignTable['state']
  readonly name: string
  readonly budget: Units
  readonly targetUrl: string
  readonly sentAtMs: number
  readonly campaignId: string | null
  readonly detail: string
}

export async function insertCampaign(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  campaign: Campaign,
  evidence: Evidence,
): Promise<void> {
  await db
    .insertInto('campaign')
    .values({
      book,
      source,
      ref: campaign.ref,
      state: campaign.state,
      name: campaign.name,
      budget: campaign.budget,
      target_url: campaign.targetUrl,
      sent_at_ms: BigInt(campaign.sentAtMs),
      campaign_id: campaign.campaignId,
      detail: campaign.detail,
      evidence_batch: BigInt(evidence.batch),
      evidence_item: BigInt(evidence.item),
    })
    .execute()
}

export async function closeCampaign(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  ref: string,
  { state, campaignId, detail }: Pick<Campaign, 'state' | 'campaignId' | 'detail'>,
): Promise<void> {
  await db
    .updateTable('campaign')
    .set({ state, campaign_id: campaignId, detail })
    .where('book', '=', book)
    .where('source', '=', source)
    .where('ref', '=', ref)
    .execute()
}

/** Null when there is no such campaign. */
export async function findCampaign(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  ref: string,
): Promise<Campaign | null> {
  return (await listCampaigns(db, book, source)).find((each) => each.ref === ref) ?? null
}

/** Neither known to exist nor known not to: also one whose run died before an answer was kept. */
export function isCampaignOpen({ state }: Campaign): boolean {
  return state === 'sent' || state === 'unknown'
}

/** Oldest first. */
export async function listCampaigns(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly Campaign[]> {
  const rows = await db
    .selectFrom('campaign')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .orderBy('sent_at_ms')
    .orderBy('ref')
    .execute()
  return rows.map((row) => ({
    ref: row.ref,
    state: row.state,
    name: row.name,
    budget: row.budget,
    targetUrl: row.target_url,
    sentAtMs: Number(row.sent_at_ms),
    campaignId: row.campaign_id,
    detail: row.detail,
  }))
}
