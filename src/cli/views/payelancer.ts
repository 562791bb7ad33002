/** What Payelancer says, as lines and as JSON. */
import { formatMoney } from '../../domain/money/money.ts'
import type { Campaign } from '../../evidence/campaigns.ts'
import type { CounterObservation } from '../../sources/payelancer/observe.ts'
import type { Column } from '../output.ts'

export function statsView(source: string, currency: string, stats: CounterObservation) {
  const { role, impressions, clicks, measure, amount, amountText } = stats
  return {
    source,
    role,
    impressions: String(impressions),
    clicks: String(clicks),
    [measure]: formatMoney(amount),
    shown: amountText,
    currency,
  }
}

export function statsLines(source: string, currency: string, stats: CounterObservation): readonly string[] {
  const { role, impressions, clicks, measure, amountText } = stats
  return [
    `${source} (${role}): ${impressions} impressions, ${clicks} clicks, ${measure} ${amountText} ${currency} in all.`,
    'These are lifetime totals. Payelancer states no currency: it is the one configured.',
  ]
}

export const FORMAT_COLUMNS: readonly Column[] = [{ title: 'Format' }, { title: 'Name' }, { title: 'Dimensions' }]

export const CAMPAIGN_COLUMNS: readonly Column[] = [
  { title: 'Source' },
  { title: 'Ref', align: 'right' },
  { title: 'State' },
  { title: 'Campaign' },
  { title: 'Name' },
  { title: 'Budget', align: 'right' },
  { title: 'Cur' },
  { title: 'Sent' },
  { title: 'What is known' },
]

export function campaignView(source: string, currency: string, { budget, sentAtMs, ...campaign }: Campaign) {
  return { source, ...campaign, budget: formatMoney(budget), currency, sentAt: new Date(sentAtMs).toISOString() }
}

export function campaignCells(source: string, currency: string, campaign: Campaign): readonly string[] {
  const { ref, state, campaignId, name, budget, sentAtMs, detail } = campaign
  const sent = new Date(sentAtMs).toISOString().slice(0, 16).replace('T', ' ')
  return [source, ref, state, campaignId ?? '-', name, formatMoney(budget), currency, sent, detail]
}

/** `exception` names the one about it, where nobody knows what came of it. */
export function createdLines(
  source: string,
  currency: string,
  campaign: Campaign,
  exception: string,
): readonly string[] {
  const { state, campaignId, name, budget, detail, ref } = campaign
  if (state === 'created') {
    return [
      `${source}: campaign "${name}" is created${campaignId === null ? '; the answer names no id' : ` as ${campaignId}`}.`,
      `Its budget of ${formatMoney(budget)} ${currency} is a commitment: disclosed by tieout payelancer campaigns list, booked only as it is spent.`,
    ]
  }
  return [
    `${source}: it is not known whether campaign "${name}" (${ref}) was created: ${detail.replace(/\.$/, '')}.`,
    'It is not sent again. Look in the Payelancer account, then resolve its exception:',
    `  tieout decide ${exception} placed --reference ID --by NAME --why TEXT`,
    `  tieout decide ${exception} not-placed --by NAME --why TEXT`,
  ]
}
