/**
 * One book's night as a command runs it: import what lies in the inbox, read the sources, prove the wallets, seal and
 * export, and say how it went. Everything it reports is read back from the database.
 */
import type { BookConfig } from '../config/model.ts'
import { didYouMean } from '../config/suggest.ts'
import { InputError } from '../domain/errors.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { groupExceptions, listExceptions, type ExceptionGroup } from '../reconcile/exceptions.ts'
import { proveBook } from '../reconcile/prove-book.ts'
import type { RollForward } from '../reconcile/roll-forward.ts'
import { withBookRun, type BookRequest } from './book-run.ts'
import { closeNight, type ClosedNight } from './close-night.ts'
import { deliverAtNight } from './delivery/deliver-night.ts'
import type { TargetReport } from './delivery/deliver-target.ts'
import { compareConversions, type ConversionComparison } from './extract/conversions.ts'
import { landWebhooks } from './extract/webhooks.ts'
import { HAND_OUT_STEP } from './hand-out.ts'
import type { ImportResult } from './import-file.ts'
import { importInbox } from './inbox.ts'
import { nightProofs, type NightProofs } from './proofs/night.ts'
import { reconcileNight } from './reconcile/night.ts'
import type { StepState } from './runs.ts'
import { nightOf, readSources } from './sync.ts'
import type { RunEnvironment } from './with-run.ts'

export interface NightRequest extends BookRequest {
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
  /** Only of books with money accounts or payouts. */
  readonly moneyProofs?: NightProofs
  readonly exceptions: readonly ExceptionGroup[]
  /** Networks that told of conversions of the day, beside their counters. */
  readonly conversions: readonly ConversionComparison[]
  readonly closed: ClosedNight
  /** What went to the accounting systems that are connected. */
  readonly deliveries: readonly TargetReport[]
}

export async function runNight(environment: RunEnvironment, request: NightRequest): Promise<NightReport> {
  const { book, source } = request
  checkSource(book, source)
  const night = nightOf(environment.clock.nowMs(), book.timeZone)
  const args = { night, ...(source === null ? {} : { source }) }
  const outcome = await withBookRun(environment, request, 'sync', args, async (context, { plan, mappings }) => {
    const imports = await importInbox(context, book)
    await landWebhooks(context)
    await readSources(context, plan, source)
    const conversions = await compareConversions(context, book, night)
    await reconcileNight(context, night, 'night')
    const closed = await closeNight(context, book, mappings, night)
    const deliveries = await deliverAtNight(context, environment, request)
    return { imports, conversions, closed, deliveries }
  })
  const { kysely } = environment.database
  const hasMoney = outcome.plan.money !== null
  const moneyProofs = hasMoney ? await nightProofs({ db: kysely, book: outcome.book.id }) : null
  return {
    book: book.name,
    night,
    run: outcome.run.id,
    resumed: outcome.run.resumed,
    steps: outcome.steps.filter(({ step }) => step !== HAND_OUT_STEP),
    imports: outcome.result.imports,
    proofs: await proveBook(kysely, outcome.book.id, outcome.plan),
    ...(moneyProofs === null ? {} : { moneyProofs }),
    exceptions: groupExceptions(await listExceptions(kysely, outcome.book.id, { status: 'open' })),
    conversions: outcome.result.conversions,
    closed: outcome.result.closed,
    deliveries: outcome.result.deliveries,
  }
}

export function checkSource(book: BookConfig, source: string | null): void {
  const names = book.sources.map((each) => each.name)
  if (source === null || names.includes(source)) return
  const hint = `Its sources are ${names.join(', ')}.${didYouMean(source, names)}`
  throw new InputError('SOURCE_UNKNOWN', `Book "${book.name}" has no source "${source}".`, hint)
}
