/**
 * Whether an answer to a reading call is one, or a failure that passes and is worth asking about again the same night. It is
 * told by what the answer is: a web page, half an answer, an error without data. What the vendor has considered stays
 * final, a refused key above all: asking again would only get the key blocked.
 */
import { ReadError } from '../domain/errors.ts'
import type { BadBodyCode, LandedAnswer } from './answer.ts'
import { errorTextOf, jsonOf } from './answer.ts'
import { observeBalance } from './panel/observe-account.ts'
import { observeStats } from './payelancer/observe.ts'

/** `limited`: too many requests in a minute, said in a body; the next minute may be asked. */
export type AnswerVerdict = 'answer' | 'again' | 'limited'

const VERDICTS: Readonly<Record<BadBodyCode, AnswerVerdict | 'by-text'>> = {
  html: 'again',
  'not-json': 'again',
  upstream: 'again',
  unavailable: 'again',
  'rate-limited': 'limited',
  'vendor-error': 'by-text',
  'unexpected-shape': 'answer',
  'bad-request': 'answer',
  unauthorized: 'answer',
  'insufficient-balance': 'answer',
  forbidden: 'answer',
  'not-found': 'answer',
  'http-status': 'answer',
}

/** Errors about who asks, or what for: the next try would get the same. */
const CONSIDERED =
  /\b(?:api|key|token|auth\w*|unauth\w*|account|user|permission|denied|forbidden|disabled|inactive|suspended|banned|blocked|invalid|incorrect|wrong|unknown|missing)\b/i
const LIMITED = /rate limit|too many requests|slow down/i

/** Of an answer to `balance`. */
export function balanceVerdict(answer: LandedAnswer): AnswerVerdict {
  return verdictOf(answer, observeBalance)
}

/** Of an answer to `stats`. */
export function statsVerdict(answer: LandedAnswer): AnswerVerdict {
  return verdictOf(answer, observeStats)
}

type Observed = { readonly kind: string; readonly code?: BadBodyCode }

function verdictOf(answer: LandedAnswer, observe: (answer: LandedAnswer) => Observed): AnswerVerdict {
  const isFine = answer.httpStatus >= 200 && answer.httpStatus <= 299
  if (isFine && !isReadable(answer)) return 'again'
  const observed = tryObserve(answer, observe)
  if (observed === null) return 'answer'
  if (observed.kind === 'bad-body' && observed.code !== undefined) {
    const verdict = VERDICTS[observed.code]
    return verdict === 'by-text' ? textVerdict(answer) : verdict
  }
  return observed.kind === 'bad' ? textVerdict(answer) : 'answer'
}

/** Half of one, one without bounds, or one that says a key twice is no answer, as a proxy or a worker that died makes them. */
function isReadable(answer: LandedAnswer): boolean {
  try {
    jsonOf(answer)
    return true
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    return false
  }
}

/** Null for what no reader gets through: it is landed as it is, and processing says what is wrong with it. */
function tryObserve(answer: LandedAnswer, observe: (answer: LandedAnswer) => Observed): Observed | null {
  try {
    return observe(answer)
  } catch {
    return null
  }
}

/** Of an answer without data: an error that is not about who asks passes; no error at all is the vendor's answer. */
function textVerdict(answer: LandedAnswer): AnswerVerdict {
  const { value } = jsonOf(answer)
  const text = typeof value === 'string' ? value : errorTextOf(value)
  const failed = typeof value === 'object' && value !== null && Reflect.get(value, 'success') === false
  if (text === null) return failed ? 'again' : 'answer'
  if (LIMITED.test(text)) return 'limited'
  return CONSIDERED.test(text) ? 'answer' : 'again'
}
