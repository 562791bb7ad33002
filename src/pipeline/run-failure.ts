/**
 * Why a run did not come to its end, kept with the run: what shows a failed night later was not there when it failed.
 * The run stays open, so the next one takes it up; a stop that was asked for is no failure. What a person handed over and
 * had refused before anything of it was kept leaves nothing to take up: that run is over.
 */
import type { Kysely, Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { troubleIn } from '../db/trouble.ts'
import { InputError, TieoutError, TransientError } from '../domain/errors.ts'
import { finishRun, listSteps, type Run } from './runs.ts'

/** Only our own sentences are kept: other errors may quote anything. */
const UNEXPECTED = 'The program failed in a way it should not; what it printed says where.'

export interface FailureNoting {
  readonly signal: AbortSignal
  /** UTC milliseconds. */
  readonly nowMs: () => number
}

/** A transaction of whoever still has the book. */
export type Fenced = <T>(write: (trx: Transaction<Tables>) => Promise<T>) => Promise<T>

export async function notingFailure<T>(
  fenced: Fenced,
  run: Run,
  { signal, nowMs }: FailureNoting,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // It starts again by itself; whoever gives it up ends with 75 and says why.
    if (troubleIn(error) !== null) throw error
    const failure = error instanceof TieoutError ? `${error.message} ${error.hint}`.trim() : UNEXPECTED
    const summary = JSON.stringify(signal.aborted ? { stopped: true } : { failure })
    // The database may be what failed, or another process has the book by now; the first error is the one to report.
    const noting = fenced(async (trx) => {
      const isOver = error instanceof TieoutError && (await isRefusedWhole(trx, run, error))
      await (isOver ? finishRun(trx, run, 'failed', summary, nowMs()) : note(trx, run, summary))
    })
    await noting.catch(() => undefined)
    throw error
  }
}

/** A decision is checked before it is landed, and what has no step has landed nothing. An order and a campaign land their intent first. */
async function isRefusedWhole(db: Kysely<Tables>, run: Run, error: TieoutError): Promise<boolean> {
  const isRefused = error instanceof InputError
  switch (run.kind) {
    case 'decision':
      return isRefused
    case 'panel-resolve':
      return isRefused || error instanceof TransientError
    case 'import':
    // It lands what came of a request, and no intent: only what was refused was certainly not sent.
    case 'panel-request':
      return isRefused && (await listSteps(db, run)).length === 0
    case 'panel-add':
    case 'campaign':
      return (isRefused || error instanceof TransientError) && (await listSteps(db, run)).length === 0
    case 'sync':
    case 'backfill':
    case 'hooks':
    case 'delivery':
    case 'reconcile':
      return false
  }
}

async function note(db: Kysely<Tables>, run: Run, summary: string): Promise<void> {
  await db
    .updateTable('run')
    .set({ summary })
    .where('book', '=', run.book)
    .where('id', '=', BigInt(run.id))
    .where('status', '=', 'running')
    .execute()
}
