/**
 * What can become of a journal on its way to an accounting system, and the rules that decide without asking anybody:
 * which key a request may carry, and what is due to be sent again.
 */

export const OUTBOX_STATES = {
  queued: 'waiting to be sent; nothing of it is in the target',
  sending: 'a process is working on it now',
  unknown: 'sent, and nobody knows yet whether it arrived: it is looked up before anything else',
  held: 'the books of the target are closed for its day',
  refused: 'the target said no for good: a person has to look',
  delivered: 'the target gave it an id',
  verified: 'read back from the target, and equal line by line',
} as const
export type OutboxState = keyof typeof OUTBOX_STATES

/** Vendors replay a key for at least six minutes; a minute is left for clocks that differ and answers that are late. */
export const SAME_KEY_MS = 300_000

export interface KeyUse {
  /** When the present key was sent first; null when it never was. */
  readonly sentAtMs: number | null
  /** Whether what was sent last got an HTTP answer. */
  readonly answered: boolean
}

/**
 * Whether the next request keeps the key. After no answer it does, so that a request still under way and this one are one
 * to the vendor; after an answer it must not, because vendors replay errors too; and an old key means nothing to them.
 */
export function keepsKey({ sentAtMs, answered }: KeyUse, nowMs: number): boolean {
  return sentAtMs === null || (!answered && nowMs - sentAtMs < SAME_KEY_MS)
}
