/**
 * What an answer to a write that brought no result means: refused for certain, or not known. Only an error in the vendor's
 * own JSON refuses. A 5xx, a web page, half an answer or none may be a proxy's, which gave up while the vendor goes on.
 */
import { ReadError } from '../domain/errors.ts'
import { errorTextOf, jsonOf, type BadBody, type BadBodyCode, type LandedAnswer } from './answer.ts'

export interface WriteFailure {
  readonly kind: 'refused' | 'unknown'
  readonly code: BadBodyCode
  readonly reason: string
}

/** `refuses` says of an HTTP status whether the vendor refuses by it when the body is its own JSON error. */
export function writeFailure(
  { code, reason }: BadBody,
  answer: LandedAnswer,
  refuses: (httpStatus: number) => boolean,
): WriteFailure {
  return { kind: refuses(answer.httpStatus) && isOwnError(answer, code) ? 'refused' : 'unknown', code, reason }
}

/** A bare text counts when its words are a known error: any other may be anything, an order id too. */
function isOwnError(answer: LandedAnswer, code: BadBodyCode): boolean {
  let value: unknown
  try {
    value = jsonOf(answer).value
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    return false
  }
  return typeof value === 'string' ? code !== 'vendor-error' : errorTextOf(value) !== null
}
