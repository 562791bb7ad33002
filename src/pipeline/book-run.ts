/**
 * A run of a book by its configuration: the way out to the vendors, the plan, whatever an earlier run had landed and not
 * booked, and the settings in force. Every command that writes to a book goes through here.
 */
import type { BookConfig, Config } from '../config/model.ts'
import { loadMappings, type Mappings } from '../config/mappings.ts'
import type { Environment } from '../config/secrets.ts'
import { landRates } from './land-rates.ts'
import { createRunHttpClient, planBook } from './plan.ts'
import { recover, type RunContext } from './run-context.ts'
import type { RunKind } from './runs.ts'
import { landSettings, type BookPlan } from './sync.ts'
import { withRun, type RunEnvironment, type RunOutcome } from './with-run.ts'

export interface BookRequest {
  readonly config: Config
  readonly book: BookConfig
  readonly env: Environment
}

export interface Planned {
  readonly plan: BookPlan
  readonly mappings: Mappings
}

export async function withBookRun<T>(
  environment: RunEnvironment,
  { config, book, env }: BookRequest,
  kind: RunKind,
  args: Readonly<Record<string, string>>,
  work: (context: RunContext, planned: Planned) => Promise<T>,
): Promise<RunOutcome<T> & Planned> {
  const mappings = loadMappings(config.mappings)
  const { clock, database } = environment
  const http = createRunHttpClient(config.http, clock)
  const plan = planBook(book, mappings.rules, { env, clock, http, database })
  try {
    const outcome = await withRun(environment, plan, kind, args, async (context) => {
      const recovered = await recover(context)
      if (recovered > 0) context.warn('', `booked ${recovered} landed batches that an earlier run had left`)
      await landSettings(context, plan)
      if (plan.money !== null) await landRates(context, book)
      return work(context, { plan, mappings })
    })
    return { ...outcome, plan, mappings }
  } finally {
    await http.close()
  }
}
