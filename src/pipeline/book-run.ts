/**
 * A run of a book by its configuration: the way out to the vendors, the plan, whatever an earlier run had landed and not
 * booked, and the settings in force. Every command that writes to a book goes through here.
 */
import type { BookConfig, Config } from '../config/model.ts'
import { loadMappings, requireLineAccounts, type Mappings } from '../config/mappings.ts'
import type { Environment } from '../config/secrets.ts'
import { landRates } from './land-rates.ts'
import { createCommandHttpClient, createRunHttpClient, planBook } from './plan.ts'
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

/** Nights and what reads as they do have time for a vendor's limit; of the others a person waits for the end. */
const MAY_WAIT: Readonly<Record<RunKind, boolean>> = {
  sync: true,
  backfill: true,
  hooks: true,
  delivery: true,
  reconcile: true,
  import: false,
  decision: false,
  'panel-add': false,
  'panel-resolve': false,
  'panel-request': false,
  campaign: false,
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
  const http = (MAY_WAIT[kind] ? createRunHttpClient : createCommandHttpClient)(config.http, clock)
  requireLineAccounts(book, mappings.chart)
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
