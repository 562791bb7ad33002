/**
 * Reads the body of a journal entry as strictly as the service: the bare object, only properties it knows, amounts as
 * numbers. What the values mean (accounts, balance, periods) is judged afterwards, in rules.ts.
 */
import { decimalTextOf, isJsonNumber, parseJsonExact } from '../../domain/json.ts'
import { minorUnitDecimals, parseMoney, type Units } from '../../domain/money/money.ts'
import type { QuickbooksCompany, QuickbooksLine } from './company.ts'
import { missing, refuse, type Checked } from './fault-body.ts'

export type Fields = Readonly<Record<string, unknown>>

const HEADER = ['Id', 'SyncToken', 'sparse', 'domain', 'MetaData', 'DocNumber', 'TxnDate', 'PrivateNote', 'CurrencyRef']
const HEADER_MORE = ['ExchangeRate', 'Adjustment', 'GlobalTaxCalculation', 'TxnTaxDetail', 'TaxRateRef', 'Line']
const HEADER_READ_ONLY = ['TotalAmt', 'HomeTotalAmt', 'RecurDataRef', 'LinkedTxn', 'CustomField']
const ENTRY_FIELDS = new Set([...HEADER, ...HEADER_MORE, ...HEADER_READ_ONLY])
const LINE_FIELDS = new Set(
  'Id LineNum Description Amount DetailType JournalEntryLineDetail DescriptionLineDetail ProjectRef'.split(' '),
)
const DETAIL_FIELDS = new Set([
  ...'PostingType AccountRef Entity ClassRef DepartmentRef BillableStatus JournalCodeRef'.split(' '),
  ...'TaxCodeRef TaxApplicableOn TaxAmount TaxInclusiveAmt'.split(' '),
])
const REFERENCE_FIELDS = new Set(['value', 'name', 'type'])
const ENTITY_FIELDS = new Set(['Type', 'EntityRef'])

const MAX_DOCUMENT = 21
const MAX_TEXT = 4000
/** "max 15 digits in 10.5 format" */
const MAX_AMOUNT: Units = 10n ** 18n

export interface EntryFields {
  readonly id: string | null
  readonly syncToken: string | null
  readonly isSparse: boolean
  readonly document: string | null | undefined
  readonly date: string | undefined
  readonly memo: string | null | undefined
  readonly currency: string | undefined
  readonly exchangeRate: string | undefined
  readonly adjustment: boolean | undefined
  readonly lines: readonly QuickbooksLine[] | undefined
}

export function readObject(body: string): Checked<Fields> {
  let value: unknown
  try {
    value = parseJsonExact(body)
  } catch {
    return refuse('2010', 'The request body is no valid JSON')
  }
  const fields = fieldsOf(value)
  return fields === undefined ? refuse('2010', 'The request body is no JSON object') : { ok: true, value: fields }
}

/** A list that has no member is undefined: an update may leave it out, a create may not. */
export function readEntry(company: QuickbooksCompany, fields: Fields): Checked<EntryFields> {
  const unknown = firstUnknown(fields, ENTRY_FIELDS)
  if (unknown !== undefined) return unsupported(unknown)
  const { DocNumber: document, PrivateNote: memo, TxnDate: date } = fields
  const tooLong = textProblem('DocNumber', document, MAX_DOCUMENT) ?? textProblem('PrivateNote', memo, MAX_TEXT)
  if (tooLong !== undefined) return tooLong
  if (date !== undefined && (typeof date !== 'string' || !isDay(date)))
    return refuse('2010', 'TxnDate is no date', 'TxnDate')
  const currency = readReference(fields, 'CurrencyRef')
  if (!currency.ok) return currency
  const rate = fields['ExchangeRate']
  if (rate !== undefined && !(isJsonNumber(rate) && positive(rate.source))) {
    return refuse('2090', 'ExchangeRate is no positive number', 'ExchangeRate')
  }
  const lines = readLines(fields, currency.value ?? company.homeCurrency)
  if (!lines.ok) return lines
  return {
    ok: true,
    value: {
      id: textOrNull(fields['Id']),
      syncToken: textOrNull(fields['SyncToken']),
      isSparse: fields['sparse'] === true,
      document: document as string | null | undefined, // Checked by textProblem above.
      date,
      memo: memo as string | null | undefined, // Checked by textProblem above.
      currency: currency.value,
      exchangeRate: decimalTextOf(rate),
      adjustment: typeof fields['Adjustment'] === 'boolean' ? fields['Adjustment'] : undefined,
      lines: lines.value,
    },
  }
}

function readLines({ Line: lines }: Fields, currency: string): Checked<readonly QuickbooksLine[] | undefined> {
  if (lines === undefined) return { ok: true, value: undefined }
  if (!Array.isArray(lines)) return refuse('2010', 'Property Name:Line specified is unsupported or invalid', 'Line')
  const read: QuickbooksLine[] = []
  for (const [index, value] of lines.entries()) {
    const line = readLine(fieldsOf(value), index, currency)
    if (!line.ok) return line
    if (line.value !== null) read.push(line.value)
  }
  return { ok: true, value: read }
}

/** Null for a line that is only a description. */
function readLine(line: Fields | undefined, index: number, currency: string): Checked<QuickbooksLine | null> {
  if (line === undefined) return unsupported('Line')
  const unknown = firstUnknown(line, LINE_FIELDS)
  if (unknown !== undefined) return unsupported(unknown)
  const { DetailType: type, Description: description } = line
  if (type === undefined) return missing('DetailType')
  if (type === 'DescriptionOnly') return { ok: true, value: null }
  if (type !== 'JournalEntryLineDetail')
    return refuse('2170', `DetailType ${shown(type)} is not allowed here`, 'DetailType')
  const tooLong = textProblem('Description', description, MAX_TEXT)
  if (tooLong !== undefined) return tooLong
  const amount = readAmount(line['Amount'], currency)
  if (!amount.ok) return amount
  const detail = fieldsOf(line['JournalEntryLineDetail'])
  if (detail === undefined) return missing('JournalEntryLineDetail')
  const read = readDetail(detail)
  if (!read.ok) return read
  const id = textOrNull(line['Id']) ?? String(index)
  return { ok: true, value: { id, description: textOrNull(description), amount: amount.value, ...read.value } }
}

function readDetail(detail: Fields): Checked<Omit<QuickbooksLine, 'id' | 'description' | 'amount'>> {
  const unknown = firstUnknown(detail, DETAIL_FIELDS)
  if (unknown !== undefined) return unsupported(unknown)
  const { PostingType: posting } = detail
  if (posting === undefined) return missing('PostingType')
  if (posting !== 'Debit' && posting !== 'Credit') return refuse('2170', `PostingType ${shown(posting)}`, 'PostingType')
  if (detail['TaxCodeRef'] !== undefined && (detail['TaxApplicableOn'] ?? detail['TaxAmount']) === undefined) {
    return missing('TaxApplicableOn')
  }
  const account = readReference(detail, 'AccountRef')
  if (!account.ok) return account
  if (account.value === undefined)
    return refuse('2500', 'Invalid Reference Id : Accounts element id is missing', 'AccountRef')
  const classId = readReference(detail, 'ClassRef')
  if (!classId.ok) return classId
  const departmentId = readReference(detail, 'DepartmentRef')
  if (!departmentId.ok) return departmentId
  const entity = readEntity(detail['Entity'])
  if (!entity.ok) return entity
  return {
    ok: true,
    value: {
      posting,
      accountId: account.value,
      entity: entity.value,
      classId: classId.value ?? null,
      departmentId: departmentId.value ?? null,
    },
  }
}

function readEntity(value: unknown): Checked<QuickbooksLine['entity']> {
  if (value === undefined) return { ok: true, value: null }
  const fields = fieldsOf(value)
  const unknown = fields === undefined ? 'Entity' : firstUnknown(fields, ENTITY_FIELDS)
  if (fields === undefined || unknown !== undefined) return unsupported(unknown ?? 'Entity')
  const reference = readReference(fields, 'EntityRef')
  if (!reference.ok) return reference
  if (reference.value === undefined) return missing('EntityRef')
  const { Type: type } = fields
  if (type !== 'Customer' && type !== 'Vendor' && type !== 'Employee')
    return refuse('2170', `Entity Type ${shown(type)}`, 'Type')
  return { ok: true, value: { type, id: reference.value } }
}

/** Whether more decimals than the currency has are refused is not published; the emulator takes the stricter reading. */
function readAmount(value: unknown, currency: string): Checked<Units> {
  if (value === undefined) return missing('Amount')
  if (!isJsonNumber(value)) return refuse('2090', 'Invalid Number : Amount must be a number', 'Amount')
  const parsed = parseMoney(value.source)
  if (!parsed.ok) return refuse('2090', `Invalid Number : ${value.source}`, 'Amount')
  if (parsed.units <= 0n || parsed.units >= MAX_AMOUNT)
    return refuse('2090', `Invalid Number : ${value.source}`, 'Amount')
  if (parsed.decimals > minorUnitDecimals(currency)) {
    return refuse('2090', `Invalid Number : ${value.source} has more decimals than ${currency}`, 'Amount')
  }
  return { ok: true, value: parsed.units }
}

function readReference(fields: Fields, name: string): Checked<string | undefined> {
  const value = fields[name]
  if (value === undefined) return { ok: true, value: undefined }
  const reference = fieldsOf(value)
  const unknown = reference === undefined ? name : firstUnknown(reference, REFERENCE_FIELDS)
  if (reference === undefined || unknown !== undefined) return unsupported(unknown ?? name)
  const id = reference['value']
  return typeof id === 'string' && id !== '' ? { ok: true, value: id } : missing(`${name}.value`)
}

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isJsonNumber(value)
    ? (value as Fields) // Any object's fields, read as unknown.
    : undefined
}

function firstUnknown(fields: Fields, known: ReadonlySet<string>): string | undefined {
  return Object.keys(fields).find((name) => !known.has(name))
}

function unsupported<T>(name: string): Checked<T> {
  return refuse('2010', `Property Name:${name} specified is unsupported or invalid`, name)
}

function textProblem(name: string, value: unknown, max: number): Checked<never> | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') return unsupported(name)
  if (value.length <= max) return undefined
  const lengths = `Min:0 Max:${max} supported. Supplied length:${value.length}`
  return refuse('2050', `String length specified does not match the supported length. ${lengths}`, name)
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

function positive(source: string): boolean {
  const parsed = parseMoney(source)
  return parsed.ok && parsed.units > 0n
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function shown(value: unknown): string {
  return decimalTextOf(value) ?? JSON.stringify(value) ?? 'nothing'
}
