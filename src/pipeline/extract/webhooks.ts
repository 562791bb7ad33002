/**
 * What vendors have posted since the last time, from the spool into the landing. How far the spool has been read moves
 * in the transaction that lands, so each delivery is landed once, wherever a crash falls.
 */
import { openSpoolToRead, type Spool } from '../../db/spool.ts'
import { landBatch, type NewLanding } from '../../log/landing.ts'
import { landedSequence, moveLandedSequence, readDeliveries, type Delivery } from '../../evidence/webhooks.ts'
import { deliveriesBody } from '../process/webhook-deliveries.ts'
import { processLanded, underLease, type RunContext } from '../run-context.ts'
import { advanceStep } from '../runs.ts'

const STEP = 'webhooks'
const DELIVERIES_PER_BATCH = 2_000

/** Returns how many deliveries there were. */
export async function landWebhooks(run: RunContext): Promise<number> {
  const spool = await openSpoolToRead(run.database)
  if (spool === null) return 0
  try {
    let count = 0
    for (;;) {
      run.signal.throwIfAborted()
      const landed = await landNext(run, spool)
      if (landed === 0) break
      count += landed
      run.progress(STEP, landed)
    }
    return count
  } finally {
    await spool.close()
  }
}

async function landNext(run: RunContext, spool: Spool): Promise<number> {
  const { kysely } = run.database
  const after = await landedSequence(kysely, run.book.id, spool.token)
  const deliveries = await readDeliveries(spool.kysely, run.book.name, after, DELIVERIES_PER_BATCH)
  const last = deliveries[deliveries.length - 1]
  if (last === undefined) return 0
  const items = itemsOf(run, deliveries)
  const landed = await underLease(run, async (trx) => {
    await moveLandedSequence(trx, run.book.id, spool.token, last.sequence)
    return items.length === 0 ? [] : landBatch(trx, run.book.id, items)
  })
  if (landed.length === 0) return deliveries.length
  await processLanded(run, landed, (trx, { totals }) => advanceStep(trx, run.run, STEP, { totals }))
  return deliveries.length
}

/** One item a source, in the order of reception. */
function itemsOf(run: RunContext, deliveries: readonly Delivery[]): readonly NewLanding[] {
  const bySource = Map.groupBy(deliveries, ({ source }) => source)
  return [...bySource].flatMap(([source, ofSource]) => {
    if (run.processor.inForce?.sourceIds.has(source) !== true) {
      run.warn(source, `left out ${ofSource.length} webhook deliveries: the book has no such source any more`)
      return []
    }
    return [
      {
        kind: 'webhook' as const,
        source,
        request: { firstSequence: ofSource[0]?.sequence, deliveries: ofSource.length },
        fetchedAtMs: run.clock.nowMs(),
        httpStatus: null,
        contentType: 'application/json',
        body: deliveriesBody(ofSource),
      },
    ]
  })
}
