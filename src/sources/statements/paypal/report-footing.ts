/**
 * Holds a section of a PayPal report against its own footer: control totals, row count, and opening plus lines to closing.
 */
import { formatMoney, unitsPerMinor, type Units } from '../../../domain/money/money.ts'
import type { Footing, StatementLine, StatementSection } from '../../../domain/statements/statement.ts'
import type { CsvRow } from '../../csv/rows.ts'
import { shown, unreadable } from '../refusal.ts'
import { signed } from './report-row.ts'

export interface ReportFooter {
  readonly line: number
  readonly currency: string
  /** Gross credits, gross debits, fee credits, fee debits; all positive. */
  readonly totals: readonly Units[]
  /** What was available at first and last; null where the report prints no balances. */
  readonly available: { readonly opening: Units; readonly closing: Units } | null
}

export interface RowCount {
  readonly line: number
  readonly rows: number
}

const TOTALS = ['gross credits', 'gross debits', 'fee credits', 'fee debits'] as const

/** SF: type, currency, four totals, then balances as pairs of CR or DR and an amount: available at first and last, others. */
export function footerOf(fileName: string, { line, fields }: CsvRow): ReportFooter {
  const refuse = (what: string): Error => unreadable(fileName, `line ${line}`, what)
  const currency = fields[1]?.trim() ?? ''
  if (!/^[A-Z]{3}$/.test(currency)) throw refuse(`${shown(currency)} is no currency`)
  const totals = TOTALS.map((_, at) => {
    const text = fields[at + 2]?.trim() ?? ''
    if (!/^\d{1,17}$/.test(text)) throw refuse(`the total ${shown(text)} is no whole number of minor units`)
    return BigInt(text) * unitsPerMinor(currency)
  })
  const pair = (at: number): Units | null => {
    const [side, amount] = [fields[at]?.trim() ?? '', fields[at + 1]?.trim() ?? '']
    return /^(?:CR|DR)$/.test(side) ? signed(amount, side, currency, refuse) : null
  }
  const [opening, closing] = [pair(6), pair(8)]
  return { line, currency, totals, available: opening === null || closing === null ? null : { opening, closing } }
}

export function footReport(
  section: StatementSection,
  footer: ReportFooter | null,
  missing: (RowCount & { readonly found: number }) | null,
): StatementSection {
  const counted = section.lines.filter(({ uncounted }) => uncounted === null)
  const dates = counted.map(({ date }) => date).sort()
  const available = footer?.available ?? null
  const opening = available === null ? null : { amount: available.opening, date: dates[0] ?? null }
  const closing = available === null ? null : { amount: available.closing, date: dates.at(-1) ?? null }
  const footing =
    miscounted(missing) ?? wrongTotal(footer, counted) ?? wrongBalance(footer, counted) ?? proof(footer, section)
  return { ...section, opening, closing, footing }
}

function proof(footer: ReportFooter | null, { footing }: StatementSection): Footing {
  if (footing.kind === 'differs') return footing
  return { kind: footer?.available ? 'foots' : 'unproven' }
}

function miscounted(missing: (RowCount & { readonly found: number }) | null): Footing | null {
  if (missing === null) return null
  const { line, rows, found } = missing
  const reason = `Line ${line}: it counts ${rows} rows, but the section has ${found}.`
  return { kind: 'differs', difference: 0n, line, reason }
}

function wrongTotal(footer: ReportFooter | null, lines: readonly StatementLine[]): Footing | null {
  if (footer === null) return null
  const sums = totalsOf(lines)
  for (const [at, name] of TOTALS.entries()) {
    const [stated, sum] = [footer.totals[at] ?? 0n, sums[at] ?? 0n]
    if (stated === sum) continue
    const reason = `Line ${footer.line}: the ${name} are ${formatMoney(stated)}, but the rows come to ${formatMoney(sum)}.`
    return { kind: 'differs', difference: stated - sum, line: footer.line, reason }
  }
  return null
}

function totalsOf(lines: readonly StatementLine[]): readonly Units[] {
  let [credits, debits, feeCredits, feeDebits] = [0n, 0n, 0n, 0n]
  for (const { gross, fee, amount } of lines) {
    const moved = gross ?? 0n
    if (moved > 0n) credits += moved
    else debits -= moved
    // A fee taken in another currency is a line of its own, without a gross.
    const taken = gross === null ? -amount : (fee ?? 0n)
    if (taken > 0n) feeDebits += taken
    else feeCredits -= taken
  }
  return [credits, debits, feeCredits, feeDebits]
}

function wrongBalance(footer: ReportFooter | null, lines: readonly StatementLine[]): Footing | null {
  if (footer === null || footer.available === null) return null
  const { opening, closing } = footer.available
  const sum = lines.reduce((total, { amount }) => total + amount, opening)
  if (sum === closing) return null
  const reason = `Line ${footer.line}: it closes with ${formatMoney(closing)}, but the opening balance and the rows come to ${formatMoney(sum)}.`
  return { kind: 'differs', difference: closing - sum, line: footer.line, reason }
}
