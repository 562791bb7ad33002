/**
 * From a landed service list to its rows. Rates are what order prices are checked against, so they are exact; whether a
 * rate is per 1,000 or per package the document does not say.
 */
import { parseJsonExact } from '../../domain/json.ts'
import { parseMoney, type Units } from '../../domain/money/money.ts'
import { excerptOf } from '../../domain/plain-text.ts'
import { badBody, type BadBody, type LandedAnswer } from '../answer.ts'
import { firstIssue } from '../issues.ts'
import { readPanelJson } from './answers.ts'
import { parseCount } from './fields.ts'
import { exact, plain, type ServiceFields } from './schema.ts'
import { isFields } from './status-map.ts'

export interface ServiceRow {
  readonly kind: 'service'
  readonly service: string
  readonly name: string
  readonly type: string
  /** Price of 1,000, or of one package; the panel document states neither unit nor currency. */
  readonly rate: Units
  readonly rateText: string
  readonly min: bigint | null
  readonly max: bigint | null
  readonly category: string
  readonly dripfeed: boolean | null
  readonly refill: boolean | null
  readonly cancel: boolean | null
}

/** `index` counts the vendor's list from 0. */
type ServiceObservation = ServiceRow | { readonly kind: 'bad'; readonly index: number; readonly reason: string }

export type ServicesObservation =
  | {
      readonly kind: 'services'
      readonly rows: readonly ServiceObservation[]
      /** Set when the panel says in words that it lists nothing: no services now, which is not the end of each. */
      readonly emptyText?: string
    }
  | BadBody

export function observeServices(answer: LandedAnswer): ServicesObservation {
  const read = readPanelJson(answer)
  if (read.kind === 'bad-body') return read
  const list: unknown = read.value
  const emptyText = emptyTextOf(list)
  if (emptyText !== null) return { kind: 'services', rows: [], emptyText }
  if (!Array.isArray(list))
    return badBody(
      'unexpected-shape',
      'The panel answered with JSON that is not a list of services; check the API address.',
    )
  let exactly: unknown = null
  const exactAt = (index: number): unknown => {
    exactly ??= parseJsonExact(read.text)
    return Array.isArray(exactly) ? exactly[index] : undefined
  }
  const seen = new Set<string>()
  const rows = list.map((value: unknown, index): ServiceObservation => {
    const quick = plain.service.safeParse(value)
    const fields = quick.success ? quick : exact.service.safeParse(exactAt(index))
    if (!fields.success)
      return {
        kind: 'bad',
        index,
        reason: `service ${index + 1} of the list has an unexpected shape: ${firstIssue(fields.error)}`,
      }
    return serviceRow(fields.data, index, seen)
  })
  return { kind: 'services', rows }
}

/** Seen: {"status":"success","data":"Empty Data"}. */
function emptyTextOf(value: unknown): string | null {
  if (!isFields(value) || value['status'] !== 'success') return null
  const text = value['data']
  return typeof text === 'string' && /\bempty\b/i.test(text) ? text.slice(0, 80) : null
}

function serviceRow(fields: ServiceFields, index: number, seen: Set<string>): ServiceObservation {
  const service = String(fields.service).trim()
  if (service === '') return { kind: 'bad', index, reason: `service ${index + 1} of the list has no id` }
  if (service.length > MOST_OF_AN_ID)
    return { kind: 'bad', index, reason: `service ${index + 1} of the list has an id of ${service.length} characters` }
  if (seen.has(service))
    return { kind: 'bad', index, reason: `service ${service} is listed more than once; the first is kept` }
  seen.add(service)
  const rateText = fields.rate?.trim() ?? ''
  const rate = parseMoney(rateText)
  if (!rate.ok) return { kind: 'bad', index, reason: `the rate of service ${service} cannot be read: ${rate.reason}` }
  return {
    kind: 'service',
    service,
    name: label(fields.name),
    type: label(fields.type),
    rate: rate.units,
    rateText,
    min: countOrNull(fields.min),
    max: countOrNull(fields.max),
    category: label(fields.category),
    dripfeed: flag(fields.dripfeed),
    refill: flag(fields.refill),
    cancel: flag(fields.cancel),
  }
}

/** Names are shown and compared; whatever follows tells nobody more. */
const MOST_OF_A_LABEL = 500
const MOST_OF_AN_ID = 64

function label(value: string | number | null | undefined): string {
  return value === null || value === undefined ? '' : excerptOf(String(value).trim(), MOST_OF_A_LABEL)
}

function countOrNull(value: string | number | null | undefined): bigint | null {
  const parsed = parseCount(value)
  return parsed === 'unreadable' ? null : parsed
}

/** Panels say true, 1, "1" or "true"; what they leave out is not known. */
function flag(value: boolean | string | number | null | undefined): boolean | null {
  if (value === null || value === undefined || value === '') return null
  return value === true || ['1', 'true'].includes(String(value).toLowerCase())
}
