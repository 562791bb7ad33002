/**
 * The panel's catalogue, read once a UTC day, so that a charge can be compared with the rate of its own day. A night
 * goes on without it: prices are then checked against the day before.
 */
import { isoDateInZone } from '../../domain/time/dates.ts'
import { catalogueSeenMs } from '../../evidence/catalogue.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import { exchangeLanding } from './answer-landing.ts'
import type { PanelTask } from './order-requests.ts'

export async function readCatalogue(run: RunContext, panel: PanelTask): Promise<void> {
  const seenMs = await catalogueSeenMs(run.database.kysely, run.book.id, panel.sourceId)
  const today = isoDateInZone(run.clock.nowMs(), 'UTC')
  if (seenMs !== null && isoDateInZone(seenMs, 'UTC') >= today) return
  const exchange = await panel.client.services(run.signal)
  const landing = exchangeLanding(panel.name, 'panel-services', exchange, run.clock.nowMs())
  if (landing.kind === 'fetch-failure') {
    run.warn(panel.name, `the catalogue was not read: ${landing.body.toString('utf8')}`)
    return
  }
  const step = `catalogue:${panel.name}`
  await landAndProcess(run, step, [landing])
  await run.finishStep(step)
}
