/**
 * Where a book stands, read in one go for `tieout status`, /healthz and /metrics: the last night and the next, what runs
 * now, how fresh each source is, and everything that waits for something. Reads only, and never asks a vendor.
 */
import type { Kysely } from 'kysely'
import type { BookConfig } from '../../config/model.ts'
import { targetConnections, type TargetConnection } from '../../connections/health.ts'
import type { Spool } from '../../db/spool.ts'
import type { Tables } from '../../db/tables.ts'
import { nextDueMs } from '../../domain/time/schedule.ts'
import { countOrders, lastReadingMs, type OrderCounts } from '../../evidence/order-counts.ts'
import { countHints } from '../../evidence/order-hints.ts'
import { countDeliveries, landedSequence, type DeliveryCounts } from '../../evidence/webhooks.ts'
import { sourceIds, type Book } from '../../ledger/books.ts'
import { groupExceptions, listExceptions, type ExceptionGroup } from '../../reconcile/exceptions.ts'
import { closedNight, type ClosedNight } from '../serve/closing-word.ts'
import { lastTick, type Tick } from '../serve/ticks.ts'
import { lastProof, type LastProof } from '../serve/weekly-proof.ts'
import { lastFinished, leaseOf, listRuns, type HeldLease, type RecordedRun } from './run-history.ts'

export interface SourceStatus {
  readonly name: string
  readonly type: 'panel' | 'payelancer'
  /** UTC milliseconds; null when it has never been read. */
  readonly lastReadingMs: number | null
  /** Null for what has no orders. */
  readonly orders: OrderCounts | null
  /** Updates told by webhooks that no answer has confirmed, and when the oldest came. */
  readonly unconfirmed: number
  readonly oldestUnconfirmedMs: number | null
}

export interface BookStatus {
  readonly book: string
  readonly lastRun: RecordedRun | null
  /** The night that came to its end last. */
  readonly lastNight: RecordedRun | null
  /** What the newest night of all sources read; null before the first. */
  readonly lastWhole: ClosedNight | null
  readonly runningNow: HeldLease | null
  readonly nextDueMs: number
  /** The newest night `tieout serve` has started; null when it never has. */
  readonly tick: Tick | null
  /** The newest weekly proof `tieout serve` has started; null when it never has. */
  readonly proof: LastProof | null
  readonly sources: readonly SourceStatus[]
  readonly targets: readonly TargetConnection[]
  readonly webhooks: DeliveryCounts
  readonly exceptions: readonly ExceptionGroup[]
}

const NO_DELIVERIES: DeliveryCounts = { deliveries: 0, duplicates: 0, waiting: 0 }

export async function bookStatus(
  db: Kysely<Tables>,
  spool: Spool | null,
  config: BookConfig,
  book: Book,
  nowMs: number,
): Promise<BookStatus> {
  const [lastRun = null] = await listRuns(db, book.id, { limit: 1 })
  const ids = await sourceIds(db, book)
  const hints = await countHints(db, book.id)
  const sources: SourceStatus[] = []
  for (const { name, type } of config.sources) {
    const id = ids.get(name)
    const hinted = id === undefined ? undefined : hints.get(id)
    sources.push({
      name,
      type,
      lastReadingMs: id === undefined ? null : await lastReadingMs(db, book.id, id),
      orders: id === undefined || type !== 'panel' ? null : await countOrders(db, book.id, id, nowMs),
      unconfirmed: hinted?.count ?? 0,
      oldestUnconfirmedMs: hinted?.oldestMs ?? null,
    })
  }
  return {
    book: book.name,
    lastRun,
    lastNight: await lastFinished(db, book.id, 'sync', nowMs),
    lastWhole: await closedNight(db, book.id, { fromMs: 0, throughMs: nowMs }),
    runningNow: await leaseOf(db, book.id),
    nextDueMs: nextDueMs(config.schedule, nowMs),
    tick: await lastTick(db, book.id),
    proof: await lastProof(db, book.id),
    sources,
    targets: await targetConnections(db, book.id, config.targets, nowMs),
    webhooks: spool === null ? NO_DELIVERIES : await deliveriesOf(db, spool, book),
    exceptions: groupExceptions(await listExceptions(db, book.id, { status: 'open' })),
  }
}

async function deliveriesOf(db: Kysely<Tables>, spool: Spool, book: Book): Promise<DeliveryCounts> {
  return countDeliveries(spool.kysely, book.name, await landedSequence(db, book.id, spool.token))
}
