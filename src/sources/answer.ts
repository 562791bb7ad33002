/**
 * From a landed HTTP answer to JSON, or to one sentence saying why there is none and what to do. Judged by the bytes:
 * vendors send HTML with status 200, JSON labelled as HTML, and half an answer when their worker dies.
 */

import { jsonTooLong, readJson, withoutZeros, type ReadJson } from '../domain/json.ts'
import { ReadError } from '../domain/errors.ts'
import { excerptOf } from '../domain/plain-text.ts'
import { READ_LIMITS, type ReadLimits } from '../domain/read-limits.ts'

/** What the landing keeps of an answer. */
export interface LandedAnswer {
  readonly httpStatus: number
  readonly contentType: string
  readonly body: Buffer
  /** In force when it was landed: null before there were any, and those of this program where they are left out. */
  readonly limits?: ReadLimits | null
}

export type BadBodyCode =
  | 'bad-request'
  | 'unauthorized'
  | 'insufficient-balance'
  | 'forbidden'
  | 'not-found'
  | 'rate-limited'
  | 'upstream'
  | 'unavailable'
  | 'http-status'
  | 'html'
  | 'not-json'
  | 'vendor-error'
  | 'unexpected-shape'

/** The whole answer is unusable. Nothing is observed and nothing already known is overruled. */
export interface BadBody {
  readonly kind: 'bad-body'
  readonly code: BadBodyCode
  readonly reason: string
}

export interface StatusMeaning {
  readonly code: BadBodyCode
  /** Follows "<vendor> ": what it did and what to do next. */
  readonly says: string
  /** Over by itself, so a reading call says that it is repeated. A write never is. */
  readonly isPassing?: true
}

/** What was asked for: something to read, or something to be done. */
export type CallUse = 'read' | 'write'

export type JsonAnswer = ReadJson & { readonly kind: 'json' }

/** The vendor's JSON when the status is 2xx. Any other status is a bad body explained by `meanings`. */
export function readJsonAnswer(
  vendor: string,
  meanings: Readonly<Record<number, StatusMeaning>>,
  answer: LandedAnswer,
  use: CallUse = 'read',
): JsonAnswer | BadBody {
  const parsed = parseBody(vendor, answer, use)
  if (answer.httpStatus >= 200 && answer.httpStatus <= 299) return parsed
  const meaning = meanings[answer.httpStatus] ?? generalMeaning(answer.httpStatus)
  const detail = parsed.kind === 'json' ? errorTextOf(parsed.value) : null
  return badBody(
    meaning.code,
    `${vendor} ${meaning.says}${meaning.isPassing ? againSuffix(use) : ''} (HTTP ${answer.httpStatus}${detail === null ? '' : `: "${detail}"`}).`,
  )
}

export function badBody(code: BadBodyCode, reason: string): BadBody {
  return { kind: 'bad-body', code, reason }
}

/** The text of an `error`, `message` or `msg` field, cut to what fits a sentence; null when there is none. */
export function errorTextOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  for (const key of ['error', 'message', 'msg']) {
    const text: unknown = Reflect.get(value, key)
    if (typeof text === 'string' && text.trim() !== '') return excerptOf(text.trim(), 200)
  }
  return null
}

/** The JSON of an answer, whatever its status. Throws ReadError when it is none or beyond its limits. */
export function jsonOf({ body, limits = READ_LIMITS }: LandedAnswer): ReadJson {
  if (limits !== null && body.length > limits.bytes) throw jsonTooLong(limits)
  return readJson(withoutZeros(bodyText(body)), limits)
}

function bodyText(body: Buffer): string {
  const text = body.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function parseBody(vendor: string, answer: LandedAnswer, use: CallUse): JsonAnswer | BadBody {
  const start = bodyText(answer.body.subarray(0, START_BYTES)).trimStart()
  if (start.startsWith('<')) {
    return badBody(
      'html',
      `${vendor} answered with a web page, not data; check the API address, and whether a firewall or a maintenance page is in the way.`,
    )
  }
  try {
    return { kind: 'json', ...jsonOf(answer) }
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    if (error.code === 'NOT_JSON') {
      const what = start === '' ? 'an empty answer' : 'an answer that is not complete JSON'
      return badBody(
        'not-json',
        `${vendor} gave ${what} (${bodyText(answer.body).length} characters)${againSuffix(use)}.`,
      )
    }
    return badBody('unexpected-shape', `${vendor} gave an answer that ${error.message}${againSuffix(use)}.`)
  }
}

/** Blanks before a web page are few. */
const START_BYTES = 4096

function againSuffix(use: CallUse): string {
  return use === 'read' ? '; it is read again on the next run' : ''
}

function generalMeaning(status: number): StatusMeaning {
  if (status >= 300 && status <= 399)
    return { code: 'http-status', says: 'sent us to another address; put the final API address into the configuration' }
  if (status === 403)
    return { code: 'forbidden', says: 'or a firewall in front of it refused us; ask the vendor to allow this machine' }
  if (status >= 500) return { code: 'unavailable', says: 'failed on its side', isPassing: true }
  return { code: 'http-status', says: 'refused the request in an undocumented way; look at the landed answer' }
}
