/**
 * Replay: the raw landing of a book, processed again into an empty database. The books are derived from the landing
 * alone, so the chain head must come out the same, on either engine; anything else means one of them was tampered with
 * or a rule changed its mind.
 */
import type { Kysely } from 'kysely'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import type { Tables } from '../db/tables.ts'
import { InputError } from '../domain/errors.ts'
import { copyBatch, lastLandedBatch } from '../log/landing.ts'
import { lastingIdOf } from '../ledger/book-identity.ts'
import { ensureBook, type Book } from '../ledger/books.ts'
import { chainHead } from '../ledger/digest.ts'
import { isActs, repeatActs } from './process/acts.ts'
import { createProcessor, processBatch } from './engine/process-batch.ts'
import type { BookIdentity } from './with-run.ts'

export interface ReplayReport {
  readonly batches: number
  readonly original: { readonly sequence: number; readonly hash: string }
  readonly replayed: { readonly sequence: number; readonly hash: string }
  /** Acts that do not fit what the replay came to, a sentence each. */
  readonly unfit: readonly string[]
  readonly isSame: boolean
}

/** `into` must not hold the book yet. Evidence that the original has not processed yet is copied and not processed either; acts behind it count. */
export async function replayBook(
  from: { readonly kysely: Kysely<Tables>; readonly book: Book },
  into: Database,
  identity: BookIdentity,
  options: {
    readonly nowMs: number
    readonly signal: AbortSignal
    readonly onBatch: (batch: number, of: number) => void
  },
): Promise<ReplayReport> {
  await migrate(into, options.nowMs)
  const lastingId = await lastingIdOf(from.kysely, from.book.id)
  const target = await ensureBook(into.kysely, { ...identity, lastingId })
  if ((await lastLandedBatch(into.kysely, target.id)) > 0) {
    const message = `The database to replay into already holds the book "${target.name}".`
    throw new InputError('REPLAY_TARGET', message, 'Give an empty database with --into, or leave --into out.')
  }
  const batches = await lastLandedBatch(from.kysely, from.book.id)
  const processed = await processedBatches(from.kysely, from.book.id)
  const processor = createProcessor(into, target)
  const unfit: string[] = []
  for (let batch = 1; batch <= batches; batch += 1) {
    options.signal.throwIfAborted()
    const items = await copyBatch({ db: from.kysely, book: from.book.id }, { db: into.kysely, book: target.id }, batch)
    if (isActs(items)) {
      const sentence = await repeatActs(into.kysely, target.id, items)
      if (sentence !== null) unfit.push(sentence)
    } else if (batch <= processed) await processBatch(processor, items)
    options.onBatch(batch, batches)
  }
  const original = await chainHead(from.kysely, from.book)
  const replayed = await chainHead(into.kysely, target)
  const isSame = original.sequence === replayed.sequence && original.hash === replayed.hash
  return { batches, original, replayed, unfit, isSame: isSame && unfit.length === 0 }
}

async function processedBatches(db: Kysely<Tables>, book: bigint): Promise<number> {
  const row = await db.selectFrom('processed').select('batch').where('book', '=', book).executeTakeFirst()
  return row === undefined ? 0 : Number(row.batch)
}
