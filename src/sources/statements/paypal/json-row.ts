/**
 * One entry of a transaction search as a line, or as two when its fee was taken in another currency.
 */
import { decimalTextOf } from '../../../domain/json.ts'
import { parseMoney, type Units } from '../../../domain/money/money.ts'
import { isoDateInZone, parseInstant } from '../../../domain/time/dates.ts'
import { isJsonObject, type JsonObject } from '../columns/json-pages.ts'
import type { ReadOptions } from '../options.ts'
import { shown, unreadable } from '../refusal.ts'
import { standingOf, type PayPalDraft } from './draft.ts'
import { referencesOf } from './references.ts'
import { meaningOf } from './t-codes.ts'

/** `position` of the entry in the file, from 1. */
export function jsonDrafts(
  fileName: string,
  position: number,
  entry: JsonObject,
  balanceField: 'ending_balance' | 'available_balance',
  options: ReadOptions,
): readonly PayPalDraft[] {
  const refuse = (what: string): Error => unreadable(fileName, `entry ${position}`, what)
  const info = entry['transaction_info']
  if (!isJsonObject(info)) throw refuse('it has no "transaction_info"')
  const text = (field: string): string => (decimalTextOf(info[field]) ?? '').trim()
  const code = text('transaction_event_code')
  const meaning = meaningOf(code)
  if (meaning === null) throw refuse(`${shown(code)} is no transaction event code`)
  const gross = moneyOf(info, 'transaction_amount', refuse)
  if (gross === null) throw refuse('it has no "transaction_amount"')
  const fee = moneyOf(info, 'fee_amount', refuse)
  const isOneCurrency = fee === null || fee.units === 0n || fee.currency === gross.currency
  const atMs = parseInstant(text('transaction_initiation_date'))
  if (atMs === null) throw refuse(`${shown(text('transaction_initiation_date'))} is no time with a zone`)
  const balance = moneyOf(info, balanceField, refuse)
  const id = text('transaction_id')
  const { references, group } = referencesOf(meaning.type, {
    id,
    referenceId: text('paypal_reference_id'),
    others: [text('invoice_id'), text('custom_field'), text('bank_reference_id')],
  })
  // PayPal prints what it took as negative; here it is positive.
  const ownFee = fee === null ? null : isOneCurrency ? -fee.units : 0n
  const line: PayPalDraft['line'] = {
    line: position,
    externalId: id === '' ? null : id,
    date: isoDateInZone(atMs, options.timeZone),
    atMs,
    amount: gross.units - (ownFee ?? 0n),
    gross: gross.units,
    fee: ownFee,
    tax: null,
    balance: balance?.currency === gross.currency ? balance.units : null,
    type: meaning.type,
    rawType: code,
    references,
    group,
    counterparty: payerOf(entry['payer_info']),
    description: [text('transaction_subject'), text('transaction_note')].filter((each) => each !== '').join(' - '),
  }
  const status = text('transaction_status')
  const draft: PayPalDraft = { currency: gross.currency, standing: standingOf(meaning, status, ''), status, line }
  if (isOneCurrency || fee === null) return [draft]
  const feeLine: PayPalDraft['line'] = {
    ...line,
    amount: fee.units,
    gross: null,
    fee: null,
    balance: null,
    type: 'fee',
    references: [...references, id],
    description: 'fee in another currency than its payment',
  }
  return [draft, { ...draft, currency: fee.currency, line: feeLine }]
}

function moneyOf(
  info: JsonObject,
  field: string,
  refuse: (what: string) => Error,
): { readonly currency: string; readonly units: Units } | null {
  const money = info[field]
  if (money === undefined || money === null) return null
  if (!isJsonObject(money)) throw refuse(`"${field}" is no amount with a currency`)
  const currency = typeof money['currency_code'] === 'string' ? money['currency_code'].trim().toUpperCase() : ''
  if (!/^[A-Z]{3}$/.test(currency)) throw refuse(`"${field}" has no currency code`)
  const parsed = parseMoney(decimalTextOf(money['value']) ?? '')
  if (!parsed.ok) throw refuse(`in "${field}" ${parsed.reason}`)
  if (parsed.rounded) throw refuse(`"${field}" has more than eight decimals`)
  return { currency, units: parsed.units }
}

function payerOf(payer: unknown): string {
  if (!isJsonObject(payer)) return ''
  const name = isJsonObject(payer['payer_name']) ? payer['payer_name'] : {}
  const parts = [name['given_name'], name['surname']].filter((part) => typeof part === 'string').join(' ')
  const names = [name['alternate_full_name'], parts, payer['email_address']]
  return names.find((each): each is string => typeof each === 'string' && each.trim() !== '')?.trim() ?? ''
}
