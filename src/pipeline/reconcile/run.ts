/** One reconciliation as a run of its own: the night's step without the vendors, and what it came to read back. */
import { RejectedError } from '../../domain/errors.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { readLastRun, type ReadRun } from '../../evidence/match-runs.ts'
import { withBookRun, type BookRequest } from '../book-run.ts'
import type { ReconcileSummary } from '../process/match-summary.ts'
import type { RunEnvironment } from '../with-run.ts'
import { reconcileNight } from './night.ts'

export interface ReconcileOutcome {
  /** Transactions. */
  readonly posted: number
  /** Null when the book has nothing to reconcile. */
  readonly run: ReadRun<ReconcileSummary> | null
}

export async function runReconcile(
  environment: RunEnvironment,
  request: BookRequest,
  day: IsoDate,
): Promise<ReconcileOutcome> {
  const { result } = await withBookRun(environment, request, 'reconcile', { day }, async (context) => {
    const done = await reconcileNight(context, day, 'asked for')
    if (done === null) return { posted: 0, run: null }
    if (done.failed !== null) throw notReconciled(day, done.failed)
    const run = await readLastRun<ReconcileSummary>(context.database.kysely, context.book.id)
    return { posted: done.posted, run }
  })
  return result
}

function notReconciled(day: IsoDate, reason: string): RejectedError {
  return new RejectedError(
    'RECONCILE_FAILED',
    `The reconciliation of ${day} was left out: ${reason}`,
    'Nothing of it is in the books, and everything else goes on. tieout todo --code FILE_UNREAD has it.',
  )
}
