/** A run of a bench's book, with settings landed, so that what a delivery learns can be recorded as it is at night. */
import { loadMappings } from '../../src/config/mappings.ts'
import { deliverTarget, type DeliverOptions, type TargetReport } from '../../src/pipeline/delivery/deliver-target.ts'
import { tieOutAtNight } from '../../src/pipeline/delivery/tie-out-night.ts'
import { recordWithin } from '../../src/pipeline/delivery/record.ts'
import { landSettings } from '../../src/pipeline/sync.ts'
import { withRun, type RunEnvironment } from '../../src/pipeline/with-run.ts'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import type { Bench } from './support.ts'

const { rules } = loadMappings()
export const IDENTITY = { name: 'Acme Ads', currency: 'USD', timeZone: 'UTC' }

export function environmentOf({ database, clock }: Pick<Bench, 'database' | 'clock'>): RunEnvironment {
  return {
    database,
    clock: { nowMs: () => clock.ms },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
  }
}

/** A delivery as the night does it: sent, read back, looked at for drift, and recorded. */
export async function deliverNight(made: Bench, drift: DeliverOptions['drift'] = 'changes'): Promise<TargetReport> {
  const { name, from } = made.work
  const outcome = await withRun(
    environmentOf(made),
    IDENTITY,
    'delivery',
    { at: String(made.clock.ms) },
    async (context) => {
      await landSettings(context, { ...IDENTITY, recognition: 'order', rules, sources: [], money: null })
      const report = await tieOutAtNight(made.work, await deliverTarget(made.work, { limit: null, drift }))
      // Only its name and first day matter here.
      const targets = [{ name, from }] as unknown as Parameters<typeof recordWithin>[1]['targets']
      await recordWithin(context, { targets }, [report])
      return report
    },
  )
  return outcome.result
}

/** "TARGET_CHANGED journal:X", open ones, in order. */
export async function openExceptions({ database, book }: Bench): Promise<readonly string[]> {
  const open = await listExceptions(database.kysely, book.id, { status: 'open' })
  return open.map(({ code, object }) => `${code} ${object}`)
}
