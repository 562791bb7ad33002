/**
 * Between the nights: land what vendors' webhooks have said, and ask at once about the orders they name. It reads no
 * balance and proves nothing; that is the night's. Orders that cannot be asked now stay hinted, and the night asks.
 */
import { countHints, readHints } from '../evidence/order-hints.ts'
import { withBookRun, type BookRequest } from './book-run.ts'
import { askOrders, bookAnswers, ORDERS_PER_CHUNK, type PanelTask } from './extract/order-requests.ts'
import { landWebhooks } from './extract/webhooks.ts'
import type { RunContext } from './run-context.ts'
import type { StepState } from './runs.ts'
import type { RunEnvironment } from './with-run.ts'

/** What one pass asks about at most; at a panel's pace of 1,000 requests a minute, a minute or so. */
const ORDERS_PER_PASS = 100_000

export interface HooksReport {
  readonly book: string
  readonly run: number
  /** Deliveries landed by this pass. */
  readonly deliveries: number
  /** Orders asked about. */
  readonly asked: number
  /** Orders whose update no answer has confirmed yet. */
  readonly unconfirmed: number
  readonly steps: readonly StepState[]
}

export async function runHooksPass(environment: RunEnvironment, request: BookRequest): Promise<HooksReport> {
  const { kysely } = environment.database
  const outcome = await withBookRun(environment, request, 'hooks', {}, async (context, { plan }) => {
    const deliveries = await landWebhooks(context)
    let asked = 0
    for (const source of plan.sources) {
      const sourceId = context.processor.inForce?.sourceIds.get(source.name)
      if (source.kind !== 'panel' || sourceId === undefined) continue
      asked += await askHinted(context, source.name, sourceId, () => ({ ...source.task(), sourceId }))
    }
    return { deliveries, asked }
  })
  const hints = await countHints(kysely, outcome.book.id)
  const unconfirmed = [...hints.values()].reduce((sum, { count }) => sum + count, 0)
  return { book: request.book.name, run: outcome.run.id, ...outcome.result, unconfirmed, steps: outcome.steps }
}

/** The client, and with it the API key, is made only when there is something to ask. */
async function askHinted(run: RunContext, name: string, sourceId: bigint, panel: () => PanelTask): Promise<number> {
  const { kysely } = run.database
  const step = `hooks:${name}`
  let asked = 0
  let after = ''
  let task: PanelTask | null = null
  while (asked < ORDERS_PER_PASS) {
    const hints = await readHints(kysely, run.book.id, sourceId, after, ORDERS_PER_CHUNK)
    const last = hints[hints.length - 1]
    if (last === undefined) break
    after = last.orderId
    task ??= panel()
    const orders = hints.map(({ orderId }) => ({ atMs: 0, orderId }))
    await bookAnswers(run, task, step, 'hook', { orders, answers: await askOrders(run, task, orders, 'hook') })
    asked += hints.length
  }
  if (task !== null) await run.finishStep(step)
  return asked
}
