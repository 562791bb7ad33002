/**
 * Whether the daemon does its work: 200 when it does, 503 with the reasons when somebody should look. A night that found
 * exceptions is healthy; one that failed, crashed or read nothing is not until one is done, nor one that is hours late, nor books not proven.
 */
import type { BookStatus } from '../pipeline/status/book-status.ts'

export interface Health {
  readonly status: 'ok' | 'failing'
  /** Sentences; empty when all is well. */
  readonly reasons: readonly string[]
  readonly books: readonly BookHealth[]
}

type BookTick = NonNullable<BookStatus['tick']>

interface BookHealth {
  readonly book: string
  readonly lastNight: string | null
  readonly nextDue: string
  readonly running: boolean
}

/** A night of a large book takes an hour or two; one that is not done after these is late. */
const LATE_AFTER_MS = 6 * 3_600_000

/** `problem` says what keeps the daemon itself from working, when something does. */
export function healthOf(statuses: readonly BookStatus[], problem: string | null, nowMs: number): Health {
  const reasons = [...(problem === null ? [] : [problem]), ...statuses.flatMap((status) => reasonsOf(status, nowMs))]
  return {
    status: reasons.length === 0 ? 'ok' : 'failing',
    reasons,
    books: statuses.map(({ book, lastNight, nextDueMs, runningNow }) => ({
      book,
      lastNight: isoOrNull(lastNight?.finishedAtMs ?? null),
      nextDue: new Date(nextDueMs).toISOString(),
      running: runningNow !== null,
    })),
  }
}

function reasonsOf(status: BookStatus, nowMs: number): readonly string[] {
  return [...nightReasons(status, nowMs), ...unreadReasons(status), ...proofReasons(status)]
}

function proofReasons({ book, proof }: BookStatus): readonly string[] {
  if (proof === null || BROKE[proof.outcome] === null) return []
  return [`book ${book}: the weekly proof of ${new Date(proof.startedAtMs).toISOString()} failed: ${proof.detail}`]
}

/** Some sources unread is a matter of hours; a night that read nothing has told nothing about the books. */
function unreadReasons({ book, lastWhole }: BookStatus): readonly string[] {
  if (lastWhole === null || lastWhole.read.length > 0 || lastWhole.unread.length === 0) return []
  return [
    `book ${book}: run ${lastWhole.run}, the last night, read nothing: ${lastWhole.unread.join(', ')} could not be read`,
  ]
}

function nightReasons({ book, tick }: BookStatus, nowMs: number): readonly string[] {
  if (tick === null || tick.status === 'done') return []
  const due = new Date(tick.dueAtMs).toISOString()
  if (tick.status === 'failed') return [`book ${book}: the night due at ${due} failed: ${tick.detail}`]
  const broke = BROKE[tick.outcome]
  if (broke !== null) {
    const now = tick.status === 'running' ? 'and is being tried again' : `and is tried again: ${tick.detail}`
    return [`book ${book}: the night due at ${due} ${broke} ${now}`]
  }
  if (nowMs - tick.dueAtMs <= LATE_AFTER_MS) return []
  const so = tick.status === 'running' ? 'is still running' : `is still being tried: ${tick.detail}`
  return [`book ${book}: the night due at ${due} ${so}`]
}

/** Whether the newest night failed for good, or its last attempt failed or crashed. */
export function isBroken(tick: BookTick): boolean {
  return tick.status === 'failed' || (tick.status !== 'done' && BROKE[tick.outcome] !== null)
}

/** How the attempt before ended, where that is no part of a healthy night. */
const BROKE: Readonly<Record<BookTick['outcome'], string | null>> = {
  '': null,
  done: null,
  stopped: null,
  busy: null,
  incomplete: null,
  transient: 'failed',
  crashed: 'crashed',
  failed: 'failed',
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
