/**
 * Payelancer's API as its document describes it: an account is its X-API-KEY, stats depend on the account's role, and
 * amounts are JSON numbers, written from exact decimals.
 */
import { isJsonNumber, parseJsonExact } from '../domain/json.ts'
import { formatMoney, parseMoney } from '../domain/money/money.ts'
import { json, jsonText } from './http-reply.ts'
import type { Reply, SandboxRequest } from './http-reply.ts'
import { createCampaign } from './world/advertisers.ts'
import type { AdvertiserState, PublisherState, World } from './world/state.ts'

type Account =
  | { readonly role: 'publisher'; readonly publisher: PublisherState }
  | { readonly role: 'advertiser'; readonly advertiser: AdvertiserState }

const FORMATS = [
  { id: 'banner_300x250', name: 'Medium Rectangle', dimensions: '300x250' },
  { id: 'banner_728x90', name: 'Leaderboard', dimensions: '728x90' },
  { id: 'banner_160x600', name: 'Wide Skyscraper', dimensions: '160x600' },
  { id: 'native_600x400', name: 'Native Card', dimensions: '600x400' },
]

/** The path is what follows `/backend/api/v1/`. */
export function answerPayelancer(world: World, endpoint: string, request: SandboxRequest): Reply {
  const key = request.headers['x-api-key']
  if (typeof key !== 'string' || key === '') return fail(401, 'API key required')
  const account = findAccount(world, key)
  if (account === undefined) return fail(401, 'Invalid API key')
  switch (endpoint) {
    case 'stats.php':
      return request.method === 'GET' ? stats(account) : fail(405, 'Method not allowed')
    case 'ad-formats.php':
      return request.method === 'GET' ? json(200, { success: true, formats: FORMATS }) : fail(405, 'Method not allowed')
    case 'campaigns.php':
      return request.method === 'POST' ? campaign(world, account, request.body) : fail(405, 'Method not allowed')
    default:
      return fail(404, 'Not found')
  }
}

function findAccount(world: World, key: string): Account | undefined {
  const publisher = world.publishers.find(({ options }) => options.apiKey === key)
  if (publisher !== undefined) return { role: 'publisher', publisher }
  const advertiser = world.advertisers.find(({ options }) => options.apiKey === key)
  return advertiser === undefined ? undefined : { role: 'advertiser', advertiser }
}

function stats(account: Account): Reply {
  const { impressions, clicks } = account.role === 'publisher' ? account.publisher : account.advertiser
  const money =
    account.role === 'publisher'
      ? `"earnings":${formatMoney(account.publisher.earnings)}`
      : `"spent":${formatMoney(account.advertiser.spent)}`
  const figures = `{"impressions":${impressions},"clicks":${clicks},${money}}`
  return jsonText(200, `{"success":true,"role":"${account.role}","stats":${figures}}`)
}

function campaign(world: World, account: Account, body: string): Reply {
  if (account.role !== 'advertiser') return fail(403, 'Advertiser account required')
  const wanted = readCampaign(body)
  if (wanted === undefined) return fail(400, 'name, budget and target_url are required')
  const created = createCampaign(world, account.advertiser, wanted)
  if (created === undefined) return fail(402, 'Insufficient balance')
  return json(200, { success: true, campaign_id: created.id })
}

function readCampaign(body: string): Parameters<typeof createCampaign>[2] | undefined {
  let value: unknown
  try {
    value = parseJsonExact(body)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { name, budget, target_url: targetUrl } = value as Readonly<Record<string, unknown>> // any object's fields
  if (typeof name !== 'string' || name.trim() === '') return undefined
  if (typeof targetUrl !== 'string' || !URL.canParse(targetUrl)) return undefined
  if (!isJsonNumber(budget)) return undefined
  const parsed = parseMoney(budget.source)
  return parsed.ok && parsed.units > 0n ? { name, budget: parsed.units, targetUrl } : undefined
}

function fail(httpStatus: number, error: string): Reply {
  return json(httpStatus, { success: false, error })
}
