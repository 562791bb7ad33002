/**
 * Razorpay's settlement and recon answers: whole numbers of the smallest unit (paise), times as Unix seconds. One answer, a
 * list of them, or both kinds in one file.
 */
import { InputError } from '../../../domain/errors.ts'
import { decimalTextOf } from '../../../domain/json.ts'
import { abs, MAX_UNITS, unitsPerMinor, type Units } from '../../../domain/money/money.ts'
import { isoDateInZone } from '../../../domain/time/dates.ts'
import type { ParsedStatement } from '../../../domain/statements/statement.ts'
import type { BookedAt } from '../columns/dates.ts'
import { isJsonObject, readJsonPages, type JsonObject } from '../columns/json-pages.ts'
import type { ReadOptions } from '../options.ts'
import { shown, unreadable } from '../refusal.ts'
import { bookedAt, type RazorpayEntry } from './entry.ts'
import { isSettlementStatus, razorpaySections } from './lines.ts'

const BEGINNING = 1 << 16

export function detect(text: string, _fileName: string): boolean {
  const beginning = text.slice(0, BEGINNING)
  if (!/^\s*[[{]/.test(beginning)) return false
  const isRecon = /"entity_id"\s*:/.test(beginning) && /"(?:settlement_id|settled)"\s*:/.test(beginning)
  return isRecon || /"entity"\s*:\s*"settlement"|"id"\s*:\s*"setl_/.test(beginning)
}

export function read(fileName: string, text: string, options: ReadOptions): ParsedStatement {
  const pages = readJsonPages(fileName, text)
  const items = pages.flatMap(itemsOf)
  if (items.length === 0)
    throw new InputError(
      'STATEMENT_EMPTY',
      `${fileName} has no settlements and no recon rows.`,
      'Save an answer of the settlements or recon endpoint with "items" in it.',
    )
  const inFile = { ...options, currency: currencyOf(items) ?? options.currency }
  const entries = items.map((item, at) => entryOf(fileName, at + 1, item, inFile))
  const { sections, remarks } = razorpaySections(entries, null, 'Entry')
  return { format: 'razorpay-json', sections, bindings: [], remarks: [...remarks, ...pages.flatMap(countRemark)] }
}

function itemsOf(page: JsonObject): readonly unknown[] {
  return Array.isArray(page['items']) ? page['items'] : page['entity'] === 'collection' ? [] : [page]
}

/** Settlements name no currency: it is the one of the rows beside them. */
function currencyOf(items: readonly unknown[]): string | null {
  const named = items.map((item) => (isJsonObject(item) ? item['currency'] : null))
  const currencies = new Set(named.filter((each) => typeof each === 'string').map((each) => each.toUpperCase()))
  const [only] = currencies
  return currencies.size === 1 ? (only ?? null) : null
}

function countRemark(page: JsonObject): readonly string[] {
  const count = decimalTextOf(page['count'])
  if (count === undefined || !Array.isArray(page['items']) || Number(count) === page['items'].length) return []
  return [`An answer says it has ${count} items and has ${page['items'].length}.`]
}

function entryOf(fileName: string, position: number, item: unknown, options: ReadOptions): RazorpayEntry {
  const refuse = (what: string): Error => unreadable(fileName, `entry ${position}`, what)
  if (!isJsonObject(item)) throw refuse('it is no object')
  const text = (field: string): string => (decimalTextOf(item[field]) ?? '').trim()
  const currency = text('currency').toUpperCase()
  if (currency !== '' && !/^[A-Z]{3}$/.test(currency)) throw refuse(`${shown(currency)} is no currency`)
  const money = (field: string): Units | null => minorUnits(text(field), currency || options.currency, field, refuse)
  const time = (field: string): BookedAt | null => unixTime(text(field), field, options.timeZone, refuse)
  if (text('entity_id') === '') {
    const [id, amount, when] = [text('id'), money('amount'), time('created_at')]
    if (id === '' || amount === null || when === null)
      throw refuse('it is neither a recon row ("entity_id") nor a settlement ("id", "amount", "created_at")')
    const status = text('status')
    if (!isSettlementStatus(status)) throw refuse(`the status ${shown(status)} of a settlement is not known`)
    return {
      kind: 'settlement',
      line: position,
      id,
      amount,
      status,
      utr: text('utr'),
      currency: currency === '' ? options.currency : currency,
      when,
    }
  }
  const when = bookedAt(time('settled_at'), time('created_at'))
  if (when === null) throw refuse('it has neither "settled_at" nor "created_at"')
  const [debit, credit] = [money('debit'), money('credit')]
  if (debit === null || credit === null) throw refuse('it has no "debit" and "credit"')
  return {
    kind: 'recon',
    line: position,
    id: text('entity_id'),
    type: text('type'),
    debit,
    credit,
    amount: money('amount'),
    fee: money('fee'),
    tax: money('tax'),
    currency: currency === '' ? options.currency : currency,
    isOnHold: item['on_hold'] === true,
    isSettled: item['settled'] === undefined ? text('settlement_id') !== '' : item['settled'] === true,
    when,
    settlementId: text('settlement_id'),
    ids: ['settlement_utr', 'payment_id', 'order_id', 'order_receipt', 'dispute_id', 'arn'].map(text),
    description: text('description') === '' ? [text('type'), text('method')].join(' ').trim() : text('description'),
  }
}

function minorUnits(text: string, currency: string, field: string, refuse: (what: string) => Error): Units | null {
  if (text === '') return null
  if (!/^-?\d{1,17}$/.test(text)) throw refuse(`"${field}" is ${shown(text)}, not a whole number of the smallest unit`)
  const units = BigInt(text) * unitsPerMinor(currency)
  if (abs(units) > MAX_UNITS) throw refuse(`"${field}" is ${shown(text)}, too large to book`)
  return units
}

function unixTime(text: string, field: string, zone: string, refuse: (what: string) => Error): BookedAt | null {
  if (text === '') return null
  if (!/^\d{9,10}$/.test(text)) throw refuse(`"${field}" is ${shown(text)}, not a time in Unix seconds`)
  const atMs = Number(text) * 1000
  return { date: isoDateInZone(atMs, zone), atMs }
}
