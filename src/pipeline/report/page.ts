/**
 * The night on one page, as data: what the terminal, the web page, JSON and CSV all show. Read from the database alone, so
 * that the page of an old night can be read again as it was known then, and two pages can be compared.
 */
import type { Kysely } from 'kysely'
import { approvalMapping } from '../../config/approval-mapping.ts'
import type { Mappings } from '../../config/mappings.ts'
import type { BookConfig } from '../../config/model.ts'
import type { Tables } from '../../db/tables.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import type { AgingRow } from '../../domain/exceptions/aging.ts'
import { colourOf, worstFirst, type Colour, type Reason } from '../../domain/report/status.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { chainHeadAt } from '../../ledger/known-at.ts'
import type { Book } from '../../ledger/books.ts'
import { controlAccount } from '../../reconcile/prove-book.ts'
import { APPROVED_BY_NIGHT } from '../hand-out.ts'
import { completenessOf, type Completeness } from './completeness.ts'
import { controlLog, type LogEntry } from './control-log.ts'
import { controlTotals, type ControlLine } from './controls.ts'
import { differencesOf, type Difference, type DifferenceFlow } from './differences.ts'
import { forecastSection, minimumOf, type ForecastSection } from './forecast.ts'
import { journalSection, type JournalSection } from './journals.ts'
import { findWindow, type WindowRequest } from './window.ts'

export interface NightPage {
  readonly book: string
  readonly currency: string
  readonly timeZone: string
  readonly night: IsoDate
  readonly run: number
  readonly finishedAtMs: number
  readonly knownAtMs: number
  readonly colour: Colour
  readonly reasons: readonly Reason[]
  readonly controls: readonly ControlLine[]
  readonly completeness: Completeness
  readonly differences: readonly Difference[]
  readonly aging: readonly AgingRow[]
  readonly flow: DifferenceFlow
  readonly journals: JournalSection
  readonly forecast: ForecastSection
  readonly log: readonly LogEntry[]
  /** Of the ledger at the last sequence that the page speaks of. */
  readonly chain: { readonly sequence: number; readonly hash: string }
}

/** Throws InputError when there is no such night. */
export async function nightPage(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  mappings: Mappings,
  request: WindowRequest,
): Promise<NightPage> {
  const window = await findWindow(db, book, request)
  const { run, knownAtMs } = window
  const sources = config.sources.map((source) => ({
    name: source.name,
    kind: source.type === 'panel' ? ('panel' as const) : source.role,
    currency: source.currency,
    minimum: minimumOf(source),
  }))
  const { lines: controls } = await controlTotals(db, book, { rules: mappings.rules, sources }, window)
  const completeness = await completenessOf(db, book, sources, window)
  const policy = { ...config.exceptions, timeZone: config.timeZone }
  const { open, aging, flow } = await differencesOf(db, book, policy, window)
  const journals = await journalSection(db, book, approvalMapping(config, mappings), window)
  const withAccounts = sources.map((source) => ({
    ...source,
    account: controlAccount(mappings.rules, source.kind, source.name),
  }))
  const reasons = worstFirst(reasonsOf({ controls, completeness, open, journals }))
  return {
    book: book.name,
    currency: config.currency,
    timeZone: config.timeZone,
    night: run.night,
    run: run.id,
    finishedAtMs: run.finishedAtMs,
    knownAtMs,
    colour: colourOf(reasons),
    reasons,
    controls,
    completeness,
    differences: open,
    aging,
    flow,
    journals,
    forecast: await forecastSection(db, book.id, withAccounts, controls, run.night),
    log: await controlLog(db, book.id, window, APPROVED_BY_NIGHT),
    chain: { sequence: window.known.sequence, hash: await chainHeadAt(db, book, window.known.sequence) },
  }
}

interface Facts {
  readonly controls: readonly ControlLine[]
  readonly completeness: Completeness
  readonly open: readonly Difference[]
  readonly journals: JournalSection
}

function reasonsOf({ controls, completeness, open, journals }: Facts): readonly Reason[] {
  const { steps, sources } = completeness
  const differing = controls.filter(({ difference }) => difference !== null && difference !== 0n)
  const unknown = controls.filter(({ proof, vendor }) => proof !== 'none' && vendor === null)
  const escalated = open.filter(({ severity }) => severity === 'escalate').length
  const others = open.length - escalated
  const waiting = journals.waiting.length + journals.held.length
  return [
    ...steps.flatMap(({ step, foots }) => (foots ? [] : [red(`the step ${step} does not foot`)])),
    ...steps.flatMap(({ step, finished }) => (finished ? [] : [red(`the step ${step} did not come to its end`)])),
    ...sources.flatMap(({ name, fresh }) => (fresh ? [] : [red(`${name} has no reading of this night`)])),
    ...differing.map(({ account, currency, difference }) =>
      red(`${account} differs from the vendor by ${money(difference ?? 0n, currency)}`),
    ),
    ...(escalated === 0 ? [] : [red(`${escalated} exceptions are escalated`)]),
    ...unknown.map(({ account }) => amber(`nobody has said what ${account} should hold`)),
    ...(others === 0 ? [] : [amber(`${others} exceptions are open`)]),
    ...(waiting === 0 ? [] : [amber(`${waiting} journals wait for a person`)]),
    ...(completeness.quarantined === 0 ? [] : [amber(`${completeness.quarantined} rows are in quarantine`)]),
  ]
}

function red(what: string): Reason {
  return { colour: 'red', what }
}

function amber(what: string): Reason {
  return { colour: 'amber', what }
}

function money(amount: Units, currency: string): string {
  return `${formatMoney(amount)} ${currency}`
}
