/**
 * What the run table says about a book's nights: whether the newest one broke, or a sync of one source since, and when a whole one last finished. The
 * last is the one that finished last, not the one with the highest number: an old night may be run again later.
 */
import type { Kysely, Selectable } from 'kysely'
import type { RunTable } from '../db/evidence-tables.ts'
import { isClaimed } from '../db/holder.ts'
import { machine } from '../machine/machine.ts'
import type { Tables } from '../db/tables.ts'
import type { BrokenRun, RunFacts } from '../domain/alerts/alert.ts'

/** Runs looked at for one that read every source. */
const RUNS_LOOKED_AT = 50

/** All in UTC milliseconds. */
export interface RunFactsRequest {
  readonly nowMs: number
  /** When the newest night was due whose grace is over; null when nobody asks. */
  readonly dueMs: number | null
}

export async function readRunFacts(
  db: Kysely<Tables>,
  book: bigint,
  { nowMs, dueMs }: RunFactsRequest,
): Promise<RunFacts> {
  const nights = db.selectFrom('run').where('book', '=', book).where('kind', '=', 'sync')
  const newest = await nights
    .select(['id', 'status', 'started_at_ms', 'summary', 'arguments'])
    .orderBy('id', 'desc')
    .limit(RUNS_LOOKED_AT)
    .execute()
  const first = await nights.select('started_at_ms').orderBy('id').limit(1).executeTakeFirst()
  const scheduled = await db.selectFrom('schedule').select('known_since_ms').where('book', '=', book).executeTakeFirst()
  const isBusy = await isBeingWorkedOn(db, book)
  const tick = await brokenTick(db, book, nowMs)
  const run = newestOfEach(newest.map(syncOf)).find((each) => isBroken(each, isBusy)) ?? null
  const brokenRun = run === null ? null : brokenOf(run, tick?.reason ?? null)
  return {
    broken: brokenRun ?? tick,
    firstStartedMs: first === undefined ? null : Number(first.started_at_ms),
    scheduledSinceMs: scheduled === undefined ? null : Number(scheduled.known_since_ms),
    lastFinishedMs: await lastWholeNightMs(db, book, nowMs),
    dueMs,
  }
}

interface Sync {
  readonly id: number
  readonly status: string
  readonly startedAtMs: number
  readonly night: string | null
  /** Null for all of them: a night. */
  readonly source: string | null
  readonly failure: string | null
  readonly isStopped: boolean
}

type SyncRow = Pick<Selectable<RunTable>, 'id' | 'status' | 'started_at_ms' | 'summary' | 'arguments'>

function syncOf({ id, status, started_at_ms, summary, arguments: text }: SyncRow): Sync {
  // Written by startRun alone: an object of texts.
  const { night = null, source = null } = JSON.parse(text) as { readonly night?: string; readonly source?: string }
  return { id: Number(id), status, startedAtMs: Number(started_at_ms), night, source, ...endOf(summary) }
}

/**
 * The newest night, and of each source the newest sync of it alone since then: a sync of one source neither mends a night
 * that broke nor hides another's that did. The newest first come in.
 */
function newestOfEach(syncs: readonly Sync[]): readonly Sync[] {
  const at = syncs.findIndex(({ source }) => source === null)
  const later = at === -1 ? syncs : syncs.slice(0, at)
  const newest = later.filter((each, place) => later.findIndex(({ source }) => source === each.source) === place)
  return [...syncs.slice(at, at + 1), ...newest]
}

/** A run that failed and is tried again has not recovered before it comes to its end. */
function isBroken({ status, failure, isStopped }: Sync, isBusy: boolean): boolean {
  return status === 'failed' || (status === 'running' && (failure !== null || (!isStopped && !isBusy)))
}

/** Of a night whose process left no word itself, the daemon may know why it ended. */
function brokenOf({ id, night, source, startedAtMs, failure }: Sync, tickReason: string | null): BrokenRun {
  return { id, night, source, startedAtMs, reason: failure ?? (source === null ? tickReason : null) }
}

const BROKE: readonly string[] = ['transient', 'crashed', 'failed']

/** The newest night of the schedule when its last attempt failed or crashed and no whole night was closed since. */
async function brokenTick(db: Kysely<Tables>, book: bigint, nowMs: number): Promise<RunFacts['broken']> {
  const tick = await db
    .selectFrom('schedule_tick')
    .select(['status', 'outcome', 'started_at_ms', 'detail'])
    .where('book', '=', book)
    .orderBy('due_at_ms', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (tick === undefined || tick.status === 'done' || !BROKE.includes(tick.outcome)) return null
  const closedMs = await lastWholeNightMs(db, book, nowMs)
  if (closedMs !== null && closedMs >= Number(tick.started_at_ms)) return null
  // While it is being tried again its row has no sentence.
  return {
    id: null,
    night: null,
    source: null,
    startedAtMs: Number(tick.started_at_ms),
    reason: tick.detail === '' ? null : tick.detail,
  }
}

/** When a night that read every source last came to its end, UTC milliseconds; null before the first. */
export async function lastWholeNightMs(db: Kysely<Tables>, book: bigint, nowMs: number): Promise<number | null> {
  const finished = await db
    .selectFrom('run')
    .select(['arguments', 'finished_at_ms'])
    .where('book', '=', book)
    .where('kind', '=', 'sync')
    .where('status', '=', 'finished')
    // One that was run under a clock far ahead must not stand for all that come before it.
    .where('finished_at_ms', '<=', BigInt(nowMs))
    .orderBy('finished_at_ms', 'desc')
    .limit(RUNS_LOOKED_AT)
    .execute()
  // A run of one source alone is not the night that was due.
  const whole = finished.find((run) => !Object.hasOwn(JSON.parse(run.arguments) as object, 'source'))
  return typeof whole?.finished_at_ms === 'bigint' ? Number(whole.finished_at_ms) : null
}

/** The lease runs on the machine's clock whatever `--now` says, so it is compared with that. */
async function isBeingWorkedOn(db: Kysely<Tables>, book: bigint): Promise<boolean> {
  const lease = await db.selectFrom('lease').selectAll().where('book', '=', book).executeTakeFirst()
  return lease !== undefined && isClaimed(lease.holder, Number(lease.expires_at_ms), machine().nowMs())
}

/** Why it ended, as the run itself noted it; a process that was killed noted nothing. */
function endOf(summary: string): { readonly failure: string | null; readonly isStopped: boolean } {
  const { failure, stopped } = JSON.parse(summary) as { readonly failure?: unknown; readonly stopped?: unknown }
  return { failure: typeof failure === 'string' ? failure : null, isStopped: stopped === true }
}
