/**
 * Looks at the books for alerts once a night has ended, well or not. Whatever goes wrong in it is said on stderr and
 * changes neither the night's outcome nor its exit code.
 */
import { evaluateAlerts } from '../alerts/evaluate.ts'
import type { Config } from '../config/model.ts'
import { requireMigrated } from '../db/migrate.ts'
import { troubleIn } from '../db/trouble.ts'
import { TieoutError } from '../domain/errors.ts'
import type { RunEnvironment } from '../pipeline/with-run.ts'
import type { Session } from './session.ts'

export async function alertsAfter<T>(
  session: Session,
  environment: RunEnvironment,
  config: Config,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await work()
    await look(session, environment, config)
    return result
  } catch (error) {
    // Without its database there is nothing to look at; a night that starts again by itself has not ended.
    if (troubleIn(error) === null) await look(session, environment, config)
    throw error
  }
}

async function look(session: Session, environment: RunEnvironment, config: Config): Promise<void> {
  if (config.alerts === undefined) return
  try {
    if (!(await isReady(environment))) return
    await evaluateAlerts({ ...environment, env: session.io.env }, config)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    environment.warn('alerts', `nobody was told anything: ${reason}`)
  }
}

/** A run that failed before it made the tables has left nothing to look at; its own message says why. */
async function isReady({ database }: RunEnvironment): Promise<boolean> {
  try {
    await requireMigrated(database)
    return true
  } catch (error) {
    if (error instanceof TieoutError && troubleIn(error) === null) return false
    throw error
  }
}
