/**
 * The page as one long table for spreadsheets: a row for every figure, named by its section, its line and what it is.
 * Texts that people or vendors wrote are guarded against being read as formulas; amounts are plain decimals.
 */
import type { HeldCounter } from '../../../reconcile/held-counters.ts'
import { formatExact, type Units } from '../../../domain/money/money.ts'
import { AGE_BUCKETS } from '../../../domain/exceptions/aging.ts'
import type { NightPage } from '../../../pipeline/report/page.ts'
import { basisSentence, stepWords, waitingDayWords } from '../../../pipeline/report/words.ts'
import { csvText, EMPTY, plainCell, textCell, type Cell, type Row } from '../../../targets/files/csv-text.ts'

const HEADER = ['book', 'night', 'section', 'line', 'figure', 'currency', 'amount', 'count', 'text']

interface Figure {
  readonly section: string
  readonly line: string
  readonly figure: string
  readonly currency?: string | null
  readonly amount?: Units | null
  readonly count?: number | bigint
  readonly text?: string
}

export function reportCsv(page: NightPage): string {
  const { book, night } = page
  const rows = figures(page).map(({ section, line, figure, currency, amount, count, text }): Row => [
    textCell(book),
    plainCell(night),
    plainCell(section),
    textCell(line),
    textCell(figure),
    optional(currency, textCell),
    optional(amount, (units) => plainCell(formatExact(units))),
    optional(count, (number) => plainCell(String(number))),
    optional(text, textCell),
  ])
  return csvText(HEADER, rows)
}

function optional<T>(value: T | null | undefined, cell: (value: T) => Cell): Cell {
  return value === null || value === undefined ? EMPTY : cell(value)
}

function standingNow({ now }: NightPage): readonly Figure[] {
  const standing = now?.standing ?? null
  if (standing === null) return []
  const { atMs, colour, reasons } = standing
  return [
    { section: 'status now', line: 'status', figure: 'colour', text: colour },
    { section: 'status now', line: 'status', figure: 'at', text: new Date(atMs).toISOString() },
    ...reasons.map((each) => ({ section: 'status now', line: 'reason', figure: each.colour, text: each.what })),
  ]
}

function figures(page: NightPage): readonly Figure[] {
  const iso = new Date(page.knownAtMs).toISOString()
  return [
    { section: 'status', line: 'status', figure: 'colour', text: page.colour },
    { section: 'status', line: 'status', figure: 'known at', text: iso },
    { section: 'status', line: 'status', figure: 'settings', text: basisSentence(page) },
    { section: 'status', line: 'status', figure: 'heads', text: page.heads },
    ...(page.asOf === null ? [] : [{ section: 'status', line: 'status', figure: 'as of', text: page.asOf }]),
    ...page.reasons.map(({ colour, what }) => ({ section: 'status', line: 'reason', figure: colour, text: what })),
    ...standingNow(page),
    ...controls(page),
    ...completeness(page),
    ...differences(page),
    ...journals(page),
    ...forecast(page),
    ...quality(page),
    ...page.log.map(({ atMs, by, what, why }) => ({
      section: 'control log',
      line: new Date(atMs).toISOString(),
      figure: by,
      text: why === '' ? what : `${what}: ${why}`,
    })),
  ]
}

function controls({ controls: lines }: NightPage): readonly Figure[] {
  return lines.flatMap(({ account, name, currency, adjustments, proof, isNew, held, ...amounts }) => {
    const at = { section: 'control totals', line: account, currency }
    const { opening, in: received, out, adjusted, closing, vendor, difference, unbooked } = amounts
    const named = { opening, in: received, out, adjusted, closing, vendor, difference, unbooked }
    return [
      ...Object.entries(named).flatMap(([figure, amount]) => (amount === null ? [] : [{ ...at, figure, amount }])),
      ...adjustments.map(({ kind, amount, count }) => ({ ...at, figure: `adjusted by ${kind}`, amount, count })),
      ...heldFigures(held).map((each) => ({ ...at, ...each })),
      { ...at, figure: 'name', text: name },
      { ...at, figure: 'proof', text: isNew ? `${proof}, new in suspense` : proof },
    ]
  })
}

function heldFigures(held: HeldCounter | null) {
  if (held === null) return []
  return [
    { figure: 'readings wait since', text: held.since },
    { figure: 'readings that wait', count: held.readings },
  ]
}

function completeness({ completeness: { steps, sources, batches, transactions, quarantined } }: NightPage) {
  const section = 'completeness'
  return [
    { section, line: 'evidence', figure: 'batches', count: batches },
    { section, line: 'evidence', figure: 'transactions', count: transactions },
    { section, line: 'evidence', figure: 'quarantined', count: quarantined },
    ...steps.flatMap(({ totals, ...each }): readonly Figure[] => [
      ...Object.entries(totals.rows).map(([figure, count]) => ({
        section,
        line: stepWords(each),
        figure: `rows ${figure}`,
        count,
      })),
      ...Object.entries(totals.money).flatMap(([currency, sums]) =>
        Object.entries(sums).map(([figure, amount]) => ({ section, line: stepWords(each), figure, currency, amount })),
      ),
    ]),
    ...sources.map(({ name, lastReadMs, fresh }) => ({
      section,
      line: name,
      figure: fresh ? 'read' : 'not read this night',
      text: lastReadMs === null ? 'never' : new Date(lastReadMs).toISOString(),
    })),
  ]
}

function differences({ differences: open, aging, flow }: NightPage): readonly Figure[] {
  const section = 'differences'
  return [
    ...Object.entries(flow).map(([figure, count]) => ({ section, line: 'since the night before', figure, count })),
    ...open.map(({ id, code, source, object, currency, amount, ageDays, severity, owner, detail }) => ({
      section,
      line: id,
      figure: code,
      currency,
      amount,
      count: ageDays,
      text: `${source} ${object}; ${severity}; ${owner}; ${detail}`,
    })),
    ...aging.flatMap(({ currency, buckets }) =>
      AGE_BUCKETS.map((name) => ({ section, line: 'aging', figure: name, currency, ...buckets[name] })),
    ),
  ]
}

function journals({ journals: { sealed, waiting, carried } }: NightPage): readonly Figure[] {
  const section = 'journals'
  return [
    ...sealed.map(({ document, currency, amount, approvedBy, delivered }) => ({
      section,
      line: document,
      figure: 'sealed',
      currency,
      amount,
      text: [`by ${approvedBy}`, ...delivered.map(({ target, state }) => `${target} ${state}`)].join('; '),
    })),
    ...waiting.map(({ day, currency, amount, ...state }) => ({
      section,
      line: day,
      figure: 'draft',
      currency,
      amount,
      text: waitingDayWords(state),
    })),
    ...carried.map(({ account, currency, remainder: amount }) => ({
      section,
      line: account,
      figure: 'carried rounding',
      currency,
      amount,
    })),
  ]
}

function forecast({ forecast: { wallets, payouts, expected } }: NightPage): readonly Figure[] {
  const section = 'forecast'
  return [
    ...wallets.map(({ source, currency, balance, runwayTenths }) => ({
      section,
      line: source,
      figure: 'wallet',
      currency,
      amount: balance,
      text: runwayTenths === null ? 'nothing spent lately' : `lasts ${(runwayTenths / 10).toFixed(1)} days`,
    })),
    ...payouts.map(({ source, currency, threshold }) => ({
      section,
      line: source,
      figure: 'unpaid',
      currency,
      amount: threshold.unpaid,
      text: threshold.kind === 'expected' ? `payout expected on ${threshold.day}` : threshold.kind,
    })),
    ...expected.lines.map(({ source, kind, currency, amount, dueOn, isOverdue, object }) => ({
      section,
      line: source,
      figure: `${kind} expected`,
      currency,
      amount,
      text: `${object} ${isOverdue ? 'overdue since' : 'due by'} ${dueOn}`,
    })),
  ]
}

function quality({ quality: { currencies, proposed, reversals } }: NightPage): readonly Figure[] {
  const section = 'quality'
  return [
    ...currencies.flatMap(({ currency, lines, steps, unmatched }) => [
      { section, line: 'statement lines', figure: 'counted', currency, count: lines },
      ...steps.map(({ step, count }) => ({ section, line: 'settled', figure: step, currency, count })),
      { section, line: 'open', figure: 'in', currency, amount: unmatched.in, count: unmatched.count },
      { section, line: 'open', figure: 'out', currency, amount: unmatched.out },
    ]),
    { section, line: 'matches', figure: 'to confirm', count: proposed },
    { section, line: 'matches', figure: 'undone by a person in 30 days', count: reversals },
  ]
}
