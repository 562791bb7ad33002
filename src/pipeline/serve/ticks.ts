/**
 * Nights that were due, as rows: who started each, how it went, when to try again. A night is claimed by writing its row
 * only where it is still as it was seen, so that of several schedulers on one database exactly one starts it.
 */
import type { Kysely } from 'kysely'
import { lastWholeNightMs } from '../../alerts/run-facts.ts'
import type { Tables } from '../../db/tables.ts'

export type TickStatus = 'running' | 'done' | 'retry' | 'failed'

export interface Tick {
  /** The instant it was due, UTC milliseconds: its key. */
  readonly dueAtMs: number
  readonly status: TickStatus
  /** How often it was started. */
  readonly attempts: number
  readonly startedAtMs: number
  readonly retryAtMs: number | null
  readonly finishedAtMs: number | null
  readonly holder: string
  readonly aliveUntilMs: number
  /** One sentence on how it ended; '' while it runs. */
  readonly detail: string
  /** How the last attempt that ended did so; '' before. Kept while it is tried again. */
  readonly outcome: NightOutcome['kind'] | ''
}

/** How a night ended. What is tried again, and what somebody should look at, is said in scheduler.ts and in the table of docs/serve.md. */
export interface NightOutcome {
  readonly kind: 'done' | 'incomplete' | 'busy' | 'transient' | 'crashed' | 'stopped' | 'failed'
  /** One sentence. */
  readonly detail: string
}

/**
 * Since when the book's nights are kept. A book that is new here, or whose clock has been set back before that, starts
 * from the last night somebody else ran, so that what was missed since is caught up; without one, from now.
 */
export async function knownSince(db: Kysely<Tables>, book: bigint, nowMs: number): Promise<number> {
  const row = await db.selectFrom('schedule').select('known_since_ms').where('book', '=', book).executeTakeFirst()
  if (row !== undefined && Number(row.known_since_ms) <= nowMs) return Number(row.known_since_ms)
  const sinceMs = (await lastWholeNightMs(db, book, nowMs)) ?? nowMs
  const known_since_ms = BigInt(sinceMs)
  await db
    .insertInto('schedule')
    .values({ book, known_since_ms })
    .onConflict((conflict) => conflict.column('book').doUpdateSet({ known_since_ms }))
    .execute()
  return sinceMs
}

export async function findTick(db: Kysely<Tables>, book: bigint, dueAtMs: number): Promise<Tick | null> {
  const row = await db
    .selectFrom('schedule_tick')
    .selectAll()
    .where('book', '=', book)
    .where('due_at_ms', '=', BigInt(dueAtMs))
    .executeTakeFirst()
  return row === undefined ? null : fromRow(row)
}

/** The night that was started last; null before the first. */
export async function lastTick(db: Kysely<Tables>, book: bigint): Promise<Tick | null> {
  const row = await db
    .selectFrom('schedule_tick')
    .selectAll()
    .where('book', '=', book)
    .orderBy('started_at_ms', 'desc')
    .orderBy('due_at_ms', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : fromRow(row)
}

export interface Claim {
  readonly dueAtMs: number
  /** As it was read; null when there was no row. */
  readonly seen: Tick | null
  readonly holder: string
  readonly nowMs: number
  readonly aliveUntilMs: number
}

/** The claimed night, or null when somebody else has been faster. */
export async function claimTick(db: Kysely<Tables>, book: bigint, claim: Claim): Promise<Tick | null> {
  const { dueAtMs, seen, holder, nowMs, aliveUntilMs } = claim
  const attempts = (seen?.attempts ?? 0) + 1
  const running = {
    status: 'running' as const,
    attempts: BigInt(attempts),
    started_at_ms: BigInt(nowMs),
    retry_at_ms: null,
    finished_at_ms: null,
    holder,
    alive_until_ms: BigInt(aliveUntilMs),
    detail: '',
    outcome: seen?.outcome ?? ('' as const),
  }
  const key = { book, due_at_ms: BigInt(dueAtMs) }
  const changed =
    seen === null
      ? (
          await db
            .insertInto('schedule_tick')
            .values({ ...key, ...running })
            .onConflict((conflict) => conflict.columns(['book', 'due_at_ms']).doNothing())
            .executeTakeFirst()
        ).numInsertedOrUpdatedRows
      : (
          await db
            .updateTable('schedule_tick')
            .set(running)
            .where('book', '=', book)
            .where('due_at_ms', '=', key.due_at_ms)
            .where('attempts', '=', BigInt(seen.attempts))
            .where('status', '=', seen.status)
            .executeTakeFirst()
        ).numUpdatedRows
  if (changed !== 1n) return null
  const rest = { retryAtMs: null, finishedAtMs: null, detail: '', outcome: running.outcome }
  return { dueAtMs, status: 'running', attempts, startedAtMs: nowMs, holder, aliveUntilMs, ...rest }
}

/** Says that the one who runs the night is alive. Changes nothing when another has taken it over. */
export async function keepTick(
  db: Kysely<Tables>,
  book: bigint,
  { dueAtMs, holder, attempts }: Tick,
  aliveUntilMs: number,
): Promise<void> {
  await db
    .updateTable('schedule_tick')
    .set({ alive_until_ms: BigInt(aliveUntilMs) })
    .where('book', '=', book)
    .where('due_at_ms', '=', BigInt(dueAtMs))
    .where('holder', '=', holder)
    .where('attempts', '=', BigInt(attempts))
    .execute()
}

export interface TickEnd {
  readonly status: 'done' | 'retry' | 'failed'
  readonly retryAtMs: number | null
  readonly nowMs: number
  readonly detail: string
  readonly outcome: NightOutcome['kind']
}

/** False when another has taken the night over in the meantime: its row is left alone. */
export async function finishTick(
  db: Kysely<Tables>,
  book: bigint,
  { dueAtMs, holder, attempts }: Tick,
  { status, retryAtMs, nowMs, detail, outcome }: TickEnd,
): Promise<boolean> {
  const result = await db
    .updateTable('schedule_tick')
    .set({
      status,
      retry_at_ms: retryAtMs === null ? null : BigInt(retryAtMs),
      finished_at_ms: BigInt(nowMs),
      detail,
      outcome,
    })
    .where('book', '=', book)
    .where('due_at_ms', '=', BigInt(dueAtMs))
    .where('holder', '=', holder)
    .where('attempts', '=', BigInt(attempts))
    .where('status', '=', 'running')
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

function fromRow(row: Tables['schedule_tick']): Tick {
  return {
    dueAtMs: Number(row.due_at_ms),
    status: row.status,
    attempts: Number(row.attempts),
    startedAtMs: Number(row.started_at_ms),
    retryAtMs: row.retry_at_ms === null ? null : Number(row.retry_at_ms),
    finishedAtMs: row.finished_at_ms === null ? null : Number(row.finished_at_ms),
    holder: row.holder,
    aliveUntilMs: Number(row.alive_until_ms),
    detail: row.detail,
    // Written by finishTick alone.
    outcome: row.outcome as Tick['outcome'],
  }
}
