/**
 * From landed Payelancer answers to observations. A statistics answer is a reading of lifetime counters, whole or not
 * at all: one unreadable field makes it 'bad', because half a reading compared with a whole one looks like a clawback.
 * Which field becomes what: MAPPING.md.
 */
import { parseJsonExact } from '../../domain/json.ts'
import { parseMoney, type Units } from '../../domain/money/money.ts'
import {
  badBody,
  errorTextOf,
  readJsonAnswer,
  type BadBody,
  type CallUse,
  type LandedAnswer,
  type StatusMeaning,
} from '../answer.ts'
import { firstIssue } from '../issues.ts'
import { refusedBy, writeFailure, type Asked, type WriteFailure } from '../write-failure.ts'
import { adFormatsSchema, campaignSchema, statsSchema } from './schema.ts'

type Role = 'publisher' | 'advertiser'

export interface CounterObservation {
  readonly kind: 'counter'
  readonly role: Role
  readonly impressions: bigint
  readonly clicks: bigint
  /** Which counter `amount` is: publishers earn, advertisers spend. */
  readonly measure: 'earnings' | 'spent'
  /** Lifetime total. The document names no currency: it is a setting of the source. */
  readonly amount: Units
  readonly amountText: string
  readonly decimals: number
  readonly rounded: boolean
}

export interface BadReading {
  readonly kind: 'bad'
  readonly reason: string
}

const MEASURES = new Map<string, { readonly role: Role; readonly measure: CounterObservation['measure'] }>([
  ['publisher', { role: 'publisher', measure: 'earnings' }],
  ['advertiser', { role: 'advertiser', measure: 'spent' }],
])

const MEANINGS: Readonly<Record<number, StatusMeaning>> = {
  400: { code: 'bad-request', says: 'refused the request as invalid' },
  401: {
    code: 'unauthorized',
    says: 'refused the API key; put the current key from the account into the configuration',
  },
  402: { code: 'insufficient-balance', says: 'has too little balance; top up the account' },
  404: { code: 'not-found', says: 'does not know this address; check the configured API address' },
  429: {
    code: 'rate-limited',
    says: 'refused the request because too many came in a short time',
    isPassing: true,
  },
}

export function observeStats(answer: LandedAnswer): CounterObservation | BadReading | BadBody {
  const read = readExact(answer)
  if (read.kind === 'bad-body') return read
  const fields = statsSchema.safeParse(read.value)
  if (!fields.success) return bad(`the statistics have an unexpected shape: ${firstIssue(fields.error)}`)
  if (!fields.data.success) return bad(`Payelancer says success: false${quotedError(read.value)}`)
  const roleText = fields.data.role?.trim().toLowerCase() ?? ''
  const known = MEASURES.get(roleText)
  if (known === undefined)
    return bad(
      roleText === '' ? 'the statistics name no role' : `the role "${roleText}" is neither publisher nor advertiser`,
    )
  const { role, measure } = known
  const stats = fields.data.stats ?? {}
  const impressions = countOf('impressions', stats.impressions)
  if (typeof impressions === 'string') return bad(impressions)
  const clicks = countOf('clicks', stats.clicks)
  if (typeof clicks === 'string') return bad(clicks)
  const amountText = stats[measure]?.trim() ?? ''
  if (amountText === '') return bad(`the ${role}'s statistics have no ${measure}`)
  const amount = parseMoney(amountText)
  if (!amount.ok) return bad(`${measure} cannot be read: ${amount.reason}`)
  if (amount.units < 0n) return bad(`${measure} is negative (${amountText})`)
  const { units, decimals, rounded } = amount
  return { kind: 'counter', role, impressions, clicks, measure, amount: units, amountText, decimals, rounded }
}

const ASKED: Asked = {
  vendor: 'Payelancer',
  thing: 'such a campaign',
  refuses: (status) => status >= 400 && status <= 499 && status !== 408,
}

export type CampaignObservation = { readonly kind: 'created'; readonly campaignId: string | null } | WriteFailure

/**
 * The document shows no answer to a created campaign, so only `success` is relied on: true, or false, or an error with a
 * 4xx. Any other answer leaves open whether it was created.
 */
export function observeCampaign(answer: LandedAnswer): CampaignObservation {
  const read = readExact(answer, 'write')
  if (read.kind === 'bad-body') {
    return writeFailure(read, answer, ASKED)
  }
  const fields = campaignSchema.safeParse(read.value)
  if (!fields.success) {
    const reason = `the campaign answer has an unexpected shape: ${firstIssue(fields.error)}`
    return { kind: 'unknown', code: 'unexpected-shape', reason }
  }
  if (!fields.data.success) {
    const reason = `Payelancer did not create the campaign${quotedError(read.value)}`
    return refusedBy(errorTextOf(read.value), 'vendor-error', reason, ASKED)
  }
  return { kind: 'created', campaignId: fields.data.campaign_id ?? fields.data.id ?? null }
}

interface AdFormat {
  readonly id: string
  readonly name: string
  readonly dimensions: string
}

export type AdFormatsObservation =
  { readonly kind: 'formats'; readonly rows: readonly AdFormat[] } | BadReading | BadBody

export function observeAdFormats(answer: LandedAnswer): AdFormatsObservation {
  const read = readExact(answer)
  if (read.kind === 'bad-body') return read
  const fields = adFormatsSchema.safeParse(read.value)
  if (!fields.success) return bad(`the ad formats have an unexpected shape: ${firstIssue(fields.error)}`)
  if (!fields.data.success) return bad(`Payelancer says success: false${quotedError(read.value)}`)
  const formats = fields.data.formats ?? []
  return {
    kind: 'formats',
    rows: formats.map(({ id, name, dimensions }) => ({ id, name: name ?? '', dimensions: dimensions ?? '' })),
  }
}

function readExact(
  answer: LandedAnswer,
  use: CallUse = 'read',
): { readonly kind: 'json'; readonly value: unknown } | BadBody {
  const read = readJsonAnswer('Payelancer', MEANINGS, answer, use)
  if (read.kind === 'bad-body') return read
  const value = parseJsonExact(read.text)
  const error = typeof value === 'object' && value !== null && !('success' in value) ? errorTextOf(value) : null
  if (error === null) return { kind: 'json', value }
  const keyRefused = /api key/i.test(error)
  return badBody(
    keyRefused ? 'unauthorized' : 'vendor-error',
    `Payelancer answered with an error: "${error}"${keyRefused ? '; put the current key into the configuration' : ''}.`,
  )
}

function bad(reason: string): BadReading {
  return { kind: 'bad', reason }
}

function quotedError(value: unknown): string {
  const text = errorTextOf(value)
  return text === null ? '' : `: "${text}"`
}

/** The count, or a sentence saying why there is none. */
function countOf(name: string, text: string | null | undefined): bigint | string {
  const trimmed = text?.trim() ?? ''
  if (trimmed === '') return `the statistics have no ${name}`
  return /^\d{1,18}$/.test(trimmed) ? BigInt(trimmed) : `${name} is not a count: "${trimmed}"`
}
