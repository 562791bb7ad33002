/**
 * Asks a panel about every registered order placed in a range of dates, finished ones too. Its position is kept in the
 * backfill's own step, so a killed one goes on.
 */
import { ordersPlaced, type PlacedPosition } from '../../evidence/registry.ts'
import type { RunContext } from '../run-context.ts'
import { loadStep } from '../runs.ts'
import { askChunks, type PanelTask } from './order-requests.ts'

export interface PlacedRange {
  readonly fromMs: number
  readonly beforeMs: number
}

/** False when no order of the range is registered. */
export async function backfillPanel(run: RunContext, panel: PanelTask, range: PlacedRange): Promise<boolean> {
  const step = `backfill:${panel.name}`
  const state = await loadStep(run.database.kysely, run.run, step)
  if (state?.status === 'finished') return true
  const from = state === null ? null : (JSON.parse(state.position) as PlacedPosition | null)
  const asked = await askChunks<PlacedPosition>(run, panel, step, 'backfill', from, async (after, limit) => {
    const orders = await ordersPlaced(run.database.kysely, run.book.id, panel.sourceId, range, after, limit)
    const last = orders[orders.length - 1]
    const position = last === undefined ? after : { orderedAtMs: last.orderedAtMs ?? 0, orderId: last.orderId }
    return { orders, position }
  })
  await run.finishStep(step)
  return asked > 0 || from !== null
}
