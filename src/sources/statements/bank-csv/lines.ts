/**
 * Rows as statement lines: text, references, status and money, each from its own columns. Signs and fees are as the columns
 * say; whether the balances agree is proven afterwards.
 */
import type { Units } from '../../../domain/money/money.ts'
import type { BankProfile, BankRole } from '../../../domain/statements/bank-profile.ts'
import type { StatementLine, Uncounted } from '../../../domain/statements/statement.ts'
import { amountReader, toldDecimal, type ReadAmount } from '../columns/amounts.ts'
import type { ReadOptions } from '../options.ts'
import { shown, unreadable } from '../refusal.ts'
import { isUnbooked, type TableRow } from './classify.ts'
import { dateOrderOf, isDateLike, readDate } from './dates.ts'
import { currencyInHeader } from './headers.ts'
import type { ToldMarks } from './profile.ts'
import type { BoundRoles } from './propose.ts'
import { otherDecimal } from './questions.ts'
import { STATUSES } from './shapes.ts'
import { signedAmounts, type SignedRows } from './signed.ts'

export interface BankLine {
  readonly line: StatementLine
  readonly account: string | null
  readonly currency: string
}

export interface BankLines {
  readonly lines: readonly BankLine[]
  readonly signed: Pick<SignedRows, 'isUnsigned' | 'isCreditOpen'>
  readonly readAmount: ReadAmount
  readonly marks: ToldMarks
}

interface Table {
  readonly headers: readonly string[]
  readonly roles: BoundRoles
  readonly rows: readonly TableRow[]
  /** Amounts printed around the table. */
  readonly others: readonly string[]
}

/** In the order of the file. `kept`: the account's profile. Throws InputError naming the line. */
export function bankLines(fileName: string, table: Table, kept: BankProfile | null, options: ReadOptions): BankLines {
  const { headers, roles, rows } = table
  const cell = (row: TableRow, role: BankRole): string => row.cells[roles[role]?.[0] ?? -1] ?? ''
  const title = (role: BankRole): string => headers[roles[role]?.[0] ?? -1] ?? role
  const money = rows.flatMap((row) =>
    (['amount', 'debit', 'credit', 'balance', 'fee'] as const)
      .map((role) => cell(row, role))
      .filter((text) => !STATUSES.has(text.toLowerCase())),
  )
  const { decimal, readAmount } = readerOf(fileName, [...money, ...table.others], kept, options)
  const dates = rows.flatMap((row) => [row.date, cell(row, 'valueDate')]).filter(isDateLike)
  const { order, isTold } = dateOrderOf(fileName, dates, options.dateOrder ?? kept?.dateOrder ?? null)
  const inHeader = currencyInHeader(title(roles.amount === undefined ? 'debit' : 'amount'))
  const currencies = rows.map(
    (row) => currencyOf(fileName, cell(row, 'currency'), row.line) ?? inHeader ?? options.currency,
  )
  const signed = signedAmounts(
    fileName,
    rows.map((row, index) => ({
      line: row.line,
      currency: currencies[index] ?? options.currency,
      amount: row.edge === null ? cell(row, 'amount') : '',
      debit: row.edge === null ? cell(row, 'debit') : '',
      credit: row.edge === null ? cell(row, 'credit') : '',
      direction: cell(row, 'direction'),
    })),
    roles.amount === undefined ? 'sides' : roles.direction === undefined ? 'amount' : 'direction',
    { amount: title('amount'), debit: title('debit'), credit: title('credit') },
    readAmount,
  )
  const lines = rows.map((row, index) => {
    const amount = signed.rows[index]?.amount ?? null
    const currency = currencies[index] ?? options.currency
    const read = (role: 'fee' | 'balance'): Units | null =>
      row.edge === null && !STATUSES.has(cell(row, role).toLowerCase())
        ? readAmount(cell(row, role), row.line, title(role), currency)
        : null
    const date = readDate(row.date, order)
    if (date === null)
      throw unreadable(fileName, `line ${row.line}`, `its date ${shown(row.date)} is no day of the calendar`)
    return {
      account: cell(row, 'account') || null,
      currency,
      line: lineOf(row, roles, {
        date,
        amount,
        fee: read('fee'),
        balance: read('balance'),
        status:
          statusOf(fileName, cell(row, 'status'), row.line) ??
          (isUnbooked(row.cells, roles) ? ('pending' as const) : null),
      }),
    }
  })
  const { isUnsigned, isCreditOpen } = signed
  return {
    lines,
    signed: { isUnsigned, isCreditOpen },
    readAmount,
    marks: { dateOrder: isTold ? order : null, decimal },
  }
}

/** A file that tells another decimal mark than the profile is asked about; what is said goes before it. */
function readerOf(
  fileName: string,
  printed: readonly string[],
  kept: BankProfile | null,
  { decimal: said }: ReadOptions,
): { readonly decimal: '.' | ',' | null; readonly readAmount: ReadAmount } {
  const told = toldDecimal(printed)
  const known = said ?? kept?.decimal ?? null
  if (said === null && known !== null && told !== null && told !== known) throw otherDecimal(fileName, known)
  return { decimal: told ?? known, readAmount: amountReader(fileName, printed, known) }
}

interface Read {
  readonly date: string
  readonly amount: Units | null
  readonly fee: Units | null
  readonly balance: Units | null
  readonly status: Uncounted | null
}

function lineOf(row: TableRow, roles: BoundRoles, { date, amount, fee, balance, status }: Read): StatementLine {
  const texts = (role: BankRole): readonly string[] => [
    ...new Set((roles[role] ?? []).map((column) => row.cells[column] ?? '').filter((text) => text !== '')),
  ]
  return {
    line: row.line,
    externalId: texts('id')[0] ?? null,
    date,
    atMs: null,
    amount: amount ?? 0n,
    gross: null,
    fee: fee === 0n ? null : fee,
    tax: null,
    balance,
    type: 'other',
    rawType: texts('type').join(' / '),
    uncounted: status ?? (amount === null || amount === 0n ? 'information' : null),
    references: texts('reference').filter((text) => /[^\s-]/.test(text)),
    group: null,
    counterparty: texts('counterparty').join(' '),
    description: [...texts('description'), ...row.more].join(' ').replaceAll(/\s+/g, ' '),
  }
}

function statusOf(fileName: string, cell: string, line: number): Uncounted | null {
  if (cell === '') return null
  const status = STATUSES.get(cell.toLowerCase())
  if (status !== undefined) return status
  throw unreadable(
    fileName,
    `line ${line}`,
    `its status ${shown(cell)} is not known, so whether money moved is not clear`,
    'If every line of the file moved money, say that no column is the status: --columns "status=".',
  )
}

function currencyOf(fileName: string, cell: string, line: number): string | null {
  if (cell === '') return null
  if (/^[A-Za-z]{3}$/.test(cell)) return cell.toUpperCase()
  throw unreadable(
    fileName,
    `line ${line}`,
    `its currency is ${shown(cell)}, where three letters are expected`,
    'If the column is something else, say --columns "currency=".',
  )
}
