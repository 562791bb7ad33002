/**
 * Section B, completeness: every step of the night's run with rows and sums in, which must equal what came out of it, and
 * how fresh each source is.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { foots, type ControlTotals } from '../../domain/wallets/control-totals.ts'
import { countOrders, type OrderCounts } from '../../evidence/order-counts.ts'
import type { Book } from '../../ledger/books.ts'
import { sourceIds } from '../../ledger/books.ts'
import { HAND_OUT_STEP } from '../hand-out.ts'
import { listSteps } from '../runs.ts'
import type { Window } from './window.ts'

export interface StepLine {
  readonly step: string
  readonly finished: boolean
  readonly totals: ControlTotals
  readonly foots: boolean
}

export interface SourceLine {
  readonly name: string
  readonly kind: 'panel' | 'publisher' | 'advertiser'
  /** Its newest reading by then; null when there is none. */
  readonly lastReadMs: number | null
  /** True when the night's run has a reading of it. */
  readonly fresh: boolean
}

export interface Completeness {
  readonly steps: readonly StepLine[]
  readonly sources: readonly SourceLine[]
  /** Batches of evidence landed since the night before. */
  readonly batches: number
  /** Transactions posted since the night before. */
  readonly transactions: number
  /** Rows of the night's evidence that could not be read. */
  readonly quarantined: number
}

type Source = Pick<SourceLine, 'name' | 'kind'>

export async function completenessOf(
  db: Kysely<Tables>,
  book: Book,
  sources: readonly Source[],
  window: Window,
): Promise<Completeness> {
  const { run, known, before } = window
  const steps = await listSteps(db, { book: book.id, id: run.id, kind: 'sync', resumed: false })
  const ids = await sourceIds(db, book)
  const lines: SourceLine[] = []
  for (const { name, kind } of sources) {
    const id = ids.get(name)
    const read = id === undefined ? null : await newestReading(db, book.id, id, known.batch)
    lines.push({ name, kind, lastReadMs: read?.atMs ?? null, fresh: (read?.batch ?? 0) > before.batch })
  }
  return {
    steps: steps
      .filter(({ step }) => step !== HAND_OUT_STEP)
      .toSorted((a, b) => (a.step < b.step ? -1 : 1))
      .map(({ step, status, totals }) => ({ step, finished: status === 'finished', totals, foots: foots(totals) })),
    sources: lines,
    batches: known.batch - before.batch,
    transactions: known.sequence - before.sequence,
    quarantined: await countQuarantined(db, book.id, window),
  }
}

/** As of now, since the registry keeps no history of what was due. */
export async function ordersNow(
  db: Kysely<Tables>,
  book: Book,
  sources: readonly Source[],
  nowMs: number,
): Promise<readonly (OrderCounts & { readonly source: string })[]> {
  const ids = await sourceIds(db, book)
  const counts: (OrderCounts & { readonly source: string })[] = []
  for (const { name, kind } of sources) {
    const id = ids.get(name)
    if (kind === 'panel' && id !== undefined)
      counts.push({ source: name, ...(await countOrders(db, book.id, id, nowMs)) })
  }
  return counts
}

async function newestReading(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  batch: number,
): Promise<{ readonly atMs: number; readonly batch: number } | null> {
  const newest = async (table: 'wallet_reading' | 'counter_reading') =>
    db
      .selectFrom(table)
      .select(['observed_at_ms', 'batch'])
      .where('book', '=', book)
      .where('source', '=', source)
      .where('batch', '<=', BigInt(batch))
      .orderBy('batch', 'desc')
      .limit(1)
      .executeTakeFirst()
  const row = (await newest('wallet_reading')) ?? (await newest('counter_reading'))
  return row === undefined ? null : { atMs: Number(row.observed_at_ms), batch: Number(row.batch) }
}

async function countQuarantined(db: Kysely<Tables>, book: bigint, { before, known }: Window): Promise<number> {
  const row = await db
    .selectFrom('quarantine')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book)
    .where('batch', '>', BigInt(before.batch))
    .where('batch', '<=', BigInt(known.batch))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
