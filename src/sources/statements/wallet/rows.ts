/**
 * One row of a wallet log, read but not yet signed: whether a charge is printed negative is decided from the whole file.
 */
import type { Units } from '../../../domain/money/money.ts'
import type { LineType, Uncounted } from '../../../domain/statements/statement.ts'
import type { BoundColumns } from '../../csv/columns.ts'
import type { CsvRow } from '../../csv/rows.ts'
import type { ReadAmount } from '../columns/amounts.ts'
import type { BookedAt, ReadDate } from '../columns/dates.ts'
import { cellOf } from '../columns/table.ts'
import type { ReadOptions } from '../options.ts'
import { shown, unreadable } from '../refusal.ts'
import type { WalletField } from './columns.ts'
import { isNumberedOrder, ordersIn, walletStatus, walletType } from './words.ts'

export interface WalletRow {
  readonly line: number
  readonly id: string
  readonly when: BookedAt
  readonly type: LineType
  readonly rawType: string
  readonly uncounted: Uncounted | null
  /** As printed; credit less debit where those are two columns. */
  readonly printed: Units
  /** True when the sign of `printed` is beyond doubt: two columns, or balances before and after. */
  readonly isSigned: boolean
  /** What was taken for the payment, positive. */
  readonly fee: Units
  readonly bonus: Units
  readonly balance: Units | null
  readonly currency: string
  readonly references: readonly string[]
  readonly method: string
  readonly description: string
}

export interface WalletReading {
  readonly fileName: string
  readonly headers: readonly string[]
  readonly columns: BoundColumns<WalletField>
  readonly options: ReadOptions
  readonly amountOf: ReadAmount
  readonly dateOf: ReadDate
}

export function walletRow(reading: WalletReading, { line, fields }: CsvRow): WalletRow {
  const { fileName, columns, options, headers, amountOf, dateOf } = reading
  const cell = (field: WalletField): string => cellOf(fields, columns[field])
  const currency = (cell('currency') || options.currency).toUpperCase()
  if (!/^[A-Z]{3}$/.test(currency)) throw unreadable(fileName, `line ${line}`, `${shown(currency)} is no currency`)
  const money = (field: WalletField): Units | null =>
    amountOf(cell(field), line, headers[columns[field] ?? -1] ?? field, currency)
  const uncounted = walletStatus(cell('status'))
  if (uncounted === undefined)
    throw unreadable(
      fileName,
      `line ${line}`,
      `the status ${shown(cell('status'))} is not known`,
      'Write Completed, Pending or Failed in its place.',
    )
  const time = columns.time === columns.date ? '' : cell('time')
  const text = [cell('description'), cell('method')].filter((each) => each !== '').join(' ')
  // A list of payments has methods and no types: all its rows are top-ups.
  const isPayments = columns.type === undefined && columns.method !== undefined
  const read = walletType(cell('type'), cell('description'))
  const { printed, isSigned } = movementOf(reading, line, money)
  const isOrder = read === 'other' && printed < 0n && isNumberedOrder(cell('description'))
  const type = isOrder ? 'charge' : isPayments && (read === 'other' || read === 'charge') ? 'top-up' : read
  const orders = new Set([...ordersIn(`${cell('type')} ${cell('description')}`, type), ...orderCell(cell('orderId'))])
  return {
    line,
    id: cell('id') === '' ? cell('reference') : cell('id'),
    when: dateOf(`${cell('date')} ${time}`.trim(), options.timeZone, line),
    type,
    rawType: cell('type') === '' ? (isPayments ? cell('method') : '') : cell('type'),
    uncounted,
    printed,
    isSigned,
    fee: money('fee') ?? 0n,
    bonus: money('bonus') ?? 0n,
    balance: money('balance'),
    currency,
    references: [cell('reference'), ...[...orders].map((id) => `order:${id}`)].filter((each) => each !== ''),
    method: cell('method'),
    description: text === '' ? cell('type') : text,
  }
}

function orderCell(cell: string): readonly string[] {
  const id = cell.replace(/^#/, '').trim()
  return /^\d{1,20}$/.test(id) ? [id] : []
}

function movementOf(
  { fileName, columns }: WalletReading,
  line: number,
  money: (field: WalletField) => Units | null,
): { readonly printed: Units; readonly isSigned: boolean } {
  const [before, after] = [money('before'), money('balance')]
  const moved = before === null || after === null ? null : after - before
  const amount = money('amount')
  if (amount !== null) {
    const isProven = moved !== null && (moved === amount || moved === -amount)
    return isProven ? { printed: moved, isSigned: true } : { printed: amount, isSigned: false }
  }
  const [credit, debit] = [money('credit'), money('debit')]
  if (columns.amount === undefined && (credit !== null || debit !== null))
    // Some logs print debits as negative.
    return { printed: (credit ?? 0n) - (debit === null ? 0n : debit < 0n ? -debit : debit), isSigned: true }
  throw unreadable(fileName, `line ${line}`, 'the row has no amount')
}
