/**
 * One body row of a PayPal report as a line, or as two when its fee was taken in another currency.
 */
import type { HeaderBinding } from '../../../domain/statements/statement.ts'
import { MAX_UNITS, unitsPerMinor, type Units } from '../../../domain/money/money.ts'
import { isoDateInZone, parseInstant } from '../../../domain/time/dates.ts'
import { bindColumns, type BoundColumns, type ColumnRules } from '../../csv/columns.ts'
import type { CsvRow } from '../../csv/rows.ts'
import { cellOf } from '../columns/table.ts'
import type { ReadOptions } from '../options.ts'
import { shown, unreadable } from '../refusal.ts'
import { standingOf, type PayPalDraft } from './draft.ts'
import { referencesOf } from './references.ts'
import { meaningOf } from './t-codes.ts'

const FIELDS = [
  'id',
  'invoice',
  'referenceId',
  'code',
  'initiated',
  'completed',
  'direction',
  'gross',
  'currency',
  'feeDirection',
  'fee',
  'feeCurrency',
  'status',
  'custom',
  'bankReference',
  'tracking',
  'subject',
  'note',
  'payer',
  'firstName',
  'lastName',
] as const
type Field = (typeof FIELDS)[number]

const optional = (title: string, names: readonly string[] = [title.toLowerCase()]): ColumnRules<Field>[Field] => {
  return { title, required: false, names }
}
const required = (title: string, names: readonly string[] = [title.toLowerCase()]): ColumnRules<Field>[Field] => {
  return { title, required: true, names }
}

const COLUMNS: ColumnRules<Field> = {
  id: required('Transaction ID'),
  invoice: optional('Invoice ID'),
  referenceId: optional('PayPal Reference ID'),
  code: required('Transaction Event Code'),
  initiated: required('Transaction Initiation Date', ['transaction initiation date', 'transaction initiated date']),
  completed: optional('Transaction Completion Date', ['transaction completion date', 'transaction completed date']),
  direction: required('Transaction Debit or Credit', ['transaction debit or credit', 'debit or credit']),
  gross: required('Gross Transaction Amount'),
  currency: required('Gross Transaction Currency'),
  feeDirection: optional('Fee Debit or Credit'),
  fee: optional('Fee Amount'),
  feeCurrency: optional('Fee Currency'),
  status: optional('Transactional Status', ['transactional status', 'transaction status']),
  custom: optional('Custom Field'),
  bankReference: optional('Bank Reference ID'),
  tracking: optional('Payment Tracking ID'),
  subject: optional('Transaction Subject'),
  note: optional('Transaction Note'),
  payer: optional("Payer's Account ID", ["payer's account id", 'payer account id', 'consumer id']),
  firstName: optional('First Name'),
  lastName: optional('Last Name'),
}

export type ReportColumns = BoundColumns<Field>

/** The first column holds the row types and has no name of its own. */
export function bindReport(fileName: string, headers: readonly string[]): ReportColumns {
  return bindColumns(fileName, headers, COLUMNS)
}

export function reportBindings(headers: readonly string[], columns: ReportColumns): readonly HeaderBinding[] {
  return headers.map((column, at) => {
    const field = FIELDS.find((each) => columns[each] === at)
    return { column, role: field === undefined ? null : COLUMNS[field].title }
  })
}

export function reportDrafts(
  fileName: string,
  { line, fields }: CsvRow,
  columns: ReportColumns,
  options: ReadOptions,
): readonly PayPalDraft[] {
  const cell = (field: Field): string => cellOf(fields, columns[field])
  const refuse = (what: string): Error => unreadable(fileName, `line ${line}`, what)
  const meaning = meaningOf(cell('code'))
  if (meaning === null) throw refuse(`${shown(cell('code'))} is no transaction event code`)
  const currency = currencyOf(cell('currency'), refuse)
  const gross = signed(cell('gross'), cell('direction'), currency, refuse)
  const feeCurrency = cell('feeCurrency') === '' ? currency : currencyOf(cell('feeCurrency'), refuse)
  const fee = cell('fee') === '' ? 0n : -signed(cell('fee'), cell('feeDirection'), feeCurrency, refuse)
  const isOneCurrency = fee === 0n || feeCurrency === currency
  const atMs = instantOf(cell('completed') === '' ? cell('initiated') : cell('completed'))
  if (atMs === null) throw refuse(`${shown(cell('initiated'))} is no time of the form 2026/03/31 10:11:12 -0700`)
  const { references, group } = referencesOf(meaning.type, {
    id: cell('id'),
    referenceId: cell('referenceId'),
    others: [cell('invoice'), cell('custom'), cell('bankReference'), cell('tracking')],
  })
  const ownFee = isOneCurrency ? fee : 0n
  const own: PayPalDraft['line'] = {
    line,
    externalId: cell('id') === '' ? null : cell('id'),
    date: isoDateInZone(atMs, options.timeZone),
    atMs,
    amount: gross - ownFee,
    gross,
    fee: ownFee,
    tax: null,
    balance: null,
    type: meaning.type,
    rawType: cell('code'),
    references,
    group,
    counterparty: [`${cell('firstName')} ${cell('lastName')}`.trim(), cell('payer')].find((name) => name !== '') ?? '',
    description: [cell('subject'), cell('note')].filter((text) => text !== '').join(' - '),
  }
  const standing = standingOf(meaning, cell('status'), '')
  const draft: PayPalDraft = { currency, standing, status: cell('status'), line: own }
  if (isOneCurrency) return [draft]
  const feeLine: PayPalDraft['line'] = {
    ...own,
    amount: -fee,
    gross: null,
    fee: null,
    type: 'fee',
    references: [...references, cell('id')],
    description: 'fee in another currency than its payment',
  }
  return [draft, { ...draft, currency: feeCurrency, line: feeLine }]
}

function currencyOf(text: string, refuse: (what: string) => Error): string {
  if (!/^[A-Z]{3}$/.test(text)) throw refuse(`${shown(text)} is no currency`)
  return text
}

/** Minor units and CR or DR, as the footers print them, too. */
export function signed(text: string, direction: string, currency: string, refuse: (what: string) => Error): Units {
  if (!/^\d{1,17}$/.test(text)) throw refuse(`the amount ${shown(text)} is no whole number of minor units`)
  const units = BigInt(text) * unitsPerMinor(currency)
  if (units > MAX_UNITS) throw refuse(`the amount ${shown(text)} is too large to book`)
  if (units === 0n) return 0n
  const side = direction.trim().toUpperCase()
  if (side === 'CR') return units
  if (side === 'DR') return -units
  throw refuse(`${shown(direction)} is neither CR nor DR`)
}

function instantOf(text: string): number | null {
  return parseInstant(text.replaceAll('/', '-').replace(/ (?=[+-]\d{2}:?\d{2}$)/, ''))
}
