/**
 * CSV for Xero's manual journal import. ASCII without a byte order mark, account codes, the tax rate's display name, one
 * signed amount (debit positive), at most 300 lines a file, the organisation's base currency only. Columns: MAPPING.md.
 */
import type { Chart, XeroAccount, XeroMapping } from '../../../domain/accounts.ts'
import { amountCell, dateCell, EMPTY, textCell, type DateStyle, type Row } from '../csv-text.ts'
import {
  lineDescription,
  targetLines,
  type JournalDocument,
  type Rendered,
  type TargetLine,
  type TargetLines,
} from '../../document.ts'
import { renderRows } from '../pack.ts'
import { toAscii } from './ascii.ts'

const HEADER = [
  '*Narration',
  '*Date',
  'Description',
  '*AccountCode',
  '*TaxRate',
  '*Amount',
  'TrackingName1',
  'TrackingOption1',
  'TrackingName2',
  'TrackingOption2',
]
export const XERO_LINE_LIMIT = 300

interface XeroCsvOptions {
  readonly mapping: XeroMapping
  readonly chart: Chart
  readonly dateStyle: DateStyle
}

export function xeroCsv(documents: readonly JournalDocument[], options: XeroCsvOptions): Rendered {
  return renderRows<XeroAccount>(
    documents,
    {
      fit: (document) => xeroLines(document, options),
      row: (document, line) => toRow(document, line, options.dateStyle),
    },
    { header: HEADER, rowLimit: XERO_LINE_LIMIT, prefix: '' },
  )
}

function xeroLines(document: JournalDocument, { mapping, chart }: XeroCsvOptions): TargetLines<XeroAccount> {
  if (document.currency !== mapping.currency) {
    const reason =
      `${document.document} is in ${document.currency}, and Xero takes manual journals in ${mapping.currency} only, ` +
      `the currency ${mapping.file} names: convert it, or export it as csv.`
    return { ok: false, reason }
  }
  return targetLines(document, mapping, chart, {
    limit: XERO_LINE_LIMIT,
    identify: (account) => `${account.code} ${account.taxRate}`,
  })
}

/** Same narration and date means same journal to Xero, and account lists show the narration: so it starts with the number. */
function narration({ document, currency, day, sequences, status, reverses }: JournalDocument): string {
  const range = sequences === '' ? '' : `, ledger ${sequences}`
  const undone = reverses === undefined || reverses === null ? '' : `, reverses ${reverses}`
  const preview = status === 'draft' ? ' PREVIEW, not approved:' : ''
  return `${document}${preview} ${currency} journal of ${day}${range}${undone}`
}

function toRow(document: JournalDocument, line: TargetLine<XeroAccount>, dateStyle: DateStyle): Row {
  return [
    textCell(toAscii(narration(document))),
    dateCell(document.documentDate, dateStyle),
    textCell(toAscii(lineDescription(document, line.title))),
    textCell(line.account.code),
    textCell(toAscii(line.account.taxRate)),
    amountCell(line.rounded, document.currency),
    EMPTY,
    EMPTY,
    EMPTY,
    EMPTY,
  ]
}
