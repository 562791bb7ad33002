/**
 * From what is wrong now and what was wrong before to what has to be said. An alert is said once when it opens, again
 * when it gets worse or has gone on for long enough, and once when it is over; looking often says nothing more.
 */
import type { Alert, AlertEvent, AlertSeverity } from './alert.ts'

/** An alert as it was left by the last look. */
export interface KnownAlert {
  readonly rule: string
  readonly object: string
  readonly status: 'open' | 'resolved'
  readonly severity: AlertSeverity
  readonly title: string
  readonly detail: string
  readonly firstSeenMs: number
  readonly lastSaidMs: number
  readonly lastSeenMs: number
  /** Looks that were kept: at most one in ten minutes, and every one that had something to say. */
  readonly timesSeen: number
}

export interface AlertChange {
  /** What to keep. */
  readonly next: KnownAlert
  /** What to say; null says nothing. */
  readonly event: AlertEvent | null
}

const RANK: Readonly<Record<AlertSeverity, number>> = { warning: 1, critical: 2 }

/** `open` are the alerts open at the last look; those not found again are over. */
export function changesOf(
  found: readonly Alert[],
  open: readonly KnownAlert[],
  { nowMs, repeatAfterMs }: { readonly nowMs: number; readonly repeatAfterMs: number },
): readonly AlertChange[] {
  const before = new Map(open.map((each) => [alertKey(each), each]))
  const now = new Set(found.map(alertKey))
  const over = open.filter((each) => !now.has(alertKey(each)))
  return [
    ...found.map((alert) => changeOf(alert, before.get(alertKey(alert)), nowMs, repeatAfterMs)),
    ...over.map((each) => ({
      next: { ...each, status: 'resolved' as const, lastSaidMs: nowMs },
      event: 'resolved' as const,
    })),
  ]
}

const KEPT_EVERY_MS = 600_000

/**
 * Whether a look has to be written down: something is to be said, or what is open was last seen a while ago. A daemon
 * looks every minute, and must not take the database's write lock for nothing.
 */
export function isWorthKeeping(changes: readonly AlertChange[], open: readonly KnownAlert[], nowMs: number): boolean {
  if (changes.some(({ event }) => event !== null)) return true
  // The distance and not the difference: after a clock was set back, too.
  return open.some(({ lastSeenMs }) => Math.abs(nowMs - lastSeenMs) >= KEPT_EVERY_MS)
}

export function alertKey({ rule, object }: { readonly rule: string; readonly object: string }): string {
  return `${rule}\u0000${object}`
}

function changeOf(alert: Alert, before: KnownAlert | undefined, nowMs: number, repeatAfterMs: number): AlertChange {
  if (before === undefined) {
    return {
      next: { ...alert, status: 'open', firstSeenMs: nowMs, lastSaidMs: nowMs, lastSeenMs: nowMs, timesSeen: 1 },
      event: 'opened',
    }
  }
  const event = eventOf(alert, before, nowMs, repeatAfterMs)
  return {
    next: {
      ...alert,
      status: 'open',
      // The worst so far: one that swings between the two is not news each time.
      severity: RANK[alert.severity] > RANK[before.severity] ? alert.severity : before.severity,
      firstSeenMs: before.firstSeenMs,
      lastSaidMs: event === null ? before.lastSaidMs : nowMs,
      lastSeenMs: nowMs,
      timesSeen: before.timesSeen + 1,
    },
    event,
  }
}

function eventOf(alert: Alert, before: KnownAlert, nowMs: number, repeatAfterMs: number): AlertEvent | null {
  if (RANK[alert.severity] > RANK[before.severity]) return 'raised'
  return nowMs - before.lastSaidMs >= repeatAfterMs ? 'repeated' : null
}
