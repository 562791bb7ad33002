/**
 * One landed batch → postings, exceptions, quarantine and registry, in one database transaction together with how far
 * the landing has been processed. It reads nothing but the batch and the database, so a replay decides the same.
 */
import type { Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Tables } from '../../db/tables.ts'
import { addTotals, NO_TOTALS, startTally, type ControlTotals } from '../../domain/wallets/control-totals.ts'
import { InvariantError } from '../../domain/errors.ts'
import type { PostingRules } from '../../domain/posting-rules.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { readBatch, type Landed } from '../../log/landing.ts'
import { ensureSources, type Book } from '../../ledger/books.ts'
import { postTransactions } from '../../ledger/post.ts'
import { parseSettings, toPostingRules, type Settings } from '../settings.ts'
import { isActs, passOverActs } from '../process/acts.ts'
import type { BatchContext, FollowUp } from '../process/context.ts'
import { handleItems } from '../process/handlers.ts'
import { attempt, isLasting, isUnreadable, reasonOf, separable, setAside, settleAside } from '../process/set-aside.ts'

/** Settings in force and the ids of their sources, kept from batch to batch. */
export interface Processor {
  readonly database: Database
  readonly book: Book
  /** Null before the first settings have been processed, and after a failed batch. */
  inForce: InForce | null
}

interface InForce {
  readonly settings: Settings
  readonly rules: PostingRules
  readonly sourceIds: ReadonlyMap<string, bigint>
  readonly batch: number
}

export interface Note {
  readonly source: string
  readonly sentence: string
}

export interface BatchResult {
  readonly totals: ControlTotals
  readonly posted: number
  /** What a person should read, though nothing is wrong. */
  readonly notes: readonly Note[]
  readonly followUp: FollowUp
  /** Why nothing of the batch was processed; null when it was. */
  readonly setAside: string | null
}

export interface BatchExtras {
  /** What the transaction begins with: who has lost the lease must not come to look at rows of another process. */
  readonly first?: (trx: Transaction<Tables>) => Promise<void>
  /** More to write in the same transaction: the run's step. */
  readonly also?: (trx: Transaction<Tables>, result: BatchResult) => Promise<void>
}

export function createProcessor(database: Database, book: Book): Processor {
  return { database, book, inForce: null }
}

export async function processBatch(
  processor: Processor,
  items: readonly Landed[],
  extras: BatchExtras = {},
): Promise<BatchResult> {
  const batch = items[0]?.batch
  if (batch === undefined) throw new RangeError('a landed batch has at least one item')
  if (isActs(items)) return passOverBatch(processor, extras)
  const process = (handle: Handling): Promise<{ readonly inForce: InForce; readonly result: BatchResult }> =>
    processor.database.kysely.transaction().execute(async (trx) => {
      await extras.first?.(trx)
      const inForce = await settingsFor(processor, trx, items)
      const result = await handle(processor, trx, inForce, items)
      await markProcessed(trx, processor.book.id, batch, inForce.batch)
      await extras.also?.(trx, result)
      return { inForce, result }
    })
  try {
    const done = await process(runHandlers).catch(async (error: unknown) => {
      if (error instanceof AloneFailed) return process(asideFor(error))
      if (!isUnreadable(error)) throw error
      // Only now, since a savepoint around every item would slow down every batch.
      return process(runOneByOne)
    })
    // Only now: a transaction that is repeated starts from what the one before it left.
    processor.inForce = done.inForce
    return done.result
  } catch (error) {
    processor.inForce = null
    throw error
  }
}

/** Acts that a run finds landed are carried out already. */
async function passOverBatch(processor: Processor, { first, also }: BatchExtras): Promise<BatchResult> {
  return processor.database.kysely.transaction().execute(async (trx) => {
    await first?.(trx)
    await passOverActs(trx, processor.book.id)
    await also?.(trx, NOTHING)
    return NOTHING
  })
}

const NOTHING: BatchResult = {
  totals: NO_TOTALS,
  posted: 0,
  notes: [],
  followUp: { unread: [], registered: [] },
  setAside: null,
}

type Handling = (
  processor: Processor,
  trx: Transaction<Tables>,
  inForce: InForce,
  items: readonly Landed[],
) => Promise<BatchResult>

/** Sets aside each item that its reader cannot read, and processes the others. */
async function runOneByOne(
  processor: Processor,
  trx: Transaction<Tables>,
  inForce: InForce,
  items: readonly Landed[],
): Promise<BatchResult> {
  const results: BatchResult[] = []
  for (const item of items) {
    const read = async (context: BatchContext): Promise<number> =>
      post(processor, trx, items, await handleItems(context, [item]))
    const done = await attempt(trx, () => inContext(trx, processor, inForce, [item], read), isUnreadable)
    results.push(done.ok ? done.value : await aside(processor, trx, inForce, item, done.reason))
  }
  return {
    totals: results.reduce((sum, { totals }) => addTotals(sum, totals), NO_TOTALS),
    posted: results.reduce((sum, { posted }) => sum + posted, 0),
    notes: results.flatMap(({ notes }) => notes),
    followUp: {
      unread: results.flatMap(({ followUp }) => followUp.unread),
      registered: results.flatMap(({ followUp }) => followUp.registered),
    },
    setAside: null,
  }
}

function aside(
  processor: Processor,
  trx: Transaction<Tables>,
  inForce: InForce,
  item: Landed,
  reason: string,
): Promise<BatchResult> {
  return inContext(trx, processor, inForce, [item], async (context) => {
    await setAside(context, item, reason)
    return 0
  })
}

async function runHandlers(
  processor: Processor,
  trx: Transaction<Tables>,
  inForce: InForce,
  items: readonly Landed[],
): Promise<BatchResult> {
  const alone = separable(items)
  try {
    return await inContext(trx, processor, inForce, items, async (context) => {
      if (alone !== null) await settleAside(context, alone)
      return handleAll(processor, context, items)
    })
  } catch (error) {
    throw alone !== null && isLasting(error) ? new AloneFailed(alone, error) : error
  }
}

/**
 * Ends the transaction of an item that is to be set aside whole; the next one only sets it aside. A savepoint would do it
 * in one, but on SQLite it copies what a large statement writes, and the work grows with the square of its lines.
 */
class AloneFailed extends Error {
  readonly item: Landed

  constructor(item: Landed, cause: unknown) {
    super(`a ${item.kind} is to be set aside`, { cause })
    this.item = item
  }
}

function asideFor({ item, cause }: AloneFailed): Handling {
  const reason = reasonOf(cause)
  return async (processor, trx, inForce) => ({
    ...(await aside(processor, trx, inForce, item, reason)),
    setAside: reason,
  })
}

/** A context that counts and notes for one try alone. `work` returns how many transactions it posted in the end. */
async function inContext(
  trx: Transaction<Tables>,
  processor: Processor,
  inForce: InForce,
  items: readonly Landed[],
  work: (context: BatchContext) => Promise<number>,
): Promise<BatchResult> {
  const tally = startTally()
  const notes: Note[] = []
  const followUp: FollowUp = { unread: [], registered: [] }
  let early = 0
  const late = await work({
    db: trx,
    book: processor.book.id,
    batch: items[0]?.batch ?? 0,
    settings: inForce.settings,
    rules: inForce.rules,
    sourceIds: inForce.sourceIds,
    tally,
    post: async (drafts) => {
      early += await post(processor, trx, items, drafts)
    },
    followUp,
    warn: (source, sentence) => notes.push({ source, sentence }),
  })
  return { totals: tally.totals(), posted: early + late, notes, followUp, setAside: null }
}

async function handleAll(processor: Processor, context: BatchContext, items: readonly Landed[]): Promise<number> {
  const drafts: TransactionDraft[] = []
  for (const group of groupItems(items)) {
    for (const draft of await handleItems(context, group)) drafts.push(draft)
  }
  return post(processor, context.db, items, drafts)
}

async function post(
  { book }: Processor,
  trx: Transaction<Tables>,
  items: readonly Landed[],
  drafts: readonly TransactionDraft[],
): Promise<number> {
  const recordedAtMs = items.reduce((latest, item) => Math.max(latest, item.fetchedAtMs), 0)
  return drafts.length === 0 ? 0 : (await postTransactions(trx, book, drafts, recordedAtMs)).posted
}

/** Neighbours of one kind and source are handled together. */
function groupItems(items: readonly Landed[]): readonly (readonly Landed[])[] {
  const groups: Landed[][] = []
  for (const item of items) {
    const group = groups[groups.length - 1]
    const head = group?.[0]
    if (group !== undefined && head?.kind === item.kind && head.source === item.source) group.push(item)
    else groups.push([item])
  }
  return groups
}

/** Makes the landed settings the processor's own, without processing anything. */
export async function useSettingsInForce(processor: Processor): Promise<void> {
  processor.inForce = await processor.database.kysely.transaction().execute((trx) => settingsFor(processor, trx, []))
}

async function settingsFor(processor: Processor, trx: Transaction<Tables>, items: readonly Landed[]): Promise<InForce> {
  const fresh = items.findLast((item) => item.kind === 'settings')
  if (fresh !== undefined) return adopt(processor, trx, fresh)
  if (processor.inForce !== null) return processor.inForce
  const done = await trx
    .selectFrom('processed')
    .select('settings_batch')
    .where('book', '=', processor.book.id)
    .executeTakeFirst()
  const landed = done === undefined ? [] : await readBatch(trx, processor.book.id, Number(done.settings_batch))
  const settings = landed.findLast((item) => item.kind === 'settings')
  if (settings === undefined) {
    throw new InvariantError(
      'NO_SETTINGS',
      `Book "${processor.book.name}" has landed evidence but no settings before it.`,
      'Run tieout sync with the configuration of this book; it lands its settings first.',
    )
  }
  return adopt(processor, trx, settings)
}

async function adopt(processor: Processor, trx: Transaction<Tables>, item: Landed): Promise<InForce> {
  const settings = parseSettings(item.body.toString('utf8'))
  const accounts = (settings.money?.accounts ?? []).map(({ name }) => ({ name, kind: 'money' }))
  const sourceIds = await ensureSources(trx, processor.book, [...settings.sources, ...accounts])
  return { settings, rules: toPostingRules(settings), sourceIds, batch: item.batch }
}

/**
 * Moves the mark by one batch, and over acts that were landed meanwhile: a second process, or a batch out of turn, fails
 * here and writes nothing.
 */
async function markProcessed(
  trx: Transaction<Tables>,
  book: bigint,
  batch: number,
  settingsBatch: number,
): Promise<void> {
  await passOverActs(trx, book)
  const values = { batch: BigInt(batch), settings_batch: BigInt(settingsBatch) }
  if (batch === 1) {
    await trx
      .insertInto('processed')
      .values({ book, ...values })
      .execute()
  } else {
    const moved = await trx
      .updateTable('processed')
      .set(values)
      .where('book', '=', book)
      .where('batch', '=', BigInt(batch - 1))
      .executeTakeFirst()
    if (moved.numUpdatedRows !== 1n)
      throw new InvariantError(
        'BATCH_OUT_OF_TURN',
        `Landing batch ${batch} cannot be processed now: the one before it has not been, or it already has.`,
        'Run the command again; if it stays, run tieout ledger verify.',
      )
  }
  await passOverActs(trx, book)
}

/** The last processed batch; 0 before the first. */
export async function lastProcessedBatch(processor: Processor): Promise<number> {
  const row = await processor.database.kysely
    .selectFrom('processed')
    .select('batch')
    .where('book', '=', processor.book.id)
    .executeTakeFirst()
  return row === undefined ? 0 : Number(row.batch)
}
