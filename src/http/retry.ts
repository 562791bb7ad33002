/**
 * One readable decision whether to send a request again. Only idempotent requests are ever repeated; a write without an
 * idempotency key is sent once, because after a timeout nobody knows whether it took effect.
 * Waiting: what Retry-After says, else exponential backoff with full jitter, both capped.
 */
import type { FailureReason } from './outcome.ts'

export interface RetryPolicy {
  /** Sends in all, the first included. */
  readonly attempts: number
  readonly baseDelayMs: number
  readonly maxDelayMs: number
}

/** What one send came to, without its body. */
export type SendResult =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfter: string | null }
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
  const because = result.kind === 'answer' ? RETRIED_STATUSES[result.status] : RETRIED_FAILURES[result.reason]
  if (because === undefined || because === null || !context.idempotent) return { kind: 'done' }
  if (context.attempt >= policy.attempts) return { kind: 'done' }
  const asked = result.kind === 'answer' ? retryAfterMs(result.retryAfter, context.nowMs) : null
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (context.attempt - 1))
  const delayMs = asked === null ? Math.floor(context.random * ceiling) : Math.min(asked, policy.maxDelayMs)
  return { kind: 'retry', delayMs, because }
}

/** Retry-After as seconds or an HTTP date, in milliseconds from now; null when absent or unreadable. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000
  const at = /[a-z]{3}/i.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs)
}
