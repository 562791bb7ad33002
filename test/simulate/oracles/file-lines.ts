/** The lines of an exported file, read as whoever imports it would. */
import { parse } from 'csv-parse/sync'
import { DEFAULT_CHART } from '../../../src/sandbox/targets/chart.ts'

export interface FileLine {
  readonly document: string
  readonly date: string
  /** Of the chart of accounts. */
  readonly code: string
  /** Debits are positive. */
  readonly amount: bigint
}

type Cells = Readonly<Record<string, string>>

/** Columns as src/targets/files/MAPPING.md names them. `codeNamed` gives the chart's code of an account's code at Xero. */
export function linesOfFile(
  format: string,
  content: string,
  codeNamed: (account: string) => string,
): readonly FileLine[] {
  const read = (delimiter: string): readonly Cells[] =>
    parse(content, { columns: true, bom: true, delimiter, relax_column_count: true, skip_empty_lines: true })
  const cell = (row: Cells, name: string): string => row[name] ?? ''
  switch (format) {
    case 'csv':
      return read(',').map((row) => ({
        document: cell(row, 'Journal'),
        date: cell(row, 'Date'),
        code: cell(row, 'Code'),
        amount: amountOf(cell(row, 'Debit')) - amountOf(cell(row, 'Credit')),
      }))
    case 'quickbooks-csv':
      return read(',').map((row) => ({
        document: cell(row, 'Journal No'),
        date: monthFirst(cell(row, 'Journal Date')),
        code: codeOf(cell(row, 'Account Name')),
        amount: amountOf(cell(row, 'Debits')) - amountOf(cell(row, 'Credits')),
      }))
    case 'xero-csv':
      return read(',').map((row) => ({
        document: cell(row, '*Narration').split(' ')[0] ?? '',
        date: new Date(`${cell(row, '*Date')} UTC`).toISOString().slice(0, 10),
        code: codeNamed(cell(row, '*AccountCode')),
        amount: amountOf(cell(row, '*Amount')),
      }))
    case 'iif':
      return content.split(/\r?\n/).flatMap((line) => iifLine(line.split('\t')))
    default:
      return []
  }
}

/** TRNS and SPL lines have the same columns: kind, id, type, date, account, …: found by what they hold. */
function iifLine(cells: readonly string[]): readonly FileLine[] {
  if (cells[0] !== 'TRNS' && cells[0] !== 'SPL') return []
  const date = cells.find((each) => /^\d\d\/\d\d\/\d{4}$/.test(each)) ?? ''
  const code = cells.map(codeOf).find((each) => each !== '') ?? ''
  const amount = cells.find((each) => /^-?\d+\.\d\d$/.test(each)) ?? ''
  const memo = cells.map((each) => /[A-Z0-9]+-\d{8}-\d+/.exec(each)?.[0] ?? '').find((each) => each !== '') ?? ''
  return [{ document: memo, date: monthFirst(date), code, amount: amountOf(amount) }]
}

function monthFirst(text: string): string {
  const [month, day, year] = text.split('/')
  return `${year}-${month}-${day}`
}

function codeOf(name: string): string {
  return DEFAULT_CHART.find((row) => row.name === name)?.code ?? ''
}

/** Two decimals, perhaps none; empty is nothing. Counts of 10⁻⁸. */
function amountOf(text: string): bigint {
  if (text === '') return 0n
  const [whole = '', decimals = ''] = text.replace('-', '').split('.')
  const amount = BigInt(whole) * 100_000_000n + BigInt(decimals.padEnd(8, '0'))
  return text.startsWith('-') ? -amount : amount
}
