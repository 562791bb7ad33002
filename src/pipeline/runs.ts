/**
 * Runs and their steps. A run that was killed is found by its kind and arguments and goes on where each step stood; an
 * unfinished run of another day is marked abandoned. Step positions commit together with the batch they speak of.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { addTotals, NO_TOTALS, type ControlTotals } from '../domain/wallets/control-totals.ts'
import { parseTotals, stringifyTotals } from './totals-text.ts'

export type RunKind =
  | 'sync'
  | 'backfill'
  | 'import'
  | 'decision'
  | 'hooks'
  | 'panel-add'
  | 'panel-resolve'
  | 'panel-request'
  | 'campaign'
  | 'delivery'
  | 'reconcile'

export interface Run {
  readonly book: bigint
  readonly id: number
  readonly kind: RunKind
  readonly resumed: boolean
}

/** Starts a run, or takes up the unfinished one with the same arguments, inside the caller's transaction. `args` names what must be equal to resume. */
export async function startRun(
  db: Kysely<Tables>,
  book: bigint,
  kind: RunKind,
  args: Readonly<Record<string, string>>,
  nowMs: number,
): Promise<Run> {
  const text = JSON.stringify(args)
  const open = await db
    .selectFrom('run')
    .select(['id', 'arguments'])
    .where('book', '=', book)
    .where('kind', '=', kind)
    .where('status', '=', 'running')
    .orderBy('id', 'desc')
    .execute()
  const same = open.find((run) => run.arguments === text)
  const stale = open.filter((run) => run !== same).map((run) => run.id)
  if (stale.length > 0) {
    await db
      .updateTable('run')
      .set({ status: 'abandoned', finished_at_ms: BigInt(nowMs) })
      .where('book', '=', book)
      .where('id', 'in', stale)
      .execute()
  }
  if (same !== undefined) return { book, id: Number(same.id), kind, resumed: true }
  const last = await db
    .selectFrom('run')
    .select('id')
    .where('book', '=', book)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const id = (last?.id ?? 0n) + 1n
  await db
    .insertInto('run')
    .values({
      book,
      id,
      kind,
      arguments: text,
      status: 'running',
      started_at_ms: BigInt(nowMs),
      finished_at_ms: null,
      summary: '{}',
    })
    .execute()
  return { book, id: Number(id), kind, resumed: false }
}

/** Steps that are done only when they say so: what could not be read to its end is not done because its run is over. */
const SAY_THEIR_END: ReadonlySet<string> = new Set(['poll', 'stats', 'import', 'statement'])

/** Ends a run, inside the caller's transaction, and with it every step that is done when its run is: what a command landed has been processed by then. */
export async function finishRun(
  db: Kysely<Tables>,
  run: Run,
  status: 'finished' | 'failed',
  summary: string,
  nowMs: number,
): Promise<void> {
  const steps = await listSteps(db, run)
  const closed = steps.filter((each) => each.status === 'running' && !SAY_THEIR_END.has(each.step.split(':')[0] ?? ''))
  for (const { step } of closed) await advanceStep(db, run, step, { status: 'finished' })
  await db
    .updateTable('run')
    .set({ status, summary, finished_at_ms: BigInt(nowMs) })
    .where('book', '=', run.book)
    .where('id', '=', BigInt(run.id))
    .execute()
}

export interface StepState {
  readonly step: string
  readonly status: 'running' | 'finished'
  /** JSON, the step's own. */
  readonly position: string
  readonly totals: ControlTotals
}

export async function loadStep(db: Kysely<Tables>, run: Run, step: string): Promise<StepState | null> {
  const row = await db
    .selectFrom('run_step')
    .selectAll()
    .where('book', '=', run.book)
    .where('run', '=', BigInt(run.id))
    .where('step', '=', step)
    .executeTakeFirst()
  if (row === undefined) return null
  return { step, status: row.status, position: row.position, totals: parseTotals(row.counts) }
}

/** Adds totals to a step and moves its position, inside the caller's transaction. */
export async function advanceStep(
  db: Kysely<Tables>,
  run: Run,
  step: string,
  change: { readonly totals?: ControlTotals; readonly position?: string; readonly status?: 'running' | 'finished' },
): Promise<void> {
  const before = await loadStep(db, run, step)
  const changing = {
    status: change.status ?? before?.status ?? 'running',
    position: change.position ?? before?.position ?? 'null',
    counts: stringifyTotals(addTotals(before?.totals ?? NO_TOTALS, change.totals ?? NO_TOTALS)),
  }
  await db
    .insertInto('run_step')
    .values({ book: run.book, run: BigInt(run.id), step, ...changing })
    .onConflict((conflict) => conflict.columns(['book', 'run', 'step']).doUpdateSet(changing))
    .execute()
}

export async function listSteps(db: Kysely<Tables>, run: Run): Promise<readonly StepState[]> {
  const rows = await db
    .selectFrom('run_step')
    .selectAll()
    .where('book', '=', run.book)
    .where('run', '=', BigInt(run.id))
    .execute()
  return rows.map((row) => ({
    step: row.step,
    status: row.status,
    position: row.position,
    totals: parseTotals(row.counts),
  }))
}

/** The arguments of every run of a kind, unfinished ones too. */
export async function listRunArguments(
  db: Kysely<Tables>,
  book: bigint,
  kind: RunKind,
): Promise<readonly Readonly<Record<string, string | undefined>>[]> {
  const rows = await db
    .selectFrom('run')
    .select('arguments')
    .distinct()
    .where('book', '=', book)
    .where('kind', '=', kind)
    .execute()
  // Written by startRun alone: an object of texts.
  return rows.map((row) => JSON.parse(row.arguments) as Record<string, string>)
}
