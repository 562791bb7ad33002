/**
 * What every step of a run is given, and the one way it writes: land a batch (committed at once, so that no answer is
 * ever lost), then process it in a second transaction that also moves the step, renews the lease and counts.
 */
import type { Database } from '../db/database.ts'
import { landBatch, lastLandedBatch, readBatch, type NewLanding } from '../evidence/landing.ts'
import { broughtReading } from '../evidence/readings.ts'
import type { Book } from '../ledger/books.ts'
import { renewLease, type Lease } from './lease.ts'
import { lastProcessedBatch, processBatch, type BatchResult, type Processor } from './process/process-batch.ts'
import { advanceStep, type Run } from './runs.ts'

export interface Clock {
  /** UTC milliseconds; frozen when `--now` is given. */
  readonly nowMs: () => number
}

export interface RunContext {
  readonly database: Database
  readonly book: Book
  readonly run: Run
  readonly lease: Lease
  readonly processor: Processor
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Adds rows done to a step's progress. */
  readonly progress: (step: string, rows: number) => void
  /** Says something a person should read now, without stopping the run. */
  readonly warn: (source: string, sentence: string) => void
  readonly finishStep: (step: string) => Promise<void>
}

export interface StepWrite {
  /** The step's new position, JSON. It moves with the batch unless the batch leads to more to ask first. */
  readonly position?: string
}

/** Lands items as one batch and processes it. A stop signal is honoured between batches, never inside one. */
export async function landAndProcess(
  context: RunContext,
  step: string,
  items: readonly NewLanding[],
  write: StepWrite = {},
): Promise<BatchResult> {
  context.signal.throwIfAborted()
  const { kysely } = context.database
  const landed = await kysely.transaction().execute(async (trx) => {
    await renewLease(trx, context.lease)
    return landBatch(trx, context.book.id, items)
  })
  const result = await processBatch(context.processor, landed, {
    also: async (trx, result) => {
      await renewLease(trx, context.lease)
      const moves = write.position !== undefined && !leadsOn(result)
      const position = moves ? { position: write.position } : {}
      await advanceStep(trx, context.run, step, { totals: result.totals, ...position })
    },
  })
  for (const { source, sentence } of result.notes) context.warn(source, sentence)
  return result
}

/** Whether the batch landed last brought a figure of a source. */
export async function lastBatchRead(
  { database: { kysely }, book }: RunContext,
  source: bigint,
  table: 'wallet_reading' | 'counter_reading',
): Promise<boolean> {
  return broughtReading(kysely, book.id, source, table, await lastLandedBatch(kysely, book.id))
}

/** True when there is more to ask before what the batch was about is done. */
export function leadsOn({ followUp }: BatchResult): boolean {
  return followUp.unread.length > 0 || followUp.registered.length > 0
}

/** Moves a step's position once everything the batches before it led to has been booked. */
export async function moveStep(context: RunContext, step: string, position: string): Promise<void> {
  await context.database.kysely.transaction().execute(async (trx) => {
    await renewLease(trx, context.lease)
    await advanceStep(trx, context.run, step, { position })
  })
}

/** Processes what was landed but not processed when an earlier run stopped. Returns how many batches there were. */
export async function recover(context: RunContext): Promise<number> {
  const { kysely } = context.database
  const landed = await lastLandedBatch(kysely, context.book.id)
  let done = await lastProcessedBatch(context.processor)
  const batches = landed - done
  while (done < landed) {
    done += 1
    await processBatch(context.processor, await readBatch(kysely, context.book.id, done), {
      also: async (trx, result) => {
        await renewLease(trx, context.lease)
        await advanceStep(trx, context.run, 'recover', { totals: result.totals })
      },
    })
  }
  return batches
}
