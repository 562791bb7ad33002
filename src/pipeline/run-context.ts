/**
 * What every step of a run is given, and the one way it writes: land a batch (committed at once, so that no answer is
 * ever lost), then process it in a second transaction that also renews the lease, moves the step and counts.
 */
import type { Transaction } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { landBatch, lastLandedBatch, readBatch, type Landed, type NewLanding } from '../log/landing.ts'
import type { Book } from '../ledger/books.ts'
import { renewLease, type Lease } from './lease.ts'
import {
  lastProcessedBatch,
  processBatch,
  type BatchExtras,
  type BatchResult,
  type Processor,
} from './engine/process-batch.ts'
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

/**
 * A transaction of the run. It begins by renewing the lease, so whoever has lost it is told so before anything else, and
 * nobody takes it while the transaction lasts.
 */
export function underLease<T>(
  { database: { kysely }, lease }: Pick<RunContext, 'database' | 'lease'>,
  work: (trx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return kysely.transaction().execute(async (trx) => {
    await renewLease(trx, lease)
    return work(trx)
  })
}

/** Processes what this run has landed, or found landed. */
export function processLanded(
  { processor, lease }: Pick<RunContext, 'processor' | 'lease'>,
  landed: readonly Landed[],
  also: BatchExtras['also'] = async () => undefined,
): Promise<BatchResult> {
  return processBatch(processor, landed, { first: (trx) => renewLease(trx, lease), also })
}

/** Lands items as one batch, whose number it returns, and processes it. A stop signal is honoured between batches, never inside one. */
export async function landAndProcess(
  context: RunContext,
  step: string,
  items: readonly NewLanding[],
  write: StepWrite = {},
): Promise<BatchResult & { readonly batch: number }> {
  context.signal.throwIfAborted()
  const landed = await underLease(context, (trx) => landBatch(trx, context.book.id, items))
  const result = await processLanded(context, landed, async (trx, result) => {
    const moves = write.position !== undefined && !leadsOn(result)
    const position = moves ? { position: write.position } : {}
    await advanceStep(trx, context.run, step, { totals: result.totals, ...position })
  })
  for (const { source, sentence } of result.notes) context.warn(source, sentence)
  return { ...result, batch: landed[0]?.batch ?? 0 }
}

/** True when there is more to ask before what the batch was about is done. */
export function leadsOn({ followUp }: BatchResult): boolean {
  return followUp.unread.length > 0 || followUp.registered.length > 0
}

/** Moves a step's position once everything the batches before it led to has been booked. */
export async function moveStep(context: RunContext, step: string, position: string): Promise<void> {
  await underLease(context, (trx) => advanceStep(trx, context.run, step, { position }))
}

/** Processes what was landed but not processed when an earlier run stopped. Returns how many batches there were. */
export async function recover(context: RunContext): Promise<number> {
  const { kysely } = context.database
  let done = await lastProcessedBatch(context.processor)
  const landed = await lastLandedBatch(kysely, context.book.id)
  const batches = landed - done
  while (done < landed) {
    done += 1
    await processLanded(context, await readBatch(kysely, context.book.id, done), (trx, { totals }) =>
      advanceStep(trx, context.run, 'recover', { totals }),
    )
  }
  return batches
}
