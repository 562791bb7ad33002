/**
 * Past days: a run of its own kind. For a panel it works through the registry's orders of those dates; it reads no
 * balance and moves no cursor of the nightly runs. What an API cannot give back is said, not invented.
 */
import { statedOpening } from '../panels/store/wallet-opening.ts'
import { hasOpening } from '../reconcile/wallet.ts'
import { addDays, startOfDayMs } from '../domain/time/dates.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { groupExceptions, listExceptions } from '../reconcile/exceptions.ts'
import { proveBook } from '../reconcile/prove-book.ts'
import { InputError } from '../domain/errors.ts'
import type { IdRange } from '../domain/orders/id-ranges.ts'
import { withBookRun } from './book-run.ts'
import { backfillPanel } from './extract/panel-backfill.ts'
import { scanIds, type ScanReport } from './extract/scan-ids.ts'
import { importInbox } from './inbox.ts'
import { checkSource, type NightReport, type NightRequest } from './night.ts'
import type { RunContext } from './run-context.ts'
import type { BookPlan } from './sync.ts'
import type { RunEnvironment } from './with-run.ts'

export interface BackfillRange {
  readonly from: IsoDate
  /** The last day, included. */
  readonly to: IsoDate
}

export interface BackfillReport extends Omit<NightReport, 'closed' | 'conversions' | 'deliveries'>, BackfillRange {
  /** Sentences on what could not be had, and where it can come from instead. */
  readonly limits: readonly string[]
  /** Null when no ids were scanned. */
  readonly scan: ScanReport | null
}

export async function runBackfill(
  environment: RunEnvironment,
  request: NightRequest,
  range: BackfillRange,
  /** Ids to ask the source about although nobody registered them. */
  scanned: IdRange | null = null,
): Promise<BackfillReport> {
  const { book, source } = request
  checkSource(book, source)
  if (scanned !== null) checkScan(book, source)
  const ids = scanned === null ? {} : { scan: `${scanned.first}..${scanned.last}` }
  const args = { from: range.from, to: range.to, ...(source === null ? {} : { source }), ...ids }
  const outcome = await withBookRun(environment, request, 'backfill', args, async (context, { plan }) => {
    const imports = await importInbox(context, book)
    const limits = await backfillSources(context, plan, range, source)
    const scan = scanned === null ? null : await scanSource(context, plan, source, scanned)
    return { imports, limits, scan }
  })
  const { kysely } = environment.database
  return {
    book: book.name,
    night: range.to,
    ...range,
    run: outcome.run.id,
    resumed: outcome.run.resumed,
    steps: outcome.steps,
    imports: outcome.result.imports,
    proofs: await proveBook(kysely, outcome.book.id, outcome.plan),
    exceptions: groupExceptions(await listExceptions(kysely, outcome.book.id, { status: 'open' })),
    limits: outcome.result.limits,
    scan: outcome.result.scan,
  }
}

async function backfillSources(
  context: RunContext,
  plan: BookPlan,
  range: BackfillRange,
  only: string | null,
): Promise<readonly string[]> {
  const limits: string[] = []
  for (const source of plan.sources) {
    if (only !== null && source.name !== only) continue
    const unstated = await withoutOpening(context, source, range)
    if (unstated !== null) limits.push(unstated)
    if (source.kind !== 'panel') {
      const kind = source.kind === 'publisher' ? 'day-earned' : 'day-spent'
      limits.push(
        `${source.name}: Payelancer's API gives lifetime totals only, so ${range.from} to ${range.to} cannot be read back. ` +
          `Take each day's total from the network's own page into a CSV (rows of kind ${kind}) and run tieout evidence import FILE.`,
      )
      continue
    }
    const sourceId = idOf(context, source.name)
    const fromMs = startOfDayMs(range.from, source.timeZone)
    const beforeMs = startOfDayMs(addDays(range.to, 1), source.timeZone)
    const hasOrders = await backfillPanel(context, { ...source.task(), sourceId }, { fromMs, beforeMs })
    if (!hasOrders) {
      limits.push(
        `${source.name}: no order of ${range.from} to ${range.to} is registered. A panel cannot list its orders: ` +
          `download the history from its site and run tieout orders import FILE --source ${source.name}.`,
      )
    }
  }
  return limits
}

/** A wallet whose balance nobody stated begins with its first look, so that no earlier order counts (W0). Null where one is stated. */
async function withoutOpening(
  context: RunContext,
  { name, kind, currency }: BookPlan['sources'][number],
  { from }: BackfillRange,
): Promise<string | null> {
  const { database, book } = context
  const key = { book: book.id, source: idOf(context, name) }
  if (kind === 'publisher') return null
  const isStated =
    kind === 'panel'
      ? (await statedOpening(database.kysely, key)) !== null
      : await hasOpening(database.kysely, key.book, key.source)
  if (isStated) return null
  return (
    `${name}: nobody has stated what its wallet held, so it begins with its first reading and nothing before that is posted. ` +
    `Add a line like ${from},${name},opening-balance,AMOUNT,${currency},, to a CSV (date,source,kind,amount,currency,reference,note) ` +
    'and run tieout evidence import FILE.'
  )
}

function idOf(context: RunContext, source: string): bigint {
  const id = context.processor.inForce?.sourceIds.get(source)
  if (id === undefined) throw new RangeError(`source ${source} is not in the settings in force`)
  return id
}

/** Ids mean something to one panel only. */
function checkScan(book: NightRequest['book'], name: string | null): void {
  const panels = book.sources.filter((source) => source.type === 'panel').map((source) => source.name)
  if (name !== null && panels.includes(name)) return
  const message =
    name === null
      ? 'A scan of ids needs the panel whose ids they are.'
      : `"${name}" is not a panel and has no order ids.`
  const hint = panels.length === 0 ? 'Add a panel to tieout.yaml.' : `Name one with --source: ${panels.join(', ')}.`
  throw new InputError('SCAN_PANEL_NEEDED', message, hint)
}

async function scanSource(
  context: RunContext,
  plan: BookPlan,
  name: string | null,
  range: IdRange,
): Promise<ScanReport | null> {
  const source = plan.sources.find((each) => each.name === name)
  if (source?.kind !== 'panel') return null
  return scanIds(context, { ...source.task(), sourceId: idOf(context, source.name) }, range)
}
