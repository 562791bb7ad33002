/**
 * Why a run did not come to its end, kept with the run: what shows a failed night later was not there when it failed.
 * The run stays open, so the next one takes it up; a stop that was asked for is no failure.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { TieoutError } from '../domain/errors.ts'
import type { Run } from './runs.ts'

/** Only our own sentences are kept: other errors may quote anything. */
const UNEXPECTED = 'The program failed in a way it should not; what it printed says where.'

export async function notingFailure<T>(
  db: Kysely<Tables>,
  run: Run,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const failure = error instanceof TieoutError ? `${error.message} ${error.hint}`.trim() : UNEXPECTED
    const summary = JSON.stringify(signal.aborted ? { stopped: true } : { failure })
    // The database may be what failed; the first error is the one to report.
    await note(db, run, summary).catch(() => undefined)
    throw error
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
