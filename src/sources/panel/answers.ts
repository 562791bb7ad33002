/**
 * What the panel's HTTP statuses and error texts mean, as tables. A panel reports an error with a status, with
 * {"error": …} under status 200, or with both; each ends here with one code and one sentence.
 */
import {
  badBody,
  errorTextOf,
  readJsonAnswer,
  type BadBody,
  type BadBodyCode,
  type CallUse,
  type JsonAnswer,
  type LandedAnswer,
  type StatusMeaning,
} from '../answer.ts'

const MEANINGS: Readonly<Record<number, StatusMeaning>> = {
  400: {
    code: 'bad-request',
    says: 'refused the request as invalid; it may lack a field, or this panel does not have the action',
  },
  401: {
    code: 'unauthorized',
    says: "refused the API key; put the current key from the panel's account page into the configuration",
  },
  402: {
    code: 'insufficient-balance',
    says: 'has too little balance for the order; top up the wallet, then order again',
  },
  404: { code: 'not-found', says: 'does not know the order or service, or the API address is wrong' },
  429: {
    code: 'rate-limited',
    says: 'refused the request because its limit of requests a minute was exceeded; lower the configured rate',
  },
  502: { code: 'upstream', says: 'passed on an error of its own provider', isPassing: true },
}

/** Error texts seen under status 200, by what they mean. First match wins. */
const ERROR_TEXTS: readonly (readonly [RegExp, BadBodyCode])[] = [
  [/(?:invalid|incorrect|wrong|missing) (?:api )?key|unauthori[sz]ed/i, 'unauthorized'],
  [/not[ _]enough[ _]funds|insufficient|low balance/i, 'insufficient-balance'],
  [/rate limit|too many requests/i, 'rate-limited'],
  [/(?:incorrect|invalid|unknown)[ ._](?:order|service|refill)|order not found/i, 'not-found'],
  [/(?:incorrect|invalid|unknown) (?:action|request)/i, 'bad-request'],
]

const UNKNOWN_ORDER =
  /(?:incorrect|invalid|unknown|wrong)[ ._]order|order(?: id)? (?:is )?(?:not found|incorrect|invalid)/i

/** JSON that is not an error as a whole. `{"error"}` counts as one only when it is the sole key: in a batch an error is data. */
export function readPanelJson(answer: LandedAnswer, use: CallUse = 'read'): JsonAnswer | BadBody {
  const read = readJsonAnswer('The panel', MEANINGS, answer, use)
  if (read.kind === 'bad-body') return read
  const error = soleErrorOf(read.value)
  if (error === null) return read
  const code = ERROR_TEXTS.find(([pattern]) => pattern.test(error))?.[1] ?? 'vendor-error'
  const meaning = Object.values(MEANINGS).find((entry) => entry.code === code)
  const says = meaning?.says ?? 'answered with an error of its own; look it up with the panel'
  return badBody(code, `The panel ${says} ("${error}").`)
}

/** The error text when an answer of any status speaks of an order the panel does not know; null otherwise. */
export function unknownOrderText(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : errorTextOf(value)
  return text !== null && UNKNOWN_ORDER.test(text) ? text : null
}

function soleErrorOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim().slice(0, 200)
  if (typeof value !== 'object' || value === null) return null
  const keys = Object.keys(value)
  return keys.length === 1 && keys[0] === 'error' ? (errorTextOf(value) ?? 'an error without a text') : null
}
