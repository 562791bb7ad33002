/** Runs as they were recorded, newest first. A run that says it is running without anybody behind it has been stopped. */
import type { Kysely } from 'kysely'
import { isClaimed } from '../../db/holder.ts'
import type { Tables } from '../../db/tables.ts'
import { machine } from '../../machine/machine.ts'
import { HAND_OUT_STEP } from '../hand-out.ts'
import { listSteps, type StepState } from '../runs.ts'

export interface RecordedRun {
  readonly id: number
  readonly kind: string
  /** 'stopped': it ended half-way, and the next run of its kind and arguments takes it up. */
  readonly status: 'running' | 'stopped' | 'finished' | 'failed' | 'abandoned'
  readonly arguments: Readonly<Record<string, string | undefined>>
  readonly startedAtMs: number
  readonly finishedAtMs: number | null
  /** Why it did not come to its end, as it noted itself; null for one that did, was stopped, or was killed. */
  readonly failure: string | null
}

export interface RunFilter {
  readonly kind?: string
  readonly limit: number
}

export async function listRuns(db: Kysely<Tables>, book: bigint, filter: RunFilter): Promise<readonly RecordedRun[]> {
  let query = db.selectFrom('run').selectAll().where('book', '=', book)
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
  const rows = await query.orderBy('id', 'desc').limit(filter.limit).execute()
  const isHeld = (await leaseOf(db, book)) !== null
  // Only the newest run can be at work: a book has one writer.
  return rows.map((row, index) => toRun(row, isHeld && index === 0))
}

export async function findRun(
  db: Kysely<Tables>,
  book: bigint,
  id: number,
): Promise<{ readonly run: RecordedRun; readonly steps: readonly StepState[] } | null> {
  const row = await db
    .selectFrom('run')
    .selectAll()
    .where('book', '=', book)
    .where('id', '=', BigInt(id))
    .executeTakeFirst()
  if (row === undefined) return null
  const run = toRun(row, (await leaseOf(db, book)) !== null)
  const steps = await listSteps(db, { book, id, kind: 'sync', resumed: false })
  return { run, steps: steps.filter(({ step }) => step !== HAND_OUT_STEP) }
}

/**
 * The run of a kind that finished last; null before the first. Not the one with the highest number: an old night may be
 * run again. One that was run under a clock far ahead of `nowMs` counts only while there is no other.
 */
export async function lastFinished(
  db: Kysely<Tables>,
  book: bigint,
  kind: string,
  nowMs: number,
): Promise<RecordedRun | null> {
  const finished = db
    .selectFrom('run')
    .selectAll()
    .where('book', '=', book)
    .where('kind', '=', kind)
    .where('status', '=', 'finished')
    .orderBy('finished_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
  const row =
    (await finished.where('finished_at_ms', '<=', BigInt(nowMs)).executeTakeFirst()) ??
    (await finished.executeTakeFirst())
  return row === undefined ? null : toRun(row, false)
}

/** How many runs of each kind and status there have been. */
export async function countRuns(
  db: Kysely<Tables>,
  book: bigint,
): Promise<readonly { readonly kind: string; readonly status: string; readonly count: number }[]> {
  const rows = await db
    .selectFrom('run')
    .select(['kind', 'status'])
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book)
    .groupBy(['kind', 'status'])
    .orderBy('kind')
    .orderBy('status')
    .execute()
  return rows.map(({ kind, status, count }) => ({ kind, status, count: Number(count) }))
}

export interface HeldLease {
  readonly host: string
  readonly process: string
  readonly expiresAtMs: number
}

/** Who writes to the book just now; null when nobody does: see isClaimed. */
export async function leaseOf(
  db: Kysely<Tables>,
  book: bigint,
  wallClockMs: number = machine().nowMs(),
): Promise<HeldLease | null> {
  const row = await db.selectFrom('lease').selectAll().where('book', '=', book).executeTakeFirst()
  if (row === undefined || !isClaimed(row.holder, Number(row.expires_at_ms), wallClockMs)) return null
  const [host = '', process = ''] = row.holder.split('/')
  return { host, process, expiresAtMs: Number(row.expires_at_ms) }
}

function toRun(row: Tables['run'], mayRun: boolean): RecordedRun {
  return {
    id: Number(row.id),
    kind: row.kind,
    status: row.status === 'running' && !mayRun ? 'stopped' : row.status,
    // Written by startRun alone: an object of texts.
    arguments: JSON.parse(row.arguments) as Record<string, string>,
    startedAtMs: Number(row.started_at_ms),
    finishedAtMs: row.finished_at_ms === null ? null : Number(row.finished_at_ms),
    failure: row.status === 'finished' ? null : failureOf(row.summary),
  }
}

function failureOf(summary: string): string | null {
  const { failure } = JSON.parse(summary) as { readonly failure?: unknown }
  return typeof failure === 'string' ? failure : null
}
