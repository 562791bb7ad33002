/** One outcome per order of a cancel or refill request, whatever came back: an answer, an error, or nothing at all. */
import type { HttpOutcome } from '../../http/outcome.ts'
import type { BadBody, BadBodyCode, LandedAnswer } from '../answer.ts'
import { observeCancel, observeRefill } from './observe-writes.ts'

export interface RequestedOrder {
  readonly orderId: string
  /** 'unanswered': the panel may have taken the request; its next status tells. */
  readonly result: 'requested' | 'refused' | 'missing' | 'unanswered'
  /** The panel's own words, the refill's id, or what went wrong. */
  readonly says: string
}

/** What came of a send: the panel's answer, or the sentence of a failure. */
export type Sent =
  | { readonly kind: 'answer'; readonly answer: LandedAnswer }
  | { readonly kind: 'failed'; readonly message: string; readonly mayHaveTakenEffect: boolean }

export function sentOf(outcome: HttpOutcome): Sent {
  if (outcome.kind === 'failed') return outcome
  const { status: httpStatus, contentType, body } = outcome
  return { kind: 'answer', answer: { httpStatus, contentType, body } }
}

/** A refill call is about one order. */
export function requestResults(
  action: 'cancel' | 'refill',
  ids: readonly string[],
  sent: Sent,
): readonly RequestedOrder[] {
  if (sent.kind === 'failed') {
    const result = sent.mayHaveTakenEffect ? 'unanswered' : 'refused'
    return ids.map((orderId) => ({ orderId, result, says: sent.message }))
  }
  return action === 'cancel' ? cancelResults(ids, sent.answer) : refillResults(ids, sent.answer)
}

function cancelResults(ids: readonly string[], answer: LandedAnswer): readonly RequestedOrder[] {
  const observed = observeCancel(ids, answer)
  if (observed.kind === 'bad-body') return unread(ids, observed)
  return observed.rows.map((row) => {
    switch (row.kind) {
      case 'requested':
        return { orderId: row.orderId, result: 'requested', says: 'the panel took the request' }
      case 'refused':
        return { orderId: row.orderId, result: 'refused', says: row.text }
      case 'missing':
        return { orderId: row.orderId, result: 'missing', says: 'the answer left this order out' }
    }
  })
}

function refillResults(ids: readonly string[], answer: LandedAnswer): readonly RequestedOrder[] {
  const observed = observeRefill('refill', answer)
  if (observed.kind === 'bad-body') return unread(ids, observed)
  return ids.map((orderId) => ({ orderId, result: 'requested', says: `refill ${observed.text}` }))
}

/** After these the panel has certainly done nothing; after any other unreadable answer it may have. */
const REFUSALS: ReadonlySet<BadBodyCode> = new Set([
  'bad-request',
  'unauthorized',
  'insufficient-balance',
  'not-found',
  'rate-limited',
  'vendor-error',
])

function unread(ids: readonly string[], { code, reason }: BadBody): readonly RequestedOrder[] {
  const result = REFUSALS.has(code) ? 'refused' : 'unanswered'
  return ids.map((orderId) => ({ orderId, result, says: reason }))
}
