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
  /** How many requests under the present key came to nothing known. */
  readonly unknowns: number
}

/**
 * Whether the next request keeps the key, so that one still under way and this one are one to the vendor. An error that
 * came as an answer is met once more under its key: a gateway may have given up on what still takes effect. The second
 * one is the vendor's own, or its replay, and only another key helps. An old key means nothing to a vendor.
 */
export function keepsKey({ sentAtMs, answered, unknowns }: KeyUse, nowMs: number): boolean {
  return sentAtMs === null || (nowMs - sentAtMs < SAME_KEY_MS && (!answered || unknowns < 2))
}
