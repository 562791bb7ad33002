/**
 * From what is wrong now and what was wrong before to what has to be said. An alert is said once when it opens, again
 * when it gets worse or has gone on for long enough, and once when it is over; looking often says nothing more.
 */
import type { Alert, AlertEvent, AlertSeverity } from './alert.ts'
import type { Evidence } from './alert-evidence.ts'

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
  /** The batch of the reading by which it was last judged; null when none was needed or there was none. */
  readonly evidenceBatch: number | null
}

export interface Looking {
  readonly nowMs: number
  readonly repeatAfterMs: number
  /** What a rule about this object can be judged by now. */
  readonly evidenceOf: (alert: { readonly rule: string; readonly object: string }) => Evidence
  /** What to say instead of its title when it is over; null says the title. */
  readonly overTitle: (alert: { readonly rule: string; readonly object: string }) => string | null
}

export interface AlertChange {
  /** What to keep. */
  readonly next: KnownAlert
  /** What to say; null says nothing. */
  readonly event: AlertEvent | null
}

const RANK: Readonly<Record<AlertSeverity, number>> = { warning: 1, critical: 2 }

/**
 * `open` are the alerts open at the last look. One whose evidence is still that of the last look stays as it was; of the
 * others, those not found again are over.
 */
export function changesOf(
  found: readonly Alert[],
  open: readonly KnownAlert[],
  looking: Looking,
): readonly AlertChange[] {
  const { nowMs } = looking
  const stand = open.filter((each) => !isNewlyJudged(each, looking))
  const standing = new Set(stand.map(alertKey))
  const before = new Map(open.map((each) => [alertKey(each), each]))
  const now = new Set(found.map(alertKey))
  const over = open.filter((each) => !standing.has(alertKey(each)) && !now.has(alertKey(each)))
  return [
    ...found
      .filter((alert) => !standing.has(alertKey(alert)))
      .map((alert) => changeOf(alert, before.get(alertKey(alert)), looking)),
    ...stand.map((each) => changeOf({ ...each, ...newestAttempt(each, found) }, each, looking)),
    ...over.map((each) => ({
      next: {
        ...each,
        title: looking.overTitle(each) ?? each.title,
        status: 'resolved' as const,
        lastSaidMs: nowMs,
        evidenceBatch: batchOf(looking.evidenceOf(each)),
      },
      event: 'resolved' as const,
    })),
  ]
}

/**
 * A failure is told by its newest attempt, which is no reading: whoever hears of it for the twentieth night must not take it
 * for a source that nobody has tried since the first.
 */
function newestAttempt(
  { rule, object }: KnownAlert,
  found: readonly Alert[],
): Partial<Pick<Alert, 'title' | 'detail'>> {
  if (rule !== 'sourceFailed') return {}
  const now = found.find((each) => each.rule === rule && each.object === object)
  return now === undefined ? {} : { title: now.title, detail: now.detail }
}

/** False when what it was judged by last is all there is. */
function isNewlyJudged(alert: KnownAlert, { evidenceOf }: Looking): boolean {
  const evidence = evidenceOf(alert)
  return evidence === 'always' || evidence !== alert.evidenceBatch
}

function batchOf(evidence: Evidence): number | null {
  return evidence === 'always' ? null : evidence
}

const KEPT_EVERY_MS = 600_000

/**
 * Whether a look has to be written down: something is to be said, or what is open was last seen a while ago. A daemon
 * looks every minute, and must not take the database's write lock for nothing.
 */
export function isWorthKeeping(changes: readonly AlertChange[], open: readonly KnownAlert[], nowMs: number): boolean {
  if (changes.some(({ event }) => event !== null)) return true
  const judged = new Map(open.map((each) => [alertKey(each), each.evidenceBatch]))
  // By a reading that is not written down an alert could be judged twice, the second time as if it were news.
  if (changes.some(({ next }) => judged.get(alertKey(next)) !== next.evidenceBatch)) return true
  // The distance and not the difference: after a clock was set back, too.
  return open.some(({ lastSeenMs }) => Math.abs(nowMs - lastSeenMs) >= KEPT_EVERY_MS)
}

export function alertKey({ rule, object }: { readonly rule: string; readonly object: string }): string {
  return `${rule}\u0000${object}`
}

type Judged = Pick<KnownAlert, 'rule' | 'object' | 'severity' | 'title' | 'detail'>

function changeOf(alert: Judged, before: KnownAlert | undefined, looking: Looking): AlertChange {
  const { nowMs, repeatAfterMs } = looking
  const evidenceBatch = batchOf(looking.evidenceOf(alert))
  const { rule, object, severity, title, detail } = alert
  const said = { rule, object, severity, title, detail, evidenceBatch }
  if (before === undefined) {
    return {
      next: { ...said, status: 'open', firstSeenMs: nowMs, lastSaidMs: nowMs, lastSeenMs: nowMs, timesSeen: 1 },
      event: 'opened',
    }
  }
  const event = eventOf(alert, before, nowMs, repeatAfterMs)
  return {
    next: {
      ...said,
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

function eventOf(alert: Judged, before: KnownAlert, nowMs: number, repeatAfterMs: number): AlertEvent | null {
  if (RANK[alert.severity] > RANK[before.severity]) return 'raised'
  return nowMs - before.lastSaidMs >= repeatAfterMs ? 'repeated' : null
}
