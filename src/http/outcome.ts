/**
 * What came of a request. Nothing here throws: an answer of any status is an answer, and a failure says whether the
 * other side may have acted on it, since a paid order sent twice is money lost.
 */
import type { FailureReason } from '../machine/transport.ts'

interface HttpAnswer {
  readonly kind: 'answer'
  readonly status: number
  /** The content-type header in lower case; '' when there was none. */
  readonly contentType: string
  /** The bytes as received, with known secrets blanked out. */
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
  /** UTC milliseconds at which it was sent for the last time: what it says may be as old as that. */
  readonly sentAtMs: number
  /** UTC milliseconds at which the last byte had arrived. */
  readonly fetchedAtMs: number
  /** How many times it was sent, retries included. */
  readonly attempts: number
}

export interface HttpFailure {
  readonly kind: 'failed'
  readonly reason: FailureReason
  /** True when a write reached, or may have reached, the other side. Always false for idempotent requests. */
  readonly mayHaveTakenEffect: boolean
  /** A sentence: what happened, to what, and what to do. Holds no secret. */
  readonly message: string
  readonly attempts: number
}

export type HttpOutcome = HttpAnswer | HttpFailure
