/**
 * CSV for QuickBooks Online: Settings, Import data, Journal entries. UTF-8 with a byte order mark, account names as
 * "Parent:Sub", exactly one of Debits and Credits on a row, at most 1,000 rows a file. Columns: MAPPING.md.
 */
import type { Chart, QuickbooksMapping } from '../../../domain/accounts.ts'
import { amountCell, dateCell, EMPTY, textCell, type DateStyle, type Row } from '../csv-text.ts'
import {
  lineDescription,
  targetLines,
  type JournalDocument,
  type LeftOut,
  type Rendered,
  type TargetLine,
} from '../../document.ts'
import { packFiles, type DocumentRows } from '../pack.ts'

const HEADER = [
  'Journal No',
  'Journal Date',
  'Account Name',
  'Debits',
  'Credits',
  'Description',
  'Name',
  'Currency',
  'Location',
  'Class',
]
export const QUICKBOOKS_ROW_LIMIT = 1000
const BYTE_ORDER_MARK = '\u{FEFF}'

interface QuickbooksCsvOptions {
  readonly mapping: QuickbooksMapping
  readonly chart: Chart
  readonly dateStyle: DateStyle
}

export function quickbooksCsv(documents: readonly JournalDocument[], options: QuickbooksCsvOptions): Rendered {
  const ready: DocumentRows[] = []
  const leftOut: LeftOut[] = []
  for (const document of documents) {
    const fitted = targetLines(document, options.mapping, options.chart, {
      limit: QUICKBOOKS_ROW_LIMIT,
      identify: (name) => name,
    })
    if (!fitted.ok) leftOut.push({ document: document.document, reason: fitted.reason })
    else {
      const rows = fitted.lines.map((line) => toRow(document, line, options.dateStyle))
      ready.push({ document, rows, amounts: fitted.lines.map((line) => line.rounded) })
    }
  }
  const layout = { header: HEADER, rowLimit: QUICKBOOKS_ROW_LIMIT, prefix: BYTE_ORDER_MARK }
  return { files: packFiles(ready, layout), leftOut }
}

function toRow(document: JournalDocument, line: TargetLine<string>, dateStyle: DateStyle): Row {
  const { currency } = document
  return [
    textCell(document.document),
    dateCell(document.documentDate, dateStyle),
    textCell(line.account),
    line.rounded > 0n ? amountCell(line.rounded, currency) : EMPTY,
    line.rounded < 0n ? amountCell(-line.rounded, currency) : EMPTY,
    textCell(lineDescription(document, line.title)),
    EMPTY,
    textCell(currency),
    EMPTY,
    EMPTY,
  ]
}
