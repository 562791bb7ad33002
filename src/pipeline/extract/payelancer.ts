/** One reading of a Payelancer account's counters. The API has totals only: no days, no history, no balance. */
import type { PayelancerClient } from '../../sources/payelancer/client.ts'
import { closeCampaigns } from '../panel-writes/close-campaigns.ts'
import { broughtReading } from '../../evidence/readings.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import { loadStep } from '../runs.ts'
import { exchangeLanding } from './answer-landing.ts'

export interface PayelancerTask {
  readonly name: string
  readonly sourceId: bigint
  readonly client: PayelancerClient
}

export async function readPayelancer(run: RunContext, task: PayelancerTask): Promise<void> {
  const step = `stats:${task.name}`
  const state = await loadStep(run.database.kysely, run.run, step)
  if (state?.status === 'finished') return
  await closeCampaigns(run, { source: task.name, sourceId: task.sourceId })
  const exchange = await task.client.stats(run.signal)
  const landing = exchangeLanding(task.name, 'payelancer-stats', exchange, run.clock.nowMs())
  const { batch } = await landAndProcess(run, step, [landing])
  run.progress(step, 1)
  if (await broughtReading(run.database.kysely, run.book.id, task.sourceId, 'counter_reading', batch))
    await run.finishStep(step)
}
