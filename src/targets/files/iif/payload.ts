/**
 * IIF for QuickBooks Desktop: File, Utilities, Import, IIF Files. Tab-delimited, CRLF, Windows-1252, one GENERAL JOURNAL
 * transaction per journal, debits positive. An import makes accounts it does not know without asking, so a journal
 * whose account names cannot be written exactly is left out. Columns: ../MAPPING.md.
 */
import type { Chart, QuickbooksMapping } from '../../../domain/accounts.ts'
import type { Units } from '../../../domain/money/money.ts'
import { amountCell, dateCell, textCell, type DateStyle } from '../csv-text.ts'
import {
  debitsAndCredits,
  lineDescription,
  targetLines,
  type JournalDocument,
  type LeftOut,
  type Rendered,
  type TargetLine,
} from '../../document.ts'
import { isAnsi } from './ansi.ts'

const COLUMNS = ['TRNSTYPE', 'DATE', 'ACCNT', 'NAME', 'CLASS', 'AMOUNT', 'DOCNUM', 'MEMO']
const HEADER = [['!TRNS', 'TRNSID', ...COLUMNS], ['!SPL', 'SPLID', ...COLUMNS], ['!ENDTRNS']]
const MOST_DOCNUM_CHARACTERS = 11

interface IifOptions {
  readonly mapping: QuickbooksMapping
  readonly chart: Chart
  readonly dateStyle: DateStyle
  /** The currency of the company file: an IIF amount has none of its own. */
  readonly currency: string
}

interface Block {
  readonly document: JournalDocument
  readonly lines: readonly TargetLine<string>[]
  readonly rows: readonly (readonly string[])[]
}

export function iifFile(documents: readonly JournalDocument[], options: IifOptions): Rendered {
  const blocks: Block[] = []
  const leftOut: LeftOut[] = []
  for (const document of documents) {
    const block = blockOf(document, options)
    if (typeof block === 'string') leftOut.push({ document: document.document, reason: block })
    else blocks.push(block)
  }
  if (blocks.length === 0) return { files: [], leftOut }
  const rows = [...HEADER, ...blocks.flatMap((block) => block.rows)]
  const amounts = blocks.flatMap(({ document: { currency }, lines }) =>
    lines.map(({ rounded }): { readonly currency: string; readonly amount: Units } => ({ currency, amount: rounded })),
  )
  const file = {
    text: rows.map((cells) => `${cells.join('\t')}\r\n`).join(''),
    encoding: 'windows-1252' as const,
    rows: amounts.length,
    totals: debitsAndCredits(amounts),
    documents: blocks.map(({ document }) => document.document),
  }
  return { files: [file], leftOut }
}

/** A block, or the sentence that says why there is none. */
function blockOf(document: JournalDocument, { mapping, chart, dateStyle, currency }: IifOptions): Block | string {
  if (document.currency !== currency) {
    return `${document.document} is in ${document.currency}, and an IIF file is in the currency of the company file, ${currency}: export it as csv.`
  }
  const fitted = targetLines(document, mapping, chart, { limit: Number.MAX_SAFE_INTEGER, identify: (name) => name })
  if (!fitted.ok) return fitted.reason
  const wrong = [...new Set(fitted.lines.map(({ account }) => account))].filter((name) => !isWritable(name))
  if (wrong.length > 0) {
    const names = wrong.map((name) => JSON.stringify(name)).join(', ')
    return `${document.document} needs ${names}, which cannot be written in an IIF file exactly, and QuickBooks would make an account of another name: rename it in QuickBooks and in ${mapping.file}.`
  }
  const number = iifNumber(document)
  if (number.length > MOST_DOCNUM_CHARACTERS) {
    return `${document.document} would be number ${number} in an IIF file, which takes ${MOST_DOCNUM_CHARACTERS} characters: export it as csv.`
  }
  const date = dateCell(document.documentDate, dateStyle)
  const rows = fitted.lines.map(({ account, title, rounded }, index) => [
    index === 0 ? 'TRNS' : 'SPL',
    '',
    'GENERAL JOURNAL',
    date,
    account,
    '',
    '',
    amountCell(rounded, currency),
    number,
    // QuickBooks takes a quotation mark for the beginning of a quoted cell.
    textCell(`${document.document}: ${lineDescription(document, title)}`).replaceAll('"', "'"),
  ])
  return { document, lines: fitted.lines, rows: [...rows, ['ENDTRNS']] }
}

/** No tab, quotation mark or line break, nothing a spreadsheet runs, and a byte for every character. */
function isWritable(name: string): boolean {
  return isAnsi(name) && !/[\p{Cc}"]/u.test(name) && textCell(name) === name && name.trim() === name
}

/** "261105-2" of ACME-20261105-2: unique in a book, as its day and number are. "P261105USD" for a preview. */
function iifNumber({ document, day, currency, status }: JournalDocument): string {
  const date = day.replaceAll('-', '').slice(2)
  return status === 'draft' ? `P${date}${currency}` : `${date}-${document.slice(document.lastIndexOf('-') + 1)}`
}
