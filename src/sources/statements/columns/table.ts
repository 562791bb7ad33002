/**
 * A statement's CSV as a table: the header found below titles, every row with the line it starts on, and refusals that
 * name the line. Nothing is skipped: a row that is cut off or too long is refused.
 */
import { InputError } from '../../../domain/errors.ts'
import { unreadable } from '../refusal.ts'
import { normalName } from '../../csv/columns.ts'
import type { Delimiter } from '../../csv/open.ts'
import { createRowScanner } from '../../csv/row-scanner.ts'
import { parseRows, type CsvRow } from '../../csv/rows.ts'

export interface Table {
  readonly headers: readonly string[]
  readonly delimiter: Delimiter
  readonly rows: readonly CsvRow[]
}

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|']
/** Titles, periods and account names that stand above a header. */
const LINES_ABOVE = 30

/** Null when no line near the top is a header. `isHeader` gets names in lower case with single spaces. */
export function findHeader(
  text: string,
  isHeader: (names: readonly string[]) => boolean,
): {
  readonly headers: readonly string[]
  readonly delimiter: Delimiter
  readonly line: number
  readonly end: number
} | null {
  let start = 0
  for (let line = 1; line <= LINES_ABOVE && start < text.length; line += 1) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    const bytes = Buffer.from(text.slice(start, end))
    for (const delimiter of DELIMITERS) {
      const headers = cellsOfHeader(bytes, delimiter)
      if (headers !== null && isHeader(headers.map(normalName))) return { headers, delimiter, line, end: end + 1 }
    }
    start = end + 1
  }
  return null
}

function cellsOfHeader(bytes: Buffer, delimiter: Delimiter): readonly string[] | null {
  if (!bytes.includes(delimiter)) return null
  const scanner = createRowScanner(delimiter)
  scanner.nextRowEnd(bytes, 0)
  // A title with a lone quote is no header, and the parser would not survive it.
  if (scanner.isInsideQuotes()) return null
  return parseRows(bytes, 1, delimiter)[0]?.fields.map((name) => name.trim()) ?? null
}

export function readTable(
  fileName: string,
  text: string,
  isHeader: (names: readonly string[]) => boolean,
): Table | null {
  const header = findHeader(text, isHeader)
  if (header === null) return null
  const { headers, delimiter } = header
  const rows = readRows(fileName, text.slice(header.end), header.line + 1, delimiter)
  return { headers, delimiter, rows: rows.map((row) => sized(fileName, row, headers.length)) }
}

/** All rows of a text, of any width. */
export function readRows(fileName: string, text: string, firstLine: number, delimiter: Delimiter): readonly CsvRow[] {
  const bytes = Buffer.from(text)
  const scanner = createRowScanner(delimiter)
  let line = firstLine
  for (let at = scanner.nextRowEnd(bytes, 0); at !== -1; at = scanner.nextRowEnd(bytes, at))
    line = firstLine + scanner.lineBreaks()
  if (scanner.isInsideQuotes())
    throw unreadable(
      fileName,
      `line ${line}`,
      'the row that starts here has a quote that is never closed',
      'The file may be cut off. Download it again.',
    )
  return parseRows(bytes, firstLine, delimiter)
}

/** Empty cells past the header come from spreadsheets; anything else would be a column nobody named. */
function sized(fileName: string, row: CsvRow, width: number): CsvRow {
  const { line, fields } = row
  if (fields.length === width) return row
  if (fields.length > width && fields.slice(width).every((cell) => cell.trim() === ''))
    return { line, fields: fields.slice(0, width) }
  throw unreadable(fileName, `line ${line}`, `the row has ${fields.length} columns where the header has ${width}`)
}

/** '' where the file has no such column. */
export function cellOf(fields: readonly string[], column: number | undefined): string {
  return column === undefined ? '' : (fields[column]?.trim() ?? '')
}

export function refuseEmpty(fileName: string): InputError {
  return new InputError(
    'STATEMENT_EMPTY',
    `${fileName} has a header and no rows under it.`,
    'Look whether the dates asked for are right, and download it again.',
  )
}
