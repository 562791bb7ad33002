/**
 * What an answer to `add` without an order id means for the order, as one table: refused for certain, or not known. A
 * provider's error (502), a web page or half an answer leaves it open whether the order was placed and charged.
 */
import type { FailureReason } from '../../http/outcome.ts'
import type { BadBodyCode } from '../../sources/answer.ts'

export interface AddFate {
  readonly state: 'refused' | 'unknown'
  /** Not known by the answer, but the panel had finished: a wallet that did not move proves that nothing was placed. */
  readonly isVoidWhenUnmoved: boolean
}

const REFUSED: AddFate = { state: 'refused', isVoidWhenUnmoved: false }
const OPEN: AddFate = { state: 'unknown', isVoidWhenUnmoved: false }
const OPEN_UNTIL_WALLET: AddFate = { state: 'unknown', isVoidWhenUnmoved: true }

const FATES: Readonly<Record<BadBodyCode, AddFate>> = {
  'bad-request': REFUSED,
  unauthorized: REFUSED,
  'insufficient-balance': REFUSED,
  'not-found': REFUSED,
  'rate-limited': REFUSED,
  'vendor-error': REFUSED,
  forbidden: OPEN_UNTIL_WALLET,
  upstream: OPEN_UNTIL_WALLET,
  unavailable: OPEN_UNTIL_WALLET,
  'http-status': OPEN_UNTIL_WALLET,
  html: OPEN_UNTIL_WALLET,
  // It answered, but what it said is lost: it may have been an order id.
  'not-json': OPEN,
  'unexpected-shape': OPEN,
}

export function addFate(code: BadBodyCode): AddFate {
  return FATES[code]
}

/** `outcome` as it is kept with the order: a code of the table, or that of a failure without an answer. */
export function isVoidWhenUnmoved(outcome: string): boolean {
  return Object.entries(FATES).some(([code, fate]) => code === outcome && fate.isVoidWhenUnmoved)
}

/** Why a send brought no answer, without the advice to try again that fits a reading call. */
const NO_ANSWER: Readonly<Record<FailureReason, string>> = {
  connect: 'no connection could be made, so nothing was sent',
  timeout: 'it was sent, and no answer came in time',
  reset: 'it was sent, and the connection broke before an answer was complete',
  'body-too-large': 'it was sent, and the answer was larger than any of a panel should be',
  aborted: 'the program was stopped while it was being sent',
  'bad-url': 'the configured address is not a web address, so nothing was sent',
  protocol: 'it was sent, and what came back is not HTTP',
}

export function noAnswer(reason: string, message: string): string {
  return Object.entries(NO_ANSWER).find(([name]) => name === reason)?.[1] ?? message
}
