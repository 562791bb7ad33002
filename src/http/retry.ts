/**
 * One readable decision whether to send a request again. Only idempotent requests are ever repeated; a write without an
 * idempotency key is sent once, because after a timeout nobody knows whether it took effect.
 * Waiting: what Retry-After says; after a limit without one, until the next minute has begun; else exponential backoff
 * with full jitter. What cannot be waited for within the bounds is not asked again too early: it is not asked again at all.
 */
import type { FailureReason } from '../machine/transport.ts'

export interface RetryPolicy {
  /** Sends in all, the first included. */
  readonly attempts: number
  readonly baseDelayMs: number
  /** Of a backoff, and of what Retry-After asks for where `limits` is left out. */
  readonly maxDelayMs: number
  /** Where waiting for a vendor's limit is worth while, as in a night. */
  readonly limits?: WaitLimits
}

export interface WaitLimits {
  /** After HTTP 429 without Retry-After: longer than the minute the limit counts. */
  readonly windowMs: number
  /** After a body that is no answer. */
  readonly noAnswerMs: number
  /** All the waiting of the client, however many requests wait at once. */
  readonly totalMs: number
}

/** What one send came to, without its body. */
export type SendResult =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly retryAfter: string | null
      /** What whoever asked makes of the body; an answer when nobody looked. */
      readonly verdict?: 'answer' | 'again' | 'limited'
    }
  | { readonly kind: 'failed'; readonly reason: FailureReason }

export type RetryDecision =
  { readonly kind: 'done' } | { readonly kind: 'retry'; readonly delayMs: number; readonly because: string }

interface RetryContext {
  readonly idempotent: boolean
  /** 1 after the first send. */
  readonly attempt: number
  readonly nowMs: number
  /** From 0 up to but not including 1. */
  readonly random: number
  /** What is left of `limits.totalMs`. */
  readonly waitableMs?: number
}

/** Statuses worth another try. Every other status is the other side's considered answer. */
const RETRIED_STATUSES: Readonly<Record<number, string>> = {
  429: 'the rate limit was exceeded',
  502: 'the gateway had no answer from upstream',
  503: 'the service was unavailable',
  504: 'the gateway timed out',
}

/** Failures worth another try. A body over the limit or a bad URL stays so. */
const RETRIED_FAILURES: Readonly<Record<FailureReason, string | null>> = {
  connect: 'no connection could be made',
  timeout: 'no answer came in time',
  reset: 'the connection broke',
  'body-too-large': null,
  aborted: null,
  'bad-url': null,
  protocol: null,
}

export function decideRetry(result: SendResult, policy: RetryPolicy, context: RetryContext): RetryDecision {
  const because = result.kind === 'answer' ? reasonToAskAgain(result) : RETRIED_FAILURES[result.reason]
  if (because === undefined || because === null || !context.idempotent) return { kind: 'done' }
  if (context.attempt >= policy.attempts) return { kind: 'done' }
  const delayMs = delayOf(result, policy, context)
  return delayMs > (context.waitableMs ?? Number.POSITIVE_INFINITY)
    ? { kind: 'done' }
    : { kind: 'retry', delayMs, because }
}

type AnswerResult = Extract<SendResult, { readonly kind: 'answer' }>

function reasonToAskAgain({ status, verdict = 'answer' }: AnswerResult): string | undefined {
  const because = RETRIED_STATUSES[status]
  if (because !== undefined || verdict === 'answer') return because
  return verdict === 'limited' ? RETRIED_STATUSES[429] : 'what came was no answer'
}

function delayOf(result: SendResult, policy: RetryPolicy, { attempt, nowMs, random }: RetryContext): number {
  const asked = result.kind === 'answer' ? retryAfterMs(result.retryAfter, nowMs) : null
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1))
  const { limits } = policy
  if (limits === undefined) return asked === null ? Math.floor(random * ceiling) : Math.min(asked, policy.maxDelayMs)
  // A limit that was met again had a Retry-After that was too short for the minute it counts.
  const isMetAgain = result.kind === 'answer' && result.status === 429 && attempt > 1
  if (asked !== null) return isMetAgain ? Math.max(asked, limits.windowMs) : asked
  if (result.kind === 'answer') {
    if (result.status === 429 || result.verdict === 'limited') return limits.windowMs
    if (result.verdict === 'again') return limits.noAnswerMs
  }
  return Math.floor(random * ceiling)
}

/** Retry-After as seconds or an HTTP date, in milliseconds from now; null when absent or unreadable. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000
  const at = /[a-z]{3}/i.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs)
}
