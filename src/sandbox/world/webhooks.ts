/**
 * What the vendors owe their customers' webhooks. Bodies are written as JSON text, amounts as JSON numbers as the
 * documents show them; no id, no time of sending and no signature, because the vendors give none.
 */
import { formatMoney } from '../../domain/money/money.ts'
import type { Units } from '../../domain/money/money.ts'
import { remainsNow, reportedCharge, startCountNow } from './order-view.ts'
import type { Order, PanelState, PublisherState, Webhook, World } from './state.ts'

export function announceOrder(world: World, panel: PanelState, order: Order): void {
  const url = panel.options.webhookUrl
  if (url === undefined) return
  const { id, status } = order
  const remains = remainsNow(order, world.nowMs)
  const charge = formatMoney(reportedCharge(panel, order), 0)
  const body =
    `{"order_id":${id},"status":${JSON.stringify(status)},"remains":${remains},` +
    `"start_count":${startCountNow(order)},"charge":${charge}}`
  world.webhooks.push({ atMs: world.nowMs, url, body })
}

export function announceConversion(world: World, publisher: PublisherState, ad: number, payout: Units): void {
  const url = publisher.options.webhookUrl
  if (url === undefined) return
  const timestamp = new Date(world.nowMs).toISOString().replace(/\.\d{3}Z$/, 'Z')
  const data =
    `"campaign_id":"${982_000 + (ad % 7)}A","ad_id":"${459_000 + ad}B",` +
    `"payout":${formatMoney(payout, 0)},"timestamp":"${timestamp}"`
  world.webhooks.push({ atMs: world.nowMs, url, body: `{"event":"conversion.tracked","data":{${data}}}` })
}

/** What has happened and was not sent yet, oldest first. Reading takes nothing away. */
export function pendingWebhooks(world: World): readonly Webhook[] {
  return world.webhooks
}

/** Hands over everything pending and forgets it: a vendor sends once and never repeats. */
export function takeWebhooks(world: World): readonly Webhook[] {
  return world.webhooks.splice(0)
}
