/**
 * When a book's night is due: once a day at a local time. A time that a clock change skips is due at the first instant
 * after the gap, one that comes twice is due the first time. No clock here: what is due follows from "now" and what has
 * been done, so missed nights are caught up once however long the program was away.
 */
import { Temporal } from 'temporal-polyfill'

export interface NightSchedule {
  /** "00:15", local time in `timeZone`. */
  readonly at: string
  readonly timeZone: string
}

export function isTimeOfDay(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text)
}

/** The last due instant at or before `nowMs`, UTC milliseconds. */
export function lastDueMs(schedule: NightSchedule, nowMs: number): number {
  const today = dateAt(schedule, nowMs)
  // A clock change can move a due instant over midnight, either way.
  const candidates = [1, 0, -1, -2].map((days) => dueOnMs(schedule, today.add({ days })))
  return candidates.find((dueMs) => dueMs <= nowMs) ?? nowMs
}

/** The first due instant after `nowMs`. */
export function nextDueMs(schedule: NightSchedule, nowMs: number): number {
  const today = dateAt(schedule, nowMs)
  const candidates = [-1, 0, 1, 2].map((days) => dueOnMs(schedule, today.add({ days })))
  return candidates.find((dueMs) => dueMs > nowMs) ?? nowMs
}

/** The last due instant of a Sunday at or before `nowMs`. */
export function lastSundayDueMs(schedule: NightSchedule, nowMs: number): number {
  const today = dateAt(schedule, nowMs)
  const sunday = today.subtract({ days: today.dayOfWeek % 7 })
  const dueMs = dueOnMs(schedule, sunday)
  return dueMs <= nowMs ? dueMs : dueOnMs(schedule, sunday.subtract({ days: 7 }))
}

function dateAt({ timeZone }: NightSchedule, ms: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDate()
}

function dueOnMs({ at, timeZone }: NightSchedule, date: Temporal.PlainDate): number {
  const local = date.toPlainDateTime(Temporal.PlainTime.from(at))
  const due = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (due.toPlainDateTime().equals(local)) return due.epochMilliseconds
  // Skipped: 'earlier' fell before the gap, and the gap ends at the next change of the zone's offset.
  return due.getTimeZoneTransition('next')?.epochMilliseconds ?? due.epochMilliseconds
}

/** What is known about the night that was due at an instant. */
export type TickState =
  | { readonly status: 'running' | 'done' | 'failed' }
  | { readonly status: 'retry'; /** UTC milliseconds. */ readonly retryAtMs: number; readonly attempts: number }

export type DueDecision =
  { readonly kind: 'start'; readonly dueAtMs: number } | { readonly kind: 'wait'; readonly nextDueAtMs: number }

/**
 * What to do now. `stateOf` is the state of the night due at `lastDueMs`, null when it was never started. Only the newest
 * due night is started: it speaks of everything up to now, so older ones that were missed need no run of their own.
 */
export function decideDue(
  schedule: NightSchedule,
  knownSinceMs: number,
  nowMs: number,
  stateOf: TickState | null,
): DueDecision {
  const dueAtMs = lastDueMs(schedule, nowMs)
  const wait = { kind: 'wait' as const, nextDueAtMs: nextDueMs(schedule, nowMs) }
  if (stateOf === null) return dueAtMs > knownSinceMs ? { kind: 'start', dueAtMs } : wait
  if (stateOf.status !== 'retry') return wait
  // A clock set far back must not leave a night waiting for an instant that is only a mistake of the clock's.
  const isWaiting = nowMs < stateOf.retryAtMs && stateOf.retryAtMs - nowMs <= LONGEST_RETRY_MS
  return isWaiting
    ? { kind: 'wait', nextDueAtMs: Math.min(stateOf.retryAtMs, wait.nextDueAtMs) }
    : { kind: 'start', dueAtMs }
}

const MINUTE_MS = 60_000
/** No wait between two attempts is longer. */
export const LONGEST_RETRY_MS = 360 * MINUTE_MS

/**
 * How long to wait after the n-th attempt, from 1. Something outside was down ('transient'): soon, at most hourly. A night
 * that came to its end without one of its sources ('incomplete') asks everything again, so it waits longer.
 */
export function retryDelayMs(reason: 'transient' | 'incomplete', attempt: number): number {
  const [firstMs, mostMs] = reason === 'transient' ? [MINUTE_MS, 60 * MINUTE_MS] : [15 * MINUTE_MS, LONGEST_RETRY_MS]
  return Math.min(mostMs, firstMs * 2 ** Math.min(attempt - 1, 20))
}
