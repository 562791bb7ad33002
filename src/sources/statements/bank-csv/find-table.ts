/**
 * Finds the table in a bank's CSV: its header below titles and account data, and the delimiter. What stands above the
 * header is handed on, since it may state the account and its balances.
 */
import { InputError } from '../../../domain/errors.ts'
import { BANK_ROLES } from '../../../domain/statements/bank-profile.ts'
import type { Delimiter } from '../../csv/open.ts'
import { parseRows, type CsvRow } from '../../csv/rows.ts'
import { readRows } from '../columns/table.ts'
import type { BankColumns } from '../options.ts'
import { isDateLike } from './dates.ts'
import { foldedName, rankOf } from './headers.ts'
import { columnNamed } from './propose.ts'
import { isMoneyLike } from './shapes.ts'

export interface BankTable {
  /** "#1", "#2" … where the file has none. */
  readonly headers: readonly string[]
  /** Null where the file has no header. */
  readonly headerLine: number | null
  readonly above: readonly CsvRow[]
  readonly rows: readonly CsvRow[]
}

const DELIMITERS: readonly Delimiter[] = [';', ',', '\t', '|']
/** Bank names, addresses, account data and balances. */
const LINES_ABOVE = 60

interface Found {
  readonly delimiter: Delimiter
  /** From 0, of the lines. */
  readonly index: number
  readonly cells: readonly string[]
  readonly score: number
}

/** Null when no line near the top is a header and none is data. Throws InputError for a table without a header. */
export function findTable(fileName: string, text: string, chosen: BankColumns['roles']): BankTable | null {
  const lines = linesAtTop(text)
  const header = bestHeader(lines, chosen) ?? headerAboveData(lines)
  if (header !== null) {
    const start = lines.slice(0, header.index + 1).reduce((sum, line) => sum + line.length + 1, 0)
    return {
      headers: header.cells,
      headerLine: header.index + 1,
      above: lines.slice(0, header.index).flatMap((line, index) => splitLine(line, index + 1, header.delimiter)),
      rows: readRows(fileName, text.slice(start), header.index + 2, header.delimiter),
    }
  }
  const data = firstData(lines)
  if (data === null) return null
  if (!isByNumber(chosen)) throw headerless(fileName, data)
  const rows = readRows(fileName, text, 1, data.delimiter)
  const width = Math.max(...rows.map(({ fields }) => fields.length))
  return {
    headers: Array.from({ length: width }, (_each, column) => `#${column + 1}`),
    headerLine: null,
    above: [],
    rows,
  }
}

function linesAtTop(text: string): readonly string[] {
  return text.split('\n', LINES_ABOVE)
}

function cellsOf(line: string, delimiter: Delimiter): readonly string[] {
  return splitLine(line, 1, delimiter)[0]?.fields.map((cell) => cell.trim()) ?? []
}

/** A lone quote in a title is a letter. */
function splitLine(line: string, number: number, delimiter: Delimiter): readonly CsvRow[] {
  const isQuoted = line.split('"').length % 2 === 1
  return parseRows(Buffer.from(isQuoted ? line : line.replaceAll('"', '')), number, delimiter).map(({ fields }) => ({
    line: number,
    fields,
  }))
}

/** The line with the most known names, among them a date and money; or with every name a person has given. */
function bestHeader(lines: readonly string[], chosen: BankColumns['roles']): Found | null {
  const names = Object.values(chosen)
    .flat()
    .filter((name) => !/^#\d+$/.test(name))
  let best: Found | null = null
  lines.forEach((line, index) => {
    for (const delimiter of DELIMITERS) {
      const cells = cellsOf(line, delimiter)
      if (cells.length < 2 || cells.some((cell) => isDateLike(cell))) continue
      const score = names.length > 0 && names.every((name) => columnNamed(cells, name) >= 0) ? 1000 : knownNames(cells)
      if (score > (best?.score ?? 0)) best = { delimiter, index, cells, score }
    }
  })
  return best
}

function knownNames(cells: readonly string[]): number {
  const folded = cells.map(foldedName)
  const has = (...roles: readonly (typeof BANK_ROLES)[number][]): boolean =>
    roles.some((role) => folded.some((name) => rankOf(role, name) !== null))
  if (!has('date', 'valueDate') || !has('amount', 'debit', 'credit')) return 0
  return folded.filter((name) => BANK_ROLES.some((role) => rankOf(role, name) !== null)).length
}

/** The first line that holds a date and an amount in cells of their own. */
function firstData(lines: readonly string[]): Found | null {
  const found = lines.flatMap((line, index) =>
    DELIMITERS.flatMap((delimiter) => {
      const cells = cellsOf(line, delimiter)
      const money = cells.filter((cell) => isMoneyLike(cell) && !isDateLike(cell) && /[.,]\d/.test(cell))
      return money.length > 0 && cells.some(isDateLike) ? [{ delimiter, index, cells, score: cells.length }] : []
    }),
  )
  const most = Math.max(...found.map(({ score }) => score))
  return found.find(({ score }) => score === most) ?? null
}

/** In a language we do not know: as wide as the data under it, and every cell a word. */
function headerAboveData(lines: readonly string[]): Found | null {
  const data = firstData(lines)
  if (data === null) return null
  for (let index = data.index - 1; index >= 0; index -= 1) {
    const cells = cellsOf(lines[index] ?? '', data.delimiter)
    if (cells.join('') === '') continue
    const isWords = cells.every((cell) => !isDateLike(cell) && !isMoneyLike(cell))
    const isWide =
      cells.filter((cell) => cell !== '').length >= Math.max(2, data.cells.filter((cell) => cell !== '').length)
    return isWords && isWide ? { ...data, index, cells } : null
  }
  return null
}

function isByNumber(chosen: BankColumns['roles']): boolean {
  const names = Object.values(chosen).flat()
  return names.length > 0 && names.every((name) => /^#\d+$/.test(name))
}

function headerless(fileName: string, { cells, index }: Found): InputError {
  const date = cells.findIndex((cell) => isDateLike(cell)) + 1
  const amount = cells.findIndex((cell) => isMoneyLike(cell) && !isDateLike(cell) && /[.,]\d/.test(cell)) + 1
  const listed = cells.map((cell, column) => `#${column + 1} "${cell.slice(0, 30)}"`).join(', ')
  return new InputError(
    'STATEMENT_COLUMNS',
    `${fileName} has no line that names its columns. Line ${index + 1} reads ${listed}.`,
    `Say by number which column is what, for example --columns "date=#${date},amount=#${amount},description=#2".`,
  )
}
