/** Whether a target can still be reached with the consent it has, and for how long. Times are UTC milliseconds. */

export interface ConnectionFacts {
  readonly target: string
  /** "quickbooks" or "xero". */
  readonly type: string
  readonly company: string
  readonly status: 'connected' | 'broken' | 'disconnected'
  /** Why the last renewal brought no token; null after one that did. */
  readonly trouble: string | null
  /** When that was; null without trouble. */
  readonly troubleAtMs: number | null
  /** When the vendor last gave a token. */
  readonly lastGoodMs: number
  /** When consent ends unless it is used before; null when it does not, or is not known. */
  readonly refreshExpiresAtMs: number | null
  /** When consent ends whatever is done. */
  readonly hardExpiresAtMs: number | null
}

export type ConnectionHealth =
  | { readonly state: 'good' }
  | { readonly state: 'ends-soon'; readonly endsAtMs: number; readonly isHard: boolean }
  | { readonly state: 'lost'; readonly why: string }
  /** Not refused, but no token has come for a day and a half: a wrong client secret, or a vendor that is down. */
  | { readonly state: 'failing'; readonly sinceMs: number; readonly why: string }
  /** A person ended it. */
  | { readonly state: 'off' }

/** Consent that ends within this is worth a word: the default of the alert's rule too. */
export const ENDS_SOON_DAYS = 14
const DAY_MS = 86_400_000
/** One night whose renewal failed is not worth a word, the second is. */
const FAILING_MS = 1.5 * DAY_MS

export function connectionHealth(facts: ConnectionFacts, nowMs: number, soonDays = ENDS_SOON_DAYS): ConnectionHealth {
  const { status, trouble } = facts
  if (status === 'disconnected') return { state: 'off' }
  if (status === 'broken') return { state: 'lost', why: trouble ?? 'The vendor no longer accepts this connection.' }
  const ended = endOf(facts, nowMs, soonDays)
  if (ended?.state === 'lost') return ended
  const { troubleAtMs, lastGoodMs } = facts
  if (trouble !== null && troubleAtMs !== null && troubleAtMs - lastGoodMs > FAILING_MS) {
    return { state: 'failing', sinceMs: lastGoodMs, why: trouble }
  }
  return ended ?? { state: 'good' }
}

/** Null when consent lasts. */
function endOf(
  { refreshExpiresAtMs, hardExpiresAtMs }: ConnectionFacts,
  nowMs: number,
  soonDays: number,
): ConnectionHealth | null {
  const ends = [refreshExpiresAtMs, hardExpiresAtMs].filter((ms) => ms !== null)
  if (ends.length === 0) return null
  const endsAtMs = Math.min(...ends)
  if (endsAtMs <= nowMs) {
    return { state: 'lost', why: `Its consent ended on ${new Date(endsAtMs).toISOString().slice(0, 10)}.` }
  }
  const isHard = endsAtMs === hardExpiresAtMs
  return endsAtMs - nowMs <= soonDays * DAY_MS ? { state: 'ends-soon', endsAtMs, isHard } : null
}
