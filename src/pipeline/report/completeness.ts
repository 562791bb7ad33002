/**
 * Section B, completeness: every step since the night before with rows and sums in, which must equal what came out of it,
 * and how fresh each source is.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { ControlTotals } from '../../domain/wallets/control-totals.ts'
import { countOrders, type OrderCounts } from '../../evidence/order-counts.ts'
import type { Evidence } from '../../domain/transaction.ts'
import { countWaitingAt } from '../../evidence/quarantine.ts'
import type { Book } from '../../ledger/books.ts'
import { sourceIds } from '../../ledger/books.ts'
import { interruptedRuns, stepsSince, type InterruptedRun } from './steps.ts'
import type { Window } from './window.ts'

export interface StepLine {
  readonly step: string
  /** The name of the file, for steps that take one in. */
  readonly file: string | null
  /** The runs it was a step of: several when the night was run again. The totals are those of all. */
  readonly runs: readonly number[]
  /** Whether the last of them came to its end. */
  readonly finished: boolean
  readonly totals: ControlTotals
  readonly foots: boolean
}

export interface SourceLine {
  readonly name: string
  readonly kind: 'panel' | 'publisher' | 'advertiser'
  /** Its wallet or receivable; null when the posting rules give it none. */
  readonly account: string | null
  /** Its newest reading by then; null when there is none. */
  readonly lastReadMs: number | null
  /** Where that answer was landed. */
  readonly reading: Evidence | null
  /** True when the night's run has a reading of it. */
  readonly fresh: boolean
}

export interface Completeness {
  readonly steps: readonly StepLine[]
  readonly interrupted: readonly InterruptedRun[]
  readonly sources: readonly SourceLine[]
  /** Batches of evidence landed since the night before. */
  readonly batches: number
  /** Transactions posted since the night before. */
  readonly transactions: number
  /** Rows and answers that could not be read, of this night or an earlier one, and wait for a decision. */
  readonly quarantined: number
}

type Source = Pick<SourceLine, 'name' | 'kind' | 'account'>

export async function completenessOf(
  db: Kysely<Tables>,
  book: Book,
  sources: readonly Source[],
  window: Window,
): Promise<Completeness> {
  const { known, before } = window
  const ids = await sourceIds(db, book)
  const lines: SourceLine[] = []
  for (const { name, kind, account } of sources) {
    const id = ids.get(name)
    const read = id === undefined ? null : await newestReading(db, book.id, id, known.batch)
    const place = read === null ? null : { batch: read.batch, item: read.item }
    lines.push({
      name,
      kind,
      account,
      lastReadMs: read?.atMs ?? null,
      reading: place,
      fresh: (read?.batch ?? 0) > before.batch,
    })
  }
  return {
    steps: await stepsSince(db, book.id, window),
    interrupted: await interruptedRuns(db, book.id, window),
    sources: lines,
    batches: known.batch - before.batch,
    transactions: known.sequence - before.sequence,
    quarantined: await countWaitingAt(db, book.id, window.known.batch),
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
): Promise<(Evidence & { readonly atMs: number }) | null> {
  const newest = async (table: 'wallet_reading' | 'counter_reading') =>
    db
      .selectFrom(table)
      .select(['observed_at_ms', 'batch', 'item'])
      .where('book', '=', book)
      .where('source', '=', source)
      .where('batch', '<=', BigInt(batch))
      .orderBy('batch', 'desc')
      .orderBy('item', 'desc')
      .limit(1)
      .executeTakeFirst()
  const row = (await newest('wallet_reading')) ?? (await newest('counter_reading'))
  return row === undefined
    ? null
    : { atMs: Number(row.observed_at_ms), batch: Number(row.batch), item: Number(row.item) }
}
