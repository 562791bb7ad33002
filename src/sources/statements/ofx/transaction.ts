/**
 * One transaction of an OFX list as a line. TRNAMT carries the sign; what TRNTYPE calls it only names it.
 */
import type { LineType, StatementLine } from '../../../domain/statements/statement.ts'
import { parseExactAmount } from '../amounts.ts'
import { shown, unreadable } from '../refusal.ts'
import { parseOfxDate } from './date.ts'
import type { OfxNode } from './tree.ts'

export interface OfxLine {
  readonly line: StatementLine
  /** Of TRNAMT, where the file says it is another than the account's. */
  readonly currency: string | null
}

const TYPES: Readonly<Record<string, LineType>> = {
  FEE: 'fee',
  SRVCHG: 'fee',
  XFER: 'transfer',
  PAYMENT: 'payment',
  REPEATPMT: 'payment',
  DIRECTDEBIT: 'payment',
  DIRECTDEP: 'payment',
  DEP: 'payment',
  CHECK: 'payment',
  HOLD: 'hold',
}

const REFERENCE_FIELDS = ['CHECKNUM', 'REFNUM', 'SRVRTID', 'CORRECTFITID']

/** `entry` is its place in the file, from 1. */
export function readTransaction(fileName: string, node: OfxNode, entry: number): OfxLine {
  const where = `entry ${entry} (line ${node.line})`
  const isPending = node.tag === 'STMTTRNP'
  const dateText = textOf(node, 'DTPOSTED') || textOf(node, 'DTTRAN') || textOf(node, 'DTUSER')
  const posted = parseOfxDate(dateText)
  if (posted === null)
    throw unreadable(fileName, where, `its date DTPOSTED is ${shown(dateText)}, where YYYYMMDD is expected`)
  const amountText = textOf(node, 'TRNAMT')
  // Lines that only tell the balance of a day have a mark without digits.
  const amount = parseExactAmount(amountText === '.' || amountText === ',' ? '0' : amountText)
  if (!amount.ok) throw unreadable(fileName, where, `TRNAMT cannot be read: ${amount.reason}`)
  const rawType = textOf(node, 'TRNTYPE')
  const payee = childOf(node, 'PAYEE')
  const name = textOf(node, 'NAME') || (payee === null ? '' : textOf(payee, 'NAME') || payee.value)
  const currency = childOf(node, 'CURRENCY')
  const symbol = currency === null ? '' : textOf(currency, 'CURSYM').toUpperCase()
  return {
    currency: symbol === '' ? null : symbol,
    line: {
      line: entry,
      externalId: textOf(node, 'FITID') || null,
      date: posted.date,
      atMs: posted.atMs,
      amount: amount.units,
      gross: null,
      fee: null,
      tax: null,
      balance: null,
      type: TYPES[rawType.toUpperCase()] ?? 'other',
      rawType,
      uncounted: isPending ? 'pending' : amount.units === 0n ? 'information' : null,
      references: [...new Set(REFERENCE_FIELDS.map((tag) => textOf(node, tag)).filter((each) => each !== ''))],
      group: null,
      counterparty: name || textOf(node, 'EXTDNAME'),
      description: [textOf(node, 'EXTDNAME'), textOf(node, 'MEMO')].filter((each) => each !== '').join(' '),
    },
  }
}

export function childOf(node: OfxNode, tag: string): OfxNode | null {
  return node.children.find((child) => child.tag === tag) ?? null
}

/** The value of a field directly in `node`; '' when it has none. */
export function textOf(node: OfxNode, tag: string): string {
  return childOf(node, tag)?.value ?? ''
}
