/**
 * The frame around everything that writes to a book: schema, lease, run record, heartbeat, and an orderly end whatever
 * happens. The work inside only lands and processes.
 */
import type { Database } from '../db/database.ts'
import { endHolder } from '../db/holder.ts'
import { migrate } from '../db/migrate.ts'
import { machine } from '../machine/machine.ts'
import { ensureBook, type Book } from '../ledger/books.ts'
import { releaseLease, renewLease, takeLease } from './lease.ts'
import { createProcessor } from './engine/process-batch.ts'
import { underLease, type Clock, type RunContext } from './run-context.ts'
import { notingFailure, type Fenced } from './run-failure.ts'
import { advanceStep, finishRun, listSteps, startRun, type Run, type RunKind, type StepState } from './runs.ts'

export interface RunEnvironment {
  readonly database: Database
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly progress: (step: string, rows: number) => void
  readonly warn: (source: string, sentence: string) => void
}

export interface BookIdentity {
  readonly name: string
  readonly currency: string
  readonly timeZone: string
}

export interface RunOutcome<T> {
  readonly run: Run
  readonly book: Book
  readonly result: T
  readonly steps: readonly StepState[]
}

const HEARTBEAT_MS = 15_000

/** Runs `work` as one run of the book. A run that was killed with the same arguments is taken up, not started anew. */
export async function withRun<T>(
  environment: RunEnvironment,
  identity: BookIdentity,
  kind: RunKind,
  args: Readonly<Record<string, string>>,
  work: (context: RunContext) => Promise<T>,
): Promise<RunOutcome<T>> {
  const { database, clock } = environment
  await migrate(database, clock.nowMs())
  const { kysely } = database
  const book = await ensureBook(kysely, identity)
  const guard = database.dialect === 'postgres' ? database.guard() : (): void => undefined
  const lease = { ...(await takeLease(kysely, book.id, book.name)), guard }
  const stopHeartbeat = machine().every(HEARTBEAT_MS, () => {
    // A lease that cannot be renewed now is noticed by the next batch, inside its own transaction.
    renewLease(kysely, lease).catch(() => undefined)
  })
  try {
    // Whoever stood still so long that another one took the book over writes nothing of its run any more.
    const fenced: Fenced = (write) => underLease({ database, lease }, write)
    const run = await fenced((trx) => startRun(trx, book.id, kind, args, clock.nowMs()))
    const context: RunContext = {
      ...environment,
      book,
      run,
      lease,
      processor: createProcessor(database, book),
      finishStep: (step) => fenced((trx) => advanceStep(trx, run, step, { status: 'finished' })),
    }
    const result = await notingFailure(fenced, run, { signal: environment.signal, nowMs: clock.nowMs }, () =>
      work(context),
    )
    await fenced((trx) => finishRun(trx, run, 'finished', '{}', clock.nowMs()))
    const steps = await listSteps(kysely, run)
    return { run, book, result, steps }
  } finally {
    stopHeartbeat()
    // One that cannot be given back is over all the same; what the work came to is what is to be told.
    endHolder(lease.holder)
    await releaseLease(kysely, lease).catch(() => undefined)
  }
}
