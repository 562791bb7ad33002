/**
 * The steps of every run since the night before: a night that is run again, and imports of the day, count with it, so that
 * what the page says was posted is what its steps say.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { SENT_ONCE } from '../../domain/report/status.ts'
import { addTotals, foots, NO_TOTALS } from '../../domain/wallets/control-totals.ts'
import { HAND_OUT_STEP } from '../hand-out.ts'
import { parseTotals } from '../totals-text.ts'
import type { StepLine } from './completeness.ts'
import type { Window } from './window.ts'

/** By step, each once. */
export async function stepsSince(db: Kysely<Tables>, book: bigint, window: Window): Promise<readonly StepLine[]> {
  const rows = await db
    .selectFrom('run')
    .innerJoin('run_step as step', (join) => join.onRef('step.book', '=', 'run.book').onRef('step.run', '=', 'run.id'))
    .select(['run.id', 'step.step', 'step.status', 'step.counts'])
    .where('run.book', '=', book)
    .where('step.step', '!=', HAND_OUT_STEP)
    .where(endedSince(window))
    .orderBy('step.step')
    .orderBy('run.finished_at_ms')
    .orderBy('run.id')
    .execute()
  const names = await fileNames(db, book, window)
  return [...Map.groupBy(rows, ({ step }) => step)].map(([step, of]): StepLine => {
    const totals = of.map(({ counts }) => parseTotals(counts))
    return {
      step,
      file: names.get(hashIn(step)) ?? null,
      runs: of.map(({ id }) => Number(id)),
      finished: of.at(-1)?.status === 'finished',
      totals: totals.reduce(addTotals, NO_TOTALS),
      foots: totals.every(foots),
    }
  })
}

export interface InterruptedRun {
  readonly run: number
  readonly kind: string
}

/** Runs that had begun when the night ended and had not finished by then: killed, stopped or failed, and not run again. */
export async function interruptedRuns(
  db: Kysely<Tables>,
  book: bigint,
  { run, beforeRun, knownAtMs }: Window,
): Promise<readonly InterruptedRun[]> {
  const [id, endedAtMs, knownAt] = [BigInt(run.id), BigInt(run.finishedAtMs), BigInt(knownAtMs)]
  const rows = await db
    .selectFrom('run')
    .select(['id', 'kind'])
    .where('book', '=', book)
    .where('id', '!=', id)
    // Under a clock that stands still, a later run begins in the millisecond in which the night ended.
    .where(sql<boolean>`(id < ${id} or started_at_ms < ${endedAtMs}) and started_at_ms <= ${endedAtMs}`)
    .where(sql<boolean>`(finished_at_ms is null or finished_at_ms > ${knownAt})`)
    // What was sent once is followed up by an exception of its own; nobody can run it again to take this away.
    .where((where) =>
      where.or([
        where('kind', 'not in', [...SENT_ONCE]),
        where('started_at_ms', '>', BigInt(beforeRun?.finishedAtMs ?? -1)),
      ]),
    )
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ run: Number(row.id), kind: row.kind }))
}

/** Two runs may end in the same millisecond; their numbers then tell which was first. */
function endedSince({ run, beforeRun, knownAtMs }: Window): RawBuilder<boolean> {
  const [atMs, id] = [BigInt(beforeRun?.finishedAtMs ?? -1), BigInt(beforeRun?.id ?? 0)]
  return sql<boolean>`(run.finished_at_ms > ${atMs} or (run.finished_at_ms = ${atMs} and run.id > ${id}))
    and run.finished_at_ms <= ${BigInt(knownAtMs)}
    and (run.finished_at_ms > ${BigInt(run.finishedAtMs)} or run.id <= ${BigInt(run.id)})`
}

/** How many digits of a file's hash its step is named by. */
const HASH_DIGITS = 16

function hashIn(step: string): string {
  return /^[a-z]+:([0-9a-f]{16})(?::|$)/.exec(step)?.[1] ?? ''
}

/** By the beginning of their hashes: the files that came in since the night before. */
async function fileNames(db: Kysely<Tables>, book: bigint, { beforeRun, knownAtMs }: Window) {
  const named = (table: 'imported_file' | 'statement_file') =>
    db
      .selectFrom(table)
      .select(['sha256', 'name'])
      .where('book', '=', book)
      .where('imported_at_ms', '>=', BigInt(beforeRun?.finishedAtMs ?? -1))
      .where('imported_at_ms', '<=', BigInt(knownAtMs))
      .execute()
  const files = [...(await named('imported_file')), ...(await named('statement_file'))]
  return new Map(files.map(({ sha256, name }) => [sha256.slice(0, HASH_DIGITS), name]))
}
