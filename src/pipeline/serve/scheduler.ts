/**
 * Whether a book's night is due, decided from the database at every wake, and its one run. An alarm clock only calls
 * `wake`: that it rings late, twice, in two processes or under a clock that jumps changes nothing about what is run.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import {
  decideDue,
  lastDueMs,
  nextDueMs,
  retryDelayMs,
  type NightSchedule,
  type TickState,
} from '../../domain/time/schedule.ts'
import { machine } from '../../machine/machine.ts'
import { closedNight } from './closing-word.ts'
import {
  claimTick,
  findTick,
  finishTick,
  keepTick,
  knownSince,
  type NightOutcome,
  type Tick,
  type TickEnd,
} from './ticks.ts'

export interface ScheduledBook {
  readonly id: bigint
  readonly name: string
  readonly schedule: NightSchedule
}

export interface SchedulerParts {
  readonly db: Kysely<Tables>
  /** UTC milliseconds. */
  readonly nowMs: () => number
  /** Names this process; unique. */
  readonly holder: string
  /** False when the process a holder names is known to be gone. */
  readonly mayLive: (holder: string) => boolean
  /** `startedAtMs` is when this attempt began, by `nowMs`. */
  readonly runNight: (book: ScheduledBook, dueAtMs: number, startedAtMs: number) => Promise<NightOutcome>
}

export type Wake =
  | { readonly kind: 'waiting'; readonly nextDueAtMs: number }
  /** Another process runs this night, or was faster in taking it. */
  | { readonly kind: 'elsewhere'; readonly dueAtMs: number }
  | { readonly kind: 'ran'; readonly tick: Tick; readonly outcome: NightOutcome }

/** How long a night's row is believed without a sign of life. */
export const ALIVE_MS = 300_000
export const HEARTBEAT_MS = 60_000

export interface Scheduler {
  /** Looks whether the book's night is due, and if so runs it; resolves when it has ended. */
  readonly wake: (book: ScheduledBook) => Promise<Wake>
}

export function createScheduler(parts: SchedulerParts): Scheduler {
  /** A night that is running here, by its book: what its row says of us is then true. */
  const active = new Map<string, number>()
  return {
    wake: async (book) => {
      const dueAtMs = active.get(book.name)
      if (dueAtMs !== undefined) return { kind: 'elsewhere', dueAtMs }
      active.set(book.name, lastDueMs(book.schedule, parts.nowMs()))
      try {
        return await decideAndRun(parts, book)
      } finally {
        active.delete(book.name)
      }
    },
  }
}

async function decideAndRun(parts: SchedulerParts, book: ScheduledBook): Promise<Wake> {
  const { db, holder } = parts
  const nowMs = parts.nowMs()
  const since = await knownSince(db, book.id, nowMs)
  const seen = await findTick(db, book.id, lastDueMs(book.schedule, nowMs))
  const state = seen === null ? null : stateOf(parts, seen, nowMs)
  const decision = decideDue(book.schedule, since, nowMs, state)
  const byHand = decision.kind === 'wait' ? await ranByHand(parts, book, seen, state) : null
  if (decision.kind === 'wait' && byHand === null) {
    if (state?.status === 'running' && seen !== null) return { kind: 'elsewhere', dueAtMs: seen.dueAtMs }
    return { kind: 'waiting', nextDueAtMs: decision.nextDueAtMs }
  }
  const dueAtMs = decision.kind === 'wait' ? lastDueMs(book.schedule, nowMs) : decision.dueAtMs
  const tick = await claimTick(db, book.id, { dueAtMs, seen, holder, nowMs, aliveUntilMs: nowMs + ALIVE_MS })
  if (tick === null) return { kind: 'elsewhere', dueAtMs }
  const outcome = byHand ?? (await doneMeanwhile(parts, book, seen)) ?? (await runKeptAlive(parts, book, tick))
  await finishTick(db, book.id, tick, endOf(book.schedule, tick, outcome, parts.nowMs()))
  return { kind: 'ran', tick, outcome }
}

/**
 * A night's process outlives the daemon that started it, and a person may run the night by hand: what was closed since
 * the attempt before this one began is not run once more.
 */
async function doneMeanwhile(
  { db, nowMs }: SchedulerParts,
  book: ScheduledBook,
  seen: Tick | null,
): Promise<NightOutcome | null> {
  if (seen === null) return null
  const closed = await closedNight(db, book.id, { fromMs: seen.startedAtMs, throughMs: nowMs() })
  if (closed === null || closed.unread.length > 0) return null
  return { kind: 'done', detail: `Done by run ${closed.run}, which this daemon did not see end.` }
}

/**
 * A night that failed, or waits to be tried again, and was run by hand since its last attempt ended is what that run made
 * of it. Otherwise it would be told as failed until the next one is due, whatever a person has put right.
 */
async function ranByHand(
  { db, nowMs }: SchedulerParts,
  book: ScheduledBook,
  seen: Tick | null,
  state: TickState | null,
): Promise<NightOutcome | null> {
  const waits = state?.status === 'failed' || state?.status === 'retry'
  if (!waits || seen === null || seen.finishedAtMs === null) return null
  const closed = await closedNight(db, book.id, { fromMs: seen.finishedAtMs + 1, throughMs: nowMs() })
  if (closed === null) return null
  const { run, unread } = closed
  return unread.length === 0
    ? { kind: 'done', detail: `Done by run ${run}, which this daemon did not start.` }
    : { kind: 'incomplete', detail: `In run ${run} ${unread.join(', ')} could not be read to the end.` }
}

/** A night whose process has died is to be taken up at once: its run goes on where it stood. */
function stateOf({ mayLive, holder }: SchedulerParts, tick: Tick, nowMs: number): TickState {
  if (tick.status === 'retry') return { status: 'retry', retryAtMs: tick.retryAtMs ?? nowMs, attempts: tick.attempts }
  if (tick.status !== 'running') return { status: tick.status }
  // A sign of life from far in the future is a mistake of the clock's.
  const isFresh = tick.aliveUntilMs > nowMs && tick.aliveUntilMs <= nowMs + 2 * ALIVE_MS
  const isOurs = tick.holder === holder
  if (!isOurs && isFresh && mayLive(tick.holder)) return { status: 'running' }
  return { status: 'retry', retryAtMs: nowMs, attempts: tick.attempts }
}

async function runKeptAlive(parts: SchedulerParts, book: ScheduledBook, tick: Tick): Promise<NightOutcome> {
  let saying: Promise<void> | null = null
  const stopHeartbeat = machine().every(HEARTBEAT_MS, () => {
    // Not being able to say so now is said again in a minute; while the database cannot be used, one waits and not many.
    saying ??= keepTick(parts.db, book.id, tick, parts.nowMs() + ALIVE_MS)
      .catch(() => undefined)
      .finally(() => (saying = null))
  })
  try {
    return await parts.runNight(book, tick.dueAtMs, tick.startedAtMs)
  } catch (error) {
    return { kind: 'transient', detail: error instanceof Error ? error.message : String(error) }
  } finally {
    stopHeartbeat()
  }
}

function endOf(schedule: NightSchedule, tick: Tick, { kind, detail }: NightOutcome, nowMs: number): TickEnd {
  const ended = { nowMs, detail, outcome: kind }
  switch (kind) {
    case 'done':
      return { ...ended, status: 'done', retryAtMs: null }
    case 'failed':
      return { ...ended, status: 'failed', retryAtMs: null }
    case 'stopped':
      return { ...ended, status: 'retry', retryAtMs: nowMs }
    case 'busy':
    case 'transient':
    case 'crashed':
    case 'incomplete': {
      const retryAtMs = nowMs + retryDelayMs(kind === 'incomplete' ? 'incomplete' : 'transient', tick.attempts)
      // After the next night is due, that one is run instead.
      if (retryAtMs < nextDueMs(schedule, tick.dueAtMs)) return { ...ended, status: 'retry', retryAtMs }
      const over = `${detail} It is not tried again: the next night is due.`
      return { ...ended, status: 'failed', retryAtMs: null, detail: over }
    }
  }
}
