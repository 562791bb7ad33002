/**
 * A general journal as CSV, for a person or any other program: UTF-8, ISO dates, the ledger's own accounts, and beside
 * each rounded amount the exact one with all eight decimals, so the file ties to the ledger to the last digit.
 */
import { accountTitle, splitAccountKey, type Chart } from '../../../domain/accounts.ts'
import { holdReason } from '../../../domain/journals/journal.ts'
import { formatExact } from '../../../domain/money/money.ts'
import type { RoundedLine } from '../../../domain/journals/rounding.ts'
import { amountCell, dateCell, EMPTY, plainCell, textCell, type DateStyle, type Row } from '../csv-text.ts'
import { lineDescription, type JournalDocument, type LeftOut, type Rendered } from '../../document.ts'
import { packFiles, type DocumentRows } from '../pack.ts'

const HEADER = [
  'Journal',
  'Date',
  'Day',
  'Currency',
  'Account',
  'Code',
  'Account Name',
  'Wallet',
  'Debit',
  'Credit',
  'Exact',
  'Description',
  'Status',
  'Ledger Sequences',
]

interface CsvOptions {
  readonly chart: Chart
  readonly dateStyle: DateStyle
}

export function generalCsv(documents: readonly JournalDocument[], options: CsvOptions): Rendered {
  const ready: DocumentRows[] = []
  const leftOut: LeftOut[] = []
  for (const document of documents) {
    const hold = holdReason(document, options.chart)
    if (hold !== undefined) leftOut.push({ document: document.document, reason: hold.reason })
    else {
      const rows = document.lines.map((line) => toRow(document, line, options))
      ready.push({ document, rows, amounts: document.lines.map((line) => line.rounded) })
    }
  }
  return { files: packFiles(ready, { header: HEADER, rowLimit: Number.MAX_SAFE_INTEGER, prefix: '' }), leftOut }
}

function toRow(document: JournalDocument, line: RoundedLine, { chart, dateStyle }: CsvOptions): Row {
  const { code, wallet } = splitAccountKey(line.account)
  const { currency } = document
  return [
    textCell(document.document),
    dateCell(document.documentDate, dateStyle),
    dateCell(document.day, dateStyle),
    textCell(currency),
    textCell(line.account),
    textCell(code),
    textCell(chart.accounts.get(code)?.name ?? ''),
    textCell(wallet ?? ''),
    line.rounded > 0n ? amountCell(line.rounded, currency) : EMPTY,
    line.rounded < 0n ? amountCell(-line.rounded, currency) : EMPTY,
    plainCell(formatExact(line.exact)),
    textCell(lineDescription(document, accountTitle(chart, line.account))),
    textCell(document.status),
    plainCell(document.sequences),
  ]
}
