/**
 * What an answer to a write that brought no result means: refused for certain, or not known. Only an error in the vendor's
 * own JSON refuses. A 5xx, a web page, half an answer or none may be a proxy's, which gave up while the vendor goes on. An
 * error by which the same is there already refuses nothing either: a proxy may have sent the request twice.
 */
import { ReadError } from '../domain/errors.ts'
import { errorTextOf, jsonOf, type BadBody, type BadBodyCode, type LandedAnswer } from './answer.ts'

/** The vendor says that the same is there: what was sent, or something from before. */
export const ALREADY_THERE = 'already-there'

export interface WriteFailure {
  readonly kind: 'refused' | 'unknown'
  readonly code: BadBodyCode | typeof ALREADY_THERE
  readonly reason: string
}

/** The vendor and what was asked of it, as a sentence names them: "The panel", "an order with this link". */
export interface Asked {
  readonly vendor: string
  readonly thing: string
  /** Whether the vendor refuses by an HTTP status when the body is its own JSON error. */
  readonly refuses: (httpStatus: number) => boolean
}

/**
 * "neworder.error.link_duplicate", "You have active order with this link. Please wait until order being completed.",
 * "Campaign already exists".
 */
const THERE = /duplicat|already|active order|until (the |your )?(last |previous )?order|same link/i

export function writeFailure({ code, reason }: BadBody, answer: LandedAnswer, asked: Asked): WriteFailure {
  const text = ownErrorOf(answer, code)
  if (text === null || !asked.refuses(answer.httpStatus)) return { kind: 'unknown', code, reason }
  return refusedBy(text, code, reason, asked)
}

/** A refusal in the vendor's own words: to a second copy of a request it would say that the first one is there. */
export function refusedBy(
  text: string | null,
  code: BadBodyCode,
  reason: string,
  { vendor, thing }: Pick<Asked, 'vendor' | 'thing'>,
): WriteFailure {
  if (text === null || !THERE.test(text)) return { kind: 'refused', code, reason }
  const either = 'one from before, or this one, if the request came to it twice'
  return {
    kind: 'unknown',
    code: ALREADY_THERE,
    reason: `${vendor} says that it has ${thing} ("${text}"): ${either}.`,
  }
}

/** Null when it is none. A bare text counts when its words are a known error: any other may be anything, an order id too. */
function ownErrorOf(answer: LandedAnswer, code: BadBodyCode): string | null {
  let value: unknown
  try {
    value = jsonOf(answer).value
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    return null
  }
  if (typeof value !== 'string') return errorTextOf(value)
  return code === 'vendor-error' ? null : value
}
