/**
 * Asks Payelancer (key in the X-API-KEY header). Like every source client it parses nothing: request and bytes are
 * landed first and observed afterwards.
 */
import type { HttpClient } from '../../http/client.ts'
import type { HttpOutcome } from '../../http/outcome.ts'
import type { RateLimiter } from '../../http/rate-limit.ts'
import type { Secret } from '../../http/secret.ts'
import { firstIssue } from '../issues.ts'
import { statsVerdict } from '../passing.ts'
import { newCampaignSchema, PATHS, type NewCampaign, type PayelancerRequest } from './requests.ts'

export interface PayelancerSettings {
  /** The configured name, for messages. */
  readonly name: string
  /** Scheme and host, with or without a path prefix: the documented paths are appended. */
  readonly url: string
  readonly key: Secret
  readonly http: HttpClient
  readonly limiter: RateLimiter
}

export interface PayelancerExchange {
  readonly request: PayelancerRequest
  readonly outcome: HttpOutcome
}

export interface PayelancerClient {
  readonly stats: (signal?: AbortSignal) => Promise<PayelancerExchange>
  readonly adFormats: (signal?: AbortSignal) => Promise<PayelancerExchange>
  /** Commits a budget and has no idempotency key: sent once. */
  readonly createCampaign: (campaign: NewCampaign, signal?: AbortSignal) => Promise<PayelancerExchange>
}

export function createPayelancerClient(settings: PayelancerSettings): PayelancerClient {
  return {
    stats: (signal) => exchange(settings, { action: 'stats' }, signal),
    adFormats: (signal) => exchange(settings, { action: 'ad-formats' }, signal),
    createCampaign: (campaign, signal) => exchange(settings, { action: 'create-campaign', campaign }, signal),
  }
}

async function exchange(
  settings: PayelancerSettings,
  request: PayelancerRequest,
  signal: AbortSignal | undefined,
): Promise<PayelancerExchange> {
  const body = request.action === 'create-campaign' ? campaignJson(request.campaign) : null
  const outcome = await settings.http.request({
    method: body === null ? 'GET' : 'POST',
    url: settings.url.replace(/\/+$/, '') + PATHS[request.action],
    headers: { 'x-api-key': settings.key.reveal(), ...(body === null ? {} : { 'content-type': 'application/json' }) },
    secrets: [settings.key],
    limiter: settings.limiter,
    idempotent: body === null,
    ...(request.action === 'stats' ? { verdict: statsVerdict } : {}),
    label: `Payelancer "${settings.name}" (${request.action})`,
    ...(body === null ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  })
  return { request, outcome }
}

/** Throws RangeError for a campaign the schema refuses: callers check first, and nothing unchecked may be sent. */
function campaignJson(campaign: NewCampaign): string {
  const checked = newCampaignSchema.safeParse(campaign)
  if (!checked.success) throw new RangeError(`the campaign cannot be sent: ${firstIssue(checked.error)}`)
  const { name, budget, targetUrl } = checked.data
  return `{"name":${JSON.stringify(name)},"budget":${budget},"target_url":${JSON.stringify(targetUrl)}}`
}
