/**
 * What can become of a journal on its way to an accounting system, and the rules that decide without asking anybody:
 * which key a request may carry, and what is due to be sent again.
 */

export const OUTBOX_STATES = {
  queued: 'waiting to be sent; nothing of it is in the target, or a person wants it looked for again',
  sending: 'a process is working on it now',
  unknown: 'sent, and nobody knows yet whether it arrived: it is looked up before anything else',
  held: 'the books of the target are closed for its day',
  refused: 'the target said no for good: a person has to look',
  delivered: 'the target gave it an id',
  verified: 'read back from the target, and equal line by line',
} as const
export type OutboxState = keyof typeof OUTBOX_STATES

/** Vendors take two requests for one by their key for at least six minutes; a minute is left for clocks and late answers. */
export const SAME_KEY_MS = 300_000
/** By then the vendor has forgotten the key, and whatever was sent last under it five minutes ago is not under way any more. */
export const NEW_KEY_MS = 600_000

/** `wait`: nothing may be sent, since the key is too old to be sure of and what it sent may still arrive. */
export type KeyChoice = 'same' | 'wait' | 'new'

/**
 * The key of the next request, by when the present one was sent first (null: it never was) and when the target was asked what
 * is there: what that answer does not hold yet may have come since, if the process stood still after it. No error takes a key away
 * early: a gateway may have given up, more than once, on what takes effect later, and only under one key are such requests
 * one to the vendor. Only its considered no, or an answer that rules an entry out, does: the row is not unknown then.
 */
export function keyChoice(
  sentAtMs: number | null,
  { lookedUpMs, nowMs }: { readonly lookedUpMs: number; readonly nowMs: number },
): KeyChoice {
  if (sentAtMs === null || nowMs - sentAtMs < SAME_KEY_MS) return 'same'
  return lookedUpMs - sentAtMs < NEW_KEY_MS ? 'wait' : 'new'
}
