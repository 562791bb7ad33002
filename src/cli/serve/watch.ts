/**
 * The daemon's look for alerts at each wake, one at a time. What keeps it from looking is logged; it never keeps a night
 * or a webhook from being taken.
 */
import { evaluateAlerts } from '../../alerts/evaluate.ts'
import type { CliIo } from '../io.ts'
import type { Opened } from './open.ts'

export interface Watch {
  /** Returns at once. */
  readonly wake: () => void
  readonly idle: () => Promise<void>
}

type Watched = Pick<Opened, 'config' | 'database' | 'log' | 'nowMs'>

export function startWatch(
  { config, database, log, nowMs }: Watched,
  { env, signal }: Pick<CliIo, 'env' | 'signal'>,
): Watch {
  let looking: Promise<void> | null = null
  // A rehearsal's nights are simulated: measured by the real time, they would all be late.
  const isWatching = config.alerts !== undefined && config.sandbox === undefined
  const environment = {
    database,
    clock: { nowMs },
    env,
    signal,
    warn: (_source: string, sentence: string) => log.warn({}, sentence),
  }
  const look = async (): Promise<void> => {
    try {
      const { said } = await evaluateAlerts(environment, config)
      for (const { book, event, rule, object, severity, title } of said) {
        log.info({ book, event, rule, object, severity }, `alert: ${title}`)
      }
    } catch (error) {
      log.error({ err: error }, 'the books could not be looked at for alerts')
    }
  }
  return {
    wake: () => {
      if (!isWatching || looking !== null || signal.aborted) return
      looking = look().finally(() => (looking = null))
    },
    idle: async () => {
      await looking
    },
  }
}
