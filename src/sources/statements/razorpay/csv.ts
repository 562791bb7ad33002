/**
 * Razorpay's recon and settlement reports as CSV, bound by header.
 */
import { InputError } from '../../../domain/errors.ts'
import { unitsPerMinor, type Units } from '../../../domain/money/money.ts'
import type { HeaderBinding, ParsedStatement } from '../../../domain/statements/statement.ts'
import { bindColumns, type BoundColumns, type ColumnRules } from '../../csv/columns.ts'
import { amountReader, type ReadAmount } from '../columns/amounts.ts'
import { dateReader, type BookedAt } from '../columns/dates.ts'
import { cellOf, findHeader, readTable, refuseEmpty, type Table } from '../columns/table.ts'
import type { ReadOptions } from '../options.ts'
import { shown, unreadable } from '../refusal.ts'
import {
  isReconHeader,
  isSettlementHeader,
  RECON_COLUMNS,
  SETTLEMENT_COLUMNS,
  type ReconField,
  type SettlementField,
} from './columns.ts'
import { bookedAt, type RazorpayEntry } from './entry.ts'
import { isSettlementStatus, razorpaySections } from './lines.ts'
import { unitOf, type AmountUnit } from './unit.ts'

const BEGINNING = 1 << 16
/** How exports write a time that has not come. */
const NO_TIME = /^(?:|0|-|null|none|nan|nat)$/i

export function detect(text: string, _fileName: string): boolean {
  return findHeader(text.slice(0, BEGINNING), (names) => isReconHeader(names) || isSettlementHeader(names)) !== null
}

export function read(fileName: string, text: string, options: ReadOptions): ParsedStatement {
  const recon = readTable(fileName, text, isReconHeader)
  if (recon !== null) return readRecon(fileName, recon, options)
  const settlements = readTable(fileName, text, isSettlementHeader)
  if (settlements !== null) return readSettlements(fileName, settlements, options)
  throw new InputError(
    'STATEMENT_FORMAT',
    `${fileName} has no header of a Razorpay report: neither entity_id, debit, credit and settlement_id, nor id, amount, status, utr and created_at.`,
    'Download the settlement recon report as CSV.',
  )
}

function readRecon(fileName: string, table: Table, options: ReadOptions): ParsedStatement {
  const columns = bindColumns(fileName, table.headers, RECON_COLUMNS)
  const file = prepare<ReconField>(fileName, table, options, columns, {
    money: ['debit', 'credit', 'amount', 'fee', 'feeWithoutTax', 'tax'],
    odd: ['fee', 'feeWithoutTax', 'tax'],
    times: ['createdAt', 'settledAt'],
  })
  const entries = table.rows.map(({ line, fields }): RazorpayEntry => {
    const cell = (field: ReconField): string => cellOf(fields, columns[field])
    const currency = (cell('currency') || options.currency).toUpperCase()
    const money = (field: ReconField): Units | null => file.moneyOf(cell(field), line, field, currency)
    const time = (field: ReconField): BookedAt | null => file.timeOf(cell(field), line)
    const when = bookedAt(time('settledAt'), time('createdAt'))
    if (when === null) throw unreadable(fileName, `line ${line}`, 'the row has no date')
    if (!/^[A-Z]{3}$/.test(currency)) throw unreadable(fileName, `line ${line}`, `${shown(currency)} is no currency`)
    const [debit, credit] = [money('debit'), money('credit')]
    if (debit === null && credit === null) throw unreadable(fileName, `line ${line}`, 'the row has no debit or credit')
    const isTold = columns.settled !== undefined
    return {
      kind: 'recon',
      line,
      id: cell('id'),
      type: cell('type'),
      debit: debit ?? 0n,
      credit: credit ?? 0n,
      amount: money('amount'),
      fee: money('feeWithoutTax') ?? money('fee'),
      tax: money('tax'),
      currency,
      isOnHold: yes(cell('onHold'), fileName, line),
      isSettled: isTold ? yes(cell('settled'), fileName, line) : cell('settlementId') !== '',
      when,
      settlementId: cell('settlementId'),
      ids: (['utr', 'paymentId', 'orderId', 'receipt', 'disputeId', 'arn'] as const).map(cell),
      description: cell('description') === '' ? `${cell('type')} ${cell('method')}`.trim() : cell('description'),
    }
  })
  return file.statementOf(entries, columns.feeWithoutTax === undefined ? null : true)
}

function readSettlements(fileName: string, table: Table, options: ReadOptions): ParsedStatement {
  const columns = bindColumns(fileName, table.headers, SETTLEMENT_COLUMNS)
  const file = prepare<SettlementField>(fileName, table, options, columns, {
    money: ['amount', 'fees', 'tax'],
    odd: ['amount', 'fees', 'tax'],
    times: ['createdAt'],
  })
  const entries = table.rows.map(({ line, fields }): RazorpayEntry => {
    const cell = (field: SettlementField): string => cellOf(fields, columns[field])
    const currency = (cell('currency') || options.currency).toUpperCase()
    const amount = file.moneyOf(cell('amount'), line, 'amount', currency)
    const when = file.timeOf(cell('createdAt'), line)
    if (amount === null || when === null) throw unreadable(fileName, `line ${line}`, 'the row has no amount or no date')
    const status = cell('status')
    if (!isSettlementStatus(status))
      throw unreadable(fileName, `line ${line}`, `the status ${shown(status)} of a settlement is not known`)
    return { kind: 'settlement', line, id: cell('id'), amount, status, utr: cell('utr'), currency, when }
  })
  return file.statementOf(entries, null)
}

const INDIAN_DATES =
  'Its dates can be read in two ways; Razorpay prints the day before the month, so they are read so. If it is the other way round, say --date-order mdy.'

interface PreparedFile<Field> {
  readonly moneyOf: (cell: string, line: number, field: Field, currency: string) => Units | null
  readonly timeOf: (cell: string, line: number) => BookedAt | null
  readonly statementOf: (entries: readonly RazorpayEntry[], isFeeWithoutTax: true | null) => ParsedStatement
}

/** Decides unit, decimal mark and date order from all rows. */
function prepare<Field extends string>(
  fileName: string,
  { headers, rows }: Table,
  options: ReadOptions,
  columns: BoundColumns<Field>,
  roles: { readonly money: readonly Field[]; readonly odd: readonly Field[]; readonly times: readonly Field[] },
): PreparedFile<Field> {
  if (rows.length === 0) throw refuseEmpty(fileName)
  const cells = (fields: readonly Field[]): string[] =>
    fields.flatMap((field) => rows.map(({ fields: row }) => cellOf(row, columns[field])))
  const times = cells(roles.times).filter((cell) => !NO_TIME.test(cell))
  const unit: AmountUnit = unitOf(fileName, cells(roles.money), cells(roles.odd), times)
  const amountOf: ReadAmount = amountReader(fileName, cells(roles.money), options.decimal)
  const dates = dateReader(fileName, times, options.dateOrder, options.timeZone, { order: 'dmy', remark: INDIAN_DATES })
  return {
    moneyOf: (cell, line, field, currency) => {
      const units = amountOf(cell, line, headers[columns[field] ?? -1] ?? field, currency)
      if (units === null || unit.unit === 'major') return units
      return (units * unitsPerMinor(currency)) / 100_000_000n
    },
    timeOf: (cell, line) => (NO_TIME.test(cell) ? null : dates.dateOf(cell, options.timeZone, line)),
    statementOf: (entries, isFeeWithoutTax) => {
      const { sections, remarks } = razorpaySections(entries, isFeeWithoutTax)
      const bindings = bindingsOf(headers, columns, entries[0]?.kind === 'recon' ? RECON_COLUMNS : SETTLEMENT_COLUMNS)
      return { format: 'razorpay-csv', sections, bindings, remarks: [unit.remark, ...dates.remarks, ...remarks] }
    },
  }
}

function bindingsOf(
  headers: readonly string[],
  columns: Readonly<Record<string, number | undefined>>,
  rules: ColumnRules<string>,
): readonly HeaderBinding[] {
  return headers.map((column, at) => {
    const field = Object.keys(columns).find((each) => columns[each] === at)
    return { column, role: field === undefined ? null : (rules[field]?.title ?? field) }
  })
}

function yes(cell: string, fileName: string, line: number): boolean {
  if (/^(?:true|yes|y|1|1\.0)$/i.test(cell)) return true
  if (/^(?:false|no|n|0|0\.0|)$/i.test(cell)) return false
  throw unreadable(fileName, `line ${line}`, `${shown(cell)} is neither yes nor no`)
}
