/**
 * CSV for QuickBooks Online: Settings, Import data, Journal entries. UTF-8 with a byte order mark, account names as
 * "Parent:Sub", exactly one of Debits and Credits on a row, at most 1,000 rows a file. Columns: MAPPING.md.
 */
import type { Chart, QuickbooksMapping } from '../../../domain/accounts.ts'
import { amountCell, dateCell, EMPTY, textCell, type DateStyle, type Row } from '../csv-text.ts'
import { lineDescription, targetLines, type JournalDocument, type Rendered, type TargetLine } from '../../document.ts'
import { renderRows } from '../pack.ts'

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
  const { mapping, chart, dateStyle } = options
  const limits = { limit: QUICKBOOKS_ROW_LIMIT, identify: (name: string) => name }
  return renderRows<string>(
    documents,
    {
      fit: (document) => targetLines(document, mapping, chart, limits),
      row: (document, line) => toRow(document, line, dateStyle),
    },
    { header: HEADER, rowLimit: QUICKBOOKS_ROW_LIMIT, prefix: BYTE_ORDER_MARK },
  )
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
