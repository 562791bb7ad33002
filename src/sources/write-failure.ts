/**
 * What an answer to a write that brought no result means: refused for certain, or not known. Only an error in the vendor's
 * own JSON refuses. A 5xx, a web page, half an answer or none may be a proxy's, which gave up while the vendor goes on.
 */
import { bodyText, errorTextOf, type BadBody, type BadBodyCode, type LandedAnswer } from './answer.ts'

export interface WriteFailure {
  readonly kind: 'refused' | 'unknown'
  readonly code: BadBodyCode
  readonly reason: string
}

/** `refuses` says of an HTTP status whether the vendor refuses by it when the body is its own JSON error. */
export function writeFailure(
  { code, reason }: BadBody,
  { httpStatus, body }: LandedAnswer,
  refuses: (httpStatus: number) => boolean,
): WriteFailure {
  return { kind: refuses(httpStatus) && isOwnError(bodyText(body), code) ? 'refused' : 'unknown', code, reason }
}

/** A bare text counts when its words are a known error: any other may be anything, an order id too. */
function isOwnError(text: string, code: BadBodyCode): boolean {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return false
  }
  return typeof value === 'string' ? code !== 'vendor-error' : errorTextOf(value) !== null
}
