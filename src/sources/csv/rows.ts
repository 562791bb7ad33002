/**
 * A chunk's bytes to rows of text, each with the line of the file it starts on. What a row is wrong about (too few
 * fields, stray quotes) is left to the reader of the row, who can name the column.
 */
import { parse } from 'csv-parse/sync'
import type { Delimiter } from './open.ts'

export interface CsvRow {
  readonly line: number
  readonly fields: readonly string[]
}

/** What one row came to. */
export type RowResult<Row, Problem = RowProblem> =
  | { readonly kind: 'row'; readonly line: number; readonly row: Row }
  | { readonly kind: 'problem'; readonly line: number; readonly problem: Problem }

export interface RowProblem {
  /** The column's name in the file, null when the row as a whole is wrong. */
  readonly column: string | null
  /** A sentence without the line number. */
  readonly reason: string
}

/** No database column takes it, and no text has it: a row with one is damaged, or no text at all. */
export function zeroProblemOf(fields: readonly string[]): string | null {
  return fields.some((field) => field.includes('\0')) ? 'the row has a zero character, which is no text' : null
}

/** Empty rows are left out. */
export function parseRows(bytes: Buffer, firstLine: number, delimiter: Delimiter): readonly CsvRow[] {
  return bytes.includes('"') ? parseQuoted(bytes, firstLine, delimiter) : splitPlain(bytes, firstLine, delimiter)
}

/** Without a quote anywhere, CSV is what split says it is, and ten times as fast. */
function splitPlain(bytes: Buffer, firstLine: number, delimiter: Delimiter): readonly CsvRow[] {
  const rows: CsvRow[] = []
  let line = firstLine
  for (const text of bytes.toString('utf8').split('\n')) {
    const fields = (text.endsWith('\r') ? text.slice(0, -1) : text).split(delimiter)
    if (fields.length > 1 || fields[0]?.trim() !== '') rows.push({ line, fields })
    line += 1
  }
  return rows
}

function parseQuoted(bytes: Buffer, firstLine: number, delimiter: Delimiter): readonly CsvRow[] {
  const records: string[][] = parse(bytes, {
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    relax_quotes: true,
    relax_column_count: true,
  })
  const rows: CsvRow[] = []
  let line = firstLine
  for (const fields of records) {
    if (fields.length > 1 || fields[0]?.trim() !== '') rows.push({ line, fields })
    line += 1
    for (const field of fields) line += lineBreaksIn(field)
  }
  return rows
}

function lineBreaksIn(field: string): number {
  let count = 0
  for (let at = field.indexOf('\n'); at !== -1; at = field.indexOf('\n', at + 1)) count += 1
  return count
}
