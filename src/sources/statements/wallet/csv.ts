/**
 * The wallet log or list of payments of a panel or an ad network, as CSV. Proven by its balances where it prints them.
 */
import { InputError } from '../../../domain/errors.ts'
import type { ParsedStatement, StatementSection } from '../../../domain/statements/statement.ts'
import { bindColumns, type BoundColumns } from '../../csv/columns.ts'
import { amountReader, hasDecimalComma } from '../columns/amounts.ts'
import { DAY_FIRST, dateReader } from '../columns/dates.ts'
import { cellOf, readTable, refuseEmpty, type Table } from '../columns/table.ts'
import type { ReadOptions } from '../options.ts'
import { isWalletHeader, WALLET_COLUMNS, WALLET_FIELDS, type WalletField } from './columns.ts'
import { chooseReading, type ChosenReading } from './readings.ts'
import { walletRow, type WalletReading } from './rows.ts'
import { ordersIn, walletType } from './words.ts'

const BEGINNING = 1 << 14

/**
 * A bank's CSV can have the same columns, so the rows have to speak of a wallet: of orders, or of kinds a wallet knows in a
 * column for them.
 */
export function detect(text: string, fileName: string): boolean {
  const cut = text.length <= BEGINNING ? text : text.slice(0, text.lastIndexOf('\n', BEGINNING) + 1)
  let table: Table | null
  try {
    table = readTable(fileName, cut, isWalletHeader)
  } catch (error) {
    // A row cut in the middle of its quotes tells nothing; reading it will.
    if (error instanceof InputError) return false
    throw error
  }
  if (table === null) return false
  const columns = bindColumns(fileName, table.headers, WALLET_COLUMNS)
  const cells = (field: WalletField): string[] => table.rows.map(({ fields }) => cellOf(fields, columns[field]))
  const namesOrders =
    columns.orderId !== undefined || cells('description').some((cell) => ordersIn(cell, 'other').length > 0)
  const kinds = cells('type').map((kind) => walletType(kind, ''))
  const known = kinds.filter((kind) => ['top-up', 'charge', 'refund', 'bonus'].includes(kind)).length
  const isLog = columns.type !== undefined && known * 2 > kinds.length && columns.balance === undefined
  const isPayments = columns.type === undefined && columns.method !== undefined && columns.id !== undefined
  // A bank that prints an amount once more as money in or out keeps no log of orders.
  const isBanks = columns.amount !== undefined && columns.credit !== undefined && columns.debit !== undefined
  return namesOrders || ((isLog || isPayments) && !isBanks)
}

export function read(fileName: string, text: string, options: ReadOptions): ParsedStatement {
  const table = readTable(fileName, text, isWalletHeader)
  if (table === null)
    throw new InputError(
      'STATEMENT_FORMAT',
      `${fileName} has no header of a wallet log: no line near its top names a date, an amount, and a type, method or description.`,
      'Give the columns such names: Date, Type, Amount, Status, Note; or Date, Description, Amount, Balance.',
    )
  const { headers, rows } = table
  if (rows.length === 0) throw refuseEmpty(fileName)
  const columns = bindColumns(fileName, headers, WALLET_COLUMNS)
  const cells = (fields: readonly WalletField[]): string[] =>
    fields.flatMap((field) => rows.map(({ fields: row }) => cellOf(row, columns[field])))
  const money = cells(['amount', 'credit', 'debit', 'fee', 'bonus', 'before', 'balance'])
  const dates = dateReader(
    fileName,
    cells(['date']),
    options.dateOrder,
    options.timeZone,
    hasDecimalComma(money, options.decimal) ? DAY_FIRST : null,
  )
  const reading: WalletReading = {
    fileName,
    headers,
    columns,
    options,
    amountOf: amountReader(fileName, money, options.decimal),
    dateOf: dates.dateOf,
  }
  const entries = rows.map((row) => walletRow(reading, row))
  const currencies = [...new Set(entries.map(({ currency }) => currency))]
  const chosen = currencies.map((currency) => {
    return {
      currency,
      ...chooseReading(
        fileName,
        entries.filter((row) => row.currency === currency),
      ),
    }
  })
  const sections = chosen.map(({ currency, opening, closing, lines, footing }): StatementSection => {
    return { accountNumber: null, currency, opening, closing, lines, footing }
  })
  const remarks = [...dates.remarks, ...new Set(chosen.flatMap(remarksOf))]
  return { format: 'wallet-csv', sections, bindings: bindingsOf(headers, columns), remarks }
}

function bindingsOf(headers: readonly string[], columns: BoundColumns<WalletField>): ParsedStatement['bindings'] {
  return headers.map((column, at) => {
    const field = WALLET_FIELDS.find((each) => columns[each] === at)
    return { column, role: field === undefined ? null : WALLET_COLUMNS[field].title }
  })
}

function remarksOf({
  reading,
  hasFees,
  hasBonuses,
  lines,
  footing,
}: ChosenReading & { readonly currency: string }): readonly string[] {
  const isProven = footing.kind === 'foots'
  const why = isProven ? 'as the balances show' : 'since no balance shows otherwise'
  const skipped = lines.filter(({ uncounted }) => uncounted !== null).length
  return [
    ...(reading.areChargesUnsigned ? [`Charges are printed without a sign and read as going out, ${why}.`] : []),
    ...(hasFees ? [`Fees are ${reading.isFeeTaken ? 'taken from' : 'paid beside'} the amounts, ${why}.`] : []),
    ...(hasBonuses ? [`Bonuses are ${reading.isBonusInside ? 'part of' : 'added to'} the amounts, ${why}.`] : []),
    ...(skipped > 0 ? [`Lines that moved no money: ${skipped}.`] : []),
  ]
}
