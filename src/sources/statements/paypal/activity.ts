/**
 * PayPal's activity download (with Status and Balance Impact) and statement download (without), in any language and any
 * choice of columns. What a row does to the balance is its Net; gross and fee are kept beside it.
 */
import { InputError } from '../../../domain/errors.ts'
import type { HeaderBinding, ParsedStatement } from '../../../domain/statements/statement.ts'
import type { BoundColumns } from '../../csv/columns.ts'
import type { CsvRow } from '../../csv/rows.ts'
import { amountReader, hasDecimalComma, type ReadAmount } from '../columns/amounts.ts'
import { DAY_FIRST, dateReader, type ReadDate, type ToldOrder } from '../columns/dates.ts'
import { cellOf, refuseEmpty, type Table } from '../columns/table.ts'
import type { ReadOptions } from '../options.ts'
import { unreadable } from '../refusal.ts'
import { bindPayPalColumns, PAYPAL_COLUMNS, PAYPAL_FIELDS, type PayPalField } from './columns.ts'
import { standingOf, type PayPalDraft } from './draft.ts'
import { referencesOf } from './references.ts'
import { payPalSections } from './sections.ts'
import { uncountedRemark } from './remarks.ts'
import { meaningOf } from './t-codes.ts'
import { meaningOfWords } from './words.ts'
import { isAmericanZone, payPalZone } from './zones.ts'

interface Reading {
  readonly fileName: string
  readonly headers: readonly string[]
  readonly columns: BoundColumns<PayPalField>
  readonly options: ReadOptions
  readonly amountOf: ReadAmount
  readonly dateOf: ReadDate
}

export function readActivity(fileName: string, table: Table, options: ReadOptions): ParsedStatement {
  const { headers, rows } = table
  const columns = bindPayPalColumns(fileName, headers)
  if (columns.net === undefined && columns.gross === undefined)
    throw new InputError(
      'CSV_HEADER',
      `${fileName} cannot be imported: it has no column "Net" and no column "Gross".`,
      'Download the activity again with the columns Gross, Fee and Net.',
    )
  if (rows.length === 0) throw refuseEmpty(fileName)
  const cells = (field: PayPalField): string[] => rows.map(({ fields }) => cellOf(fields, columns[field]))
  const money = (['gross', 'fee', 'net', 'balance'] as const).flatMap(cells)
  const dates = dateReader(
    fileName,
    cells('date'),
    options.dateOrder,
    options.timeZone,
    hasDecimalComma(money, options.decimal) ? DAY_FIRST : americanOrder(cells('timeZone'), options.timeZone),
  )
  const reading: Reading = {
    fileName,
    headers,
    columns,
    options,
    amountOf: amountReader(fileName, money, options.decimal),
    dateOf: dates.dateOf,
  }
  const drafts = rows.map((row) => draftOf(reading, row))
  const sections = payPalSections(fileName, null, drafts)
  const remarks = [
    ...dates.remarks,
    ...uncountedRemark(sections),
    ...zoneRemark(cells('timeZone'), options.timeZone),
    ...currencyRemark(columns, options.currency),
  ]
  return { format: 'paypal-csv', sections, bindings: bindingsOf(headers, columns), remarks }
}

function draftOf(reading: Reading, { line, fields }: CsvRow): PayPalDraft {
  const { columns, fileName, options, dateOf } = reading
  const cell = (field: PayPalField): string => cellOf(fields, columns[field])
  const rawType = cell('eventCode') === '' ? cell('type') : cell('eventCode')
  const meaning = meaningOf(cell('eventCode')) ?? meaningOfWords(cell('type'))
  const standing = standingOf(meaning, cell('status'), cell('impact'))
  const time = cell('time')
  const when = dateOf(time === '' ? cell('date') : `${cell('date')} ${time}`, zoneOf(cell('timeZone'), options), line)
  const currency = cell('currency') === '' && columns.currency === undefined ? options.currency : cell('currency')
  if (!/^[A-Za-z]{3}$/.test(currency)) throw unreadable(fileName, `line ${line}`, `"${currency}" is no currency`)
  const money = moneyOf(reading, line, fields, {
    isCounted: standing.uncounted === null,
    currency: currency.toUpperCase(),
  })
  const { references, group } = referencesOf(meaning.type, {
    id: cell('id'),
    referenceId: cell('referenceId'),
    others: [cell('invoice'), cell('custom'), cell('receipt'), cell('order'), cell('bankReference')],
  })
  const texts = [cell('subject'), cell('itemTitle'), cell('note')].filter((text) => text !== '')
  return {
    currency: currency.toUpperCase(),
    standing,
    status: cell('status'),
    line: {
      line,
      externalId: cell('id') === '' ? null : cell('id'),
      date: when.date,
      atMs: when.atMs,
      ...money,
      tax: null,
      type: meaning.type,
      rawType,
      references,
      group,
      counterparty: [cell('name'), cell('fromEmail'), cell('bankName')].find((name) => name !== '') ?? '',
      description: texts.length === 0 ? cell('type') : [...new Set(texts)].join(' - '),
    },
  }
}

/** Only the United States write the month first, and PayPal prints times in the zone of the account. */
function americanOrder(zones: readonly string[], accountZone: string): ToldOrder | null {
  const filled = [...new Set(zones.map((zone) => zone.trim()).filter((zone) => zone !== ''))]
  if (filled.length === 0 || !filled.every((zone) => isAmericanZone(zone, accountZone))) return null
  return {
    order: 'mdy',
    remark: `Its dates can be read in two ways; its time zone ${filled.join(', ')} is American, so the month is read before the day. If it is the other way round, say --date-order dmy.`,
  }
}

function zoneOf(text: string, options: ReadOptions): string | null {
  return text === '' ? options.timeZone : payPalZone(text, options.timeZone)
}

function moneyOf(
  { columns, headers, amountOf, fileName }: Reading,
  line: number,
  fields: readonly string[],
  { isCounted, currency }: { readonly isCounted: boolean; readonly currency: string },
): Pick<PayPalDraft['line'], 'amount' | 'gross' | 'fee' | 'balance'> {
  const read = (field: PayPalField): bigint | null =>
    columns[field] === undefined
      ? null
      : amountOf(cellOf(fields, columns[field]), line, headers[columns[field]] ?? field, currency)
  const [gross, fee, net] = [read('gross'), read('fee'), read('net')]
  const amount = net ?? (gross === null ? null : gross + (fee ?? 0n))
  if (amount === null && isCounted) throw unreadable(fileName, `line ${line}`, 'the row has no amount')
  // PayPal prints what it took as negative; here it is positive.
  return { amount: amount ?? 0n, gross, fee: fee === null ? null : -fee, balance: read('balance') }
}

function bindingsOf(headers: readonly string[], columns: BoundColumns<PayPalField>): readonly HeaderBinding[] {
  return headers.map((column, at) => {
    const field = PAYPAL_FIELDS.find((each) => columns[each] === at)
    return { column, role: field === undefined ? null : PAYPAL_COLUMNS[field].title }
  })
}

function zoneRemark(zones: readonly string[], accountZone: string): readonly string[] {
  const unknown = [...new Set(zones.map((zone) => zone.trim()))].filter(
    (zone) => zone !== '' && payPalZone(zone, accountZone) === null,
  )
  if (unknown.length === 0) return []
  return [
    `The time zone ${unknown.map((zone) => `"${zone}"`).join(', ')} is not known, or several countries use it; those rows keep their printed day.`,
  ]
}

function currencyRemark(columns: BoundColumns<PayPalField>, currency: string): readonly string[] {
  return columns.currency === undefined ? [`The file names no currency; all rows are taken for ${currency}.`] : []
}
