/**
 * One book's night as a command runs it: import what lies in the inbox, read the sources, prove the wallets, seal and
 * export, and say how it went. Everything it reports is read back from the database.
 */
import type { BookConfig, Config } from '../config/model.ts'
import { loadMappings } from '../config/mappings.ts'
import type { Environment } from '../config/secrets.ts'
import { didYouMean } from '../config/suggest.ts'
import { InputError } from '../domain/errors.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { groupExceptions, listExceptions, type ExceptionGroup } from '../reconcile/exceptions.ts'
import { proveBook } from '../reconcile/prove-book.ts'
import type { RollForward } from '../reconcile/roll-forward.ts'
import { closeNight, type ClosedNight } from './close-night.ts'
import { compareConversions, type ConversionComparison } from './extract/conversions.ts'
import { landWebhooks } from './extract/webhooks.ts'
import { HAND_OUT_STEP } from './hand-out.ts'
import type { ImportResult } from './import-file.ts'
import { importInbox } from './inbox.ts'
import { createRunHttpClient, planBook } from './plan.ts'
import { recover, type RunContext } from './run-context.ts'
import type { StepState } from './runs.ts'
import { landSettings, nightOf, readSources, type BookPlan } from './sync.ts'
import { withRun, type RunEnvironment } from './with-run.ts'

export interface NightRequest {
  readonly config: Config
  readonly book: BookConfig
  readonly env: Environment
  /** Only this source, or all. */
  readonly source: string | null
}

export interface NightReport {
  readonly book: string
  readonly night: IsoDate
  readonly run: number
  readonly resumed: boolean
  readonly steps: readonly StepState[]
  readonly imports: readonly ImportResult[]
  readonly proofs: readonly RollForward[]
  readonly exceptions: readonly ExceptionGroup[]
  /** Networks that told of conversions of the day, beside their counters. */
  readonly conversions: readonly ConversionComparison[]
  readonly closed: ClosedNight
}

export async function runNight(environment: RunEnvironment, request: NightRequest): Promise<NightReport> {
  const { config, book, env, source } = request
  checkSource(book, source)
  const mappings = loadMappings(config.mappings)
  const http = createRunHttpClient(config.http, environment.clock)
  const plan = planBook(book, mappings.rules, { env, clock: environment.clock, http, database: environment.database })
  const night = nightOf(environment.clock.nowMs(), book.timeZone)
  const args = { night, ...(source === null ? {} : { source }) }
  try {
    const outcome = await withRun(environment, plan, 'sync', args, async (context) => {
      const imports = await prepare(context, book, plan)
      await landWebhooks(context)
      await readSources(context, plan, source)
      const conversions = await compareConversions(context, book, night)
      const closed = await closeNight(context, book, mappings, night)
      return { imports, conversions, closed }
    })
    const { kysely } = environment.database
    return {
      book: book.name,
      night,
      run: outcome.run.id,
      resumed: outcome.run.resumed,
      steps: outcome.steps.filter(({ step }) => step !== HAND_OUT_STEP),
      imports: outcome.result.imports,
      proofs: await proveBook(kysely, outcome.book.id, plan),
      exceptions: groupExceptions(await listExceptions(kysely, outcome.book.id, { status: 'open' })),
      conversions: outcome.result.conversions,
      closed: outcome.result.closed,
    }
  } finally {
    await http.close()
  }
}

/** What every run does first: finish what was landed, put the settings in force, take in the inbox. */
export async function prepare(context: RunContext, book: BookConfig, plan: BookPlan): Promise<readonly ImportResult[]> {
  const recovered = await recover(context)
  if (recovered > 0) context.warn('', `booked ${recovered} landed batches that an earlier run had left`)
  await landSettings(context, plan)
  return importInbox(context, book)
}

export function checkSource(book: BookConfig, source: string | null): void {
  const names = book.sources.map((each) => each.name)
  if (source === null || names.includes(source)) return
  const hint = `Its sources are ${names.join(', ')}.${didYouMean(source, names)}`
  throw new InputError('SOURCE_UNKNOWN', `Book "${book.name}" has no source "${source}".`, hint)
}
