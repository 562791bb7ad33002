/**
 * The night on one page, as data: what the terminal, the web page, JSON and CSV all show. Read from the database alone, so
 * that the page of an old night can be read again as it was known then.
 */
import { isDeepStrictEqual } from 'node:util'
import { waitingCounters } from '../held-days.ts'
import { waitsForApproval } from './waiting.ts'
import type { Kysely } from 'kysely'
import { readRunFacts } from '../../alerts/run-facts.ts'
import { approvalMapping } from '../../config/approval-mapping.ts'
import type { Mappings } from '../../config/mappings.ts'
import type { BookConfig } from '../../config/model.ts'
import type { Tables } from '../../db/tables.ts'
import type { AgingRow } from '../../domain/exceptions/aging.ts'
import type { HeldJournal } from '../../domain/journals/journal.ts'
import { colourOf, reasonsOf, type Colour, type Reason } from '../../domain/report/status.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { notedHeads } from '../../journals/heads.ts'
import type { OrderCounts } from '../../evidence/order-counts.ts'
import { chainHeadAt } from '../../ledger/sequences.ts'
import type { Book } from '../../ledger/books.ts'
import { logHead } from '../../log/landing.ts'
import { APPROVED_BY_NIGHT } from '../hand-out.ts'
import { completenessOf, ordersNow, type Completeness } from './completeness.ts'
import { controlLog, type LogEntry } from './control-log.ts'
import { controlTotals, type ControlLine } from './controls.ts'
import { differencesOf, type Difference, type DifferenceFlow } from './differences.ts'
import { forecastSection, type ForecastSection } from './forecast.ts'
import { heldNow, journalSection, type JournalSection } from './journals.ts'
import { pagePlan, type Basis } from './plan.ts'
import { qualityOf, type Quality } from './quality.ts'
import { findWindow, type Window, type WindowRequest } from './window.ts'

export interface NightPage {
  readonly book: string
  readonly currency: string
  readonly timeZone: string
  readonly night: IsoDate
  readonly run: number
  /** When the run was a sync of this source alone: the rest of the page is as the night before it left it. */
  readonly runSource: string | null
  readonly finishedAtMs: number
  readonly knownAtMs: number
  /** The last day that counts in the control totals; null for every day. */
  readonly asOf: IsoDate | null
  readonly basis: Basis
  readonly colour: Colour
  readonly reasons: readonly Reason[]
  readonly controls: readonly ControlLine[]
  readonly completeness: Completeness
  readonly differences: readonly Difference[]
  readonly aging: readonly AgingRow[]
  readonly flow: DifferenceFlow
  readonly journals: JournalSection
  readonly forecast: ForecastSection
  readonly quality: Quality
  readonly log: readonly LogEntry[]
  /** Of the ledger at the last sequence that the page speaks of. */
  readonly chain: { readonly sequence: number; readonly hash: string }
  /** Of ledger and log, as `ledger verify --expect-head` takes them. */
  readonly heads: string
  /** What no history is kept of, as of the moment of reading. Only on the newest page, and never with a `knownAt`. */
  readonly now: PageNow | null
}

/** How the book stands at another moment than the page's. */
export interface Standing {
  readonly atMs: number
  readonly colour: Colour
  readonly reasons: readonly Reason[]
}

export interface PageNow {
  /** With what has been decided, imported and approved since the night; null where it stands as the night left it. */
  readonly standing: Standing | null
  readonly orders: readonly (OrderCounts & { readonly source: string })[]
  readonly held: readonly HeldJournal[]
}

export interface PageRequest extends WindowRequest {
  readonly asOf?: IsoDate | null
  readonly nowMs: number
}

/** Throws InputError when there is no such night. */
export async function nightPage(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  mappings: Mappings,
  request: PageRequest,
): Promise<NightPage> {
  const window = await findWindow(db, book, request)
  const { asOf = null } = request
  const plan = await pagePlan(db, book, config, mappings, window.known.batch)
  const { sources, policy, basis } = plan
  const controls = await controlTotals(db, book, plan, window, asOf)
  const completeness = await completenessOf(db, book, sources, window)
  const { open, aging, flow } = await differencesOf(db, book, policy, window)
  const ripening = await waitingCounters(db, book, config.sources, window.known.batch)
  const journals = await journalSection(db, book, window, config.timeZone, ripening)
  const forecast = await forecastSection(db, book, sources, window)
  const quality = await qualityOf(db, book.id, window)
  const chain = { sequence: window.known.sequence, hash: await chainHeadAt(db, book, window.known.sequence) }
  const failed = await failedSince(db, book, request, window)
  const reasons = judged({ controls, completeness, differences: open, forecast, quality, journals }, failed)
  const isNow = request.knownAtMs === null && window.isNewest
  return {
    ...heading(book, config, window),
    asOf,
    basis,
    colour: colourOf(reasons),
    reasons,
    controls,
    completeness,
    differences: open,
    aging,
    flow,
    journals,
    forecast,
    quality,
    log: await controlLog(db, book.id, window, APPROVED_BY_NIGHT),
    chain,
    heads: notedHeads(chain, await logHead(db, book.id, window.known.batch)),
    now: isNow
      ? {
          standing: await standingNow(
            db,
            book,
            config,
            mappings,
            { ...request, night: window.run.night },
            reasons,
            window,
          ),
          orders: await ordersNow(db, book, sources, window.knownAtMs),
          held: await heldNow(db, book, approvalMapping(config, mappings)),
        }
      : null,
  }
}

type Judged = Pick<NightPage, 'controls' | 'completeness' | 'differences' | 'forecast' | 'quality' | 'journals'>

function judged(
  { controls, completeness, differences, forecast, quality, journals }: Judged,
  failed: string | null,
): readonly Reason[] {
  return reasonsOf({
    ...completeness,
    failedSince: failed,
    accounts: controls,
    open: differences,
    overdue: forecast.expected.overdue,
    toConfirm: quality.proposed,
    waiting: journals.waiting.filter(waitsForApproval).length,
  })
}

/** The same rows once more, as what is known now: a page that was put right must not stay red until the next night. */
async function standingNow(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  mappings: Mappings,
  request: PageRequest,
  before: readonly Reason[],
  { known }: Window,
): Promise<Standing | null> {
  const { nowMs } = request
  const now = await findWindow(db, book, { ...request, knownAtMs: nowMs })
  if (now.known.batch === known.batch && now.known.sequence === known.sequence) return null
  const page = await nightPage(db, book, config, mappings, { ...request, knownAtMs: nowMs })
  const failed = await failedSince(db, book, request, now)
  const reasons = judged(page, failed)
  return isDeepStrictEqual(reasons, before) ? null : { atMs: nowMs, colour: colourOf(reasons), reasons }
}

/** As it stands now where that is known, and as the night left it otherwise. */
export function standingOf({ now, colour, reasons, knownAtMs }: NightPage): Standing {
  return now?.standing ?? { atMs: knownAtMs, colour, reasons }
}

/** Only the newest page speaks of what came after its night. */
async function failedSince(
  db: Kysely<Tables>,
  book: Book,
  { knownAtMs }: PageRequest,
  { isNewest, run }: Window,
): Promise<string | null> {
  if (knownAtMs !== null || !isNewest) return null
  const { broken } = await readRunFacts(db, book.id, { nowMs: run.finishedAtMs, dueMs: null })
  if (broken === null) return null
  const which = broken.id === null ? 'a later night' : `run ${broken.id}`
  return `${which} failed: ${broken.reason?.replace(/\.$/, '') ?? 'its process ended without a word; run tieout sync'}`
}

function heading(book: Book, { currency, timeZone }: BookConfig, { run, knownAtMs }: Window) {
  const { night, id, source, finishedAtMs } = run
  return { book: book.name, currency, timeZone, night, run: id, runSource: source, finishedAtMs, knownAtMs }
}
