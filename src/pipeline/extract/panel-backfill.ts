/**
 * Asks a panel about every registered order placed in a range of dates, finished ones too. Its position is kept in the
 * backfill's own step, so a killed one goes on; memory holds two chunks whatever the number of orders.
 */
import { ordersPlaced, type PlacedPosition } from '../../evidence/registry.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import { loadStep } from '../runs.ts'
import { askAll, ORDERS_PER_REQUEST, REQUESTS_PER_BATCH, type PanelTask } from './panel.ts'

export interface PlacedRange {
  readonly fromMs: number
  readonly beforeMs: number
}

/** How many orders were asked about, those before a resume included only as "more than none". */
export async function backfillPanel(run: RunContext, panel: PanelTask, range: PlacedRange): Promise<number> {
  const step = `backfill:${panel.name}`
  const state = await loadStep(run.database.kysely, run.run, step)
  if (state?.status === 'finished') return 1
  const chunk = ORDERS_PER_REQUEST * REQUESTS_PER_BATCH
  let position: PlacedPosition | null = state === null ? null : (JSON.parse(state.position) as PlacedPosition | null)
  let asked = position === null ? 0 : 1
  const next = async () => {
    const orders = await ordersPlaced(run.database.kysely, run.book.id, panel.sourceId, range, position, chunk)
    const last = orders[orders.length - 1]
    if (last !== undefined) position = { orderedAtMs: last.orderedAtMs ?? 0, orderId: last.orderId }
    return { orders, position, answers: askAll(run, panel, orders, 'backfill') }
  }
  let current = await next()
  while (current.orders.length > 0) {
    const answers = await current.answers
    const following = current.orders.length < chunk ? null : await next()
    const known = new Map(current.orders.map((order) => [order.orderId, order]))
    await landAndProcess(run, step, answers, { known, position: JSON.stringify(current.position) })
    run.progress(step, current.orders.length)
    asked += current.orders.length
    if (following === null) break
    current = following
  }
  await run.finishStep(step)
  return asked
}
