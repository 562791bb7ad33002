/**
 * Asks a panel about every registered order placed in a range of dates, finished ones too. Its position is kept in the
 * backfill's own step, so a killed one goes on.
 */
import { ordersPlaced } from '../../evidence/registry.ts'
import type { RunContext } from '../run-context.ts'
import { loadStep } from '../runs.ts'
import { askChunks, parsePosition, type PanelTask } from './order-requests.ts'

export interface PlacedRange {
  readonly fromMs: number
  readonly beforeMs: number
}

/** False when no order of the range is registered. */
export async function backfillPanel(run: RunContext, panel: PanelTask, range: PlacedRange): Promise<boolean> {
  const step = `backfill:${panel.name}`
  const state = await loadStep(run.database.kysely, run.run, step)
  if (state?.status === 'finished') return true
  const from = parsePosition(state?.position)
  const asked = await askChunks(run, panel, step, 'backfill', from, (after, limit) =>
    ordersPlaced(run.database.kysely, run.book.id, panel.sourceId, range, after, limit),
  )
  await run.finishStep(step)
  return asked > 0 || from !== null
}
