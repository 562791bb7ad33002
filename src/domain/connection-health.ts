/** Whether a target can still be reached with the consent it has, and for how long. Times are UTC milliseconds. */

export interface ConnectionFacts {
  readonly target: string
  /** "quickbooks" or "xero". */
  readonly type: string
  readonly company: string
  readonly status: 'connected' | 'broken' | 'disconnected'
  /** Why the last renewal brought no token; null after one that did. */
  readonly trouble: string | null
  /** When consent ends unless it is used before; null when it does not, or is not known. */
  readonly refreshExpiresAtMs: number | null
  /** When consent ends whatever is done. */
  readonly hardExpiresAtMs: number | null
}

export type ConnectionHealth =
  | { readonly state: 'good' }
  | { readonly state: 'ends-soon'; readonly endsAtMs: number; readonly isHard: boolean }
  | { readonly state: 'lost'; readonly why: string }
  /** A person ended it. */
  | { readonly state: 'off' }

/** Consent that ends within this is worth a word: the default of the alert's rule too. */
export const ENDS_SOON_DAYS = 14
const DAY_MS = 86_400_000

export function connectionHealth(facts: ConnectionFacts, nowMs: number, soonDays = ENDS_SOON_DAYS): ConnectionHealth {
  const { status, trouble, refreshExpiresAtMs, hardExpiresAtMs } = facts
  if (status === 'disconnected') return { state: 'off' }
  if (status === 'broken') return { state: 'lost', why: trouble ?? 'The vendor no longer accepts this connection.' }
  const ends = [refreshExpiresAtMs, hardExpiresAtMs].filter((ms) => ms !== null)
  if (ends.length === 0) return { state: 'good' }
  const endsAtMs = Math.min(...ends)
  if (endsAtMs <= nowMs) {
    return { state: 'lost', why: `Its consent ended on ${new Date(endsAtMs).toISOString().slice(0, 10)}.` }
  }
  const isHard = endsAtMs === hardExpiresAtMs
  return endsAtMs - nowMs <= soonDays * DAY_MS ? { state: 'ends-soon', endsAtMs, isHard } : { state: 'good' }
}
