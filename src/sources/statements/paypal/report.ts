/**
 * PayPal's settlement (STL) and transaction detail (TRR) reports: rows typed by their first cell, amounts unsigned and in
 * minor units, their direction in a column of its own. Section footers carry control totals, balances and row counts.
 */
import type { HeaderBinding, ParsedStatement, StatementSection } from '../../../domain/statements/statement.ts'
import type { Delimiter } from '../../csv/open.ts'
import type { CsvRow } from '../../csv/rows.ts'
import { readRows, refuseEmpty } from '../columns/table.ts'
import type { ReadOptions } from '../options.ts'
import { shown, unreadable } from '../refusal.ts'
import type { PayPalDraft } from './draft.ts'
import { footReport, footerOf, type ReportFooter, type RowCount } from './report-footing.ts'
import { bindReport, reportBindings, reportDrafts, type ReportColumns } from './report-row.ts'
import { payPalSections } from './sections.ts'
import { uncountedRemark } from './remarks.ts'

/** RH, FH and SH head the report, a file and a section; CH names columns, SB is a row; the others are footers and counts. */
const ROW_TYPES = new Set(['RH', 'FH', 'SH', 'CH', 'SB', 'SF', 'SC', 'RF', 'RC', 'FF', 'FC'])
/** Parts of a long report may begin below its head. */
const FIRST_LINE = /^\s*"?(?:RH|FH|SH|CH)"?([,;\t|])/

export function isReport(text: string): boolean {
  return FIRST_LINE.test(text.slice(0, 200))
}

interface Section {
  readonly account: string | null
  readonly drafts: PayPalDraft[]
  readonly footers: ReportFooter[]
  bodies: number
  stated: RowCount | null
}

export function readReport(fileName: string, text: string, options: ReadOptions): ParsedStatement {
  const delimiter = (FIRST_LINE.exec(text)?.[1] ?? ',') as Delimiter // the pattern allows no other
  const sections: Section[] = []
  let columns: ReportColumns | null = null
  let bindings: readonly HeaderBinding[] = []
  for (const row of readRows(fileName, text, 1, delimiter)) {
    const type = row.fields[0]?.trim() ?? ''
    if (!ROW_TYPES.has(type))
      throw unreadable(fileName, `line ${row.line}`, `${shown(type)} is no row of a PayPal report`)
    if (type === 'SH') sections.push(newSection(row))
    if (type === 'CH') {
      columns = bindReport(fileName, row.fields)
      bindings = reportBindings(row.fields, columns)
      if (sections.length === 0) sections.push(newSection(null))
    }
    const section = sections.at(-1)
    if (type === 'SB') {
      if (columns === null || section === undefined)
        throw unreadable(fileName, `line ${row.line}`, 'the row stands before the names of the columns')
      section.drafts.push(...reportDrafts(fileName, row, columns, options))
      section.bodies += 1
    }
    if (type === 'SF') section?.footers.push(footerOf(fileName, row))
    if (type === 'SC' && section !== undefined) section.stated = { line: row.line, rows: Number(row.fields[1]) }
  }
  const all = sections.flatMap((section) => sectionsOf(fileName, section))
  if (all.length === 0) throw refuseEmpty(fileName)
  return { format: 'paypal-csv', sections: all, bindings, remarks: uncountedRemark(all) }
}

/** SH: type, first instant, last instant, account, partner account. */
function newSection(head: CsvRow | null): Section {
  const account = head?.fields[3]?.trim() ?? ''
  return { account: account === '' ? null : account, drafts: [], footers: [], bodies: 0, stated: null }
}

/** One per currency; a currency with a footer and no rows says that its balance stood still. */
function sectionsOf(
  fileName: string,
  { account, drafts, footers, bodies, stated }: Section,
): readonly StatementSection[] {
  const withLines = payPalSections(fileName, account, drafts)
  const idle = footers
    .filter(({ currency }) => !withLines.some((section) => section.currency === currency))
    .map(({ currency }): StatementSection => {
      return {
        accountNumber: account,
        currency,
        opening: null,
        closing: null,
        lines: [],
        footing: { kind: 'unproven' },
      }
    })
  const missing = stated !== null && stated.rows !== bodies ? { ...stated, found: bodies } : null
  return [...withLines, ...idle].map((section) => {
    const footer = footers.find(({ currency }) => currency === section.currency) ?? null
    return footReport(section, footer, missing)
  })
}
