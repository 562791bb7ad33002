/**
 * A statement line (:61:): value date, entry date, direction, amount, what it is, and the references of both sides. C and D
 * are booked; RC takes a credit back and RD a debit; EC and ED are only expected.
 */
import type { Units } from '../../../domain/money/money.ts'
import type { LineType } from '../../../domain/statements/statement.ts'
import type { IsoDate } from '../../../domain/transaction.ts'
import { parseExactAmount } from '../amounts.ts'
import { shown, unreadable } from '../refusal.ts'
import type { Field } from './fields.ts'
import { entryDate, valueDay } from './swift-date.ts'

export interface Entry {
  readonly line: number
  /** The day it was booked; the value date when the file gives only that. */
  readonly date: IsoDate
  readonly amount: Units
  readonly isExpected: boolean
  readonly type: LineType
  readonly rawType: string
  /** Of the account's owner, and of the bank; null when there is none. */
  readonly ownerReference: string | null
  readonly bankReference: string | null
  /** The rest, in the bank's own words. */
  readonly details: string
}

/**
 * The letter after the direction is the third of the currency, which banks give or leave out. The code begins with N, F or
 * S; banks also put a blank before it, take a letter of their own, fill a short one up with blanks, or leave it out. The entry
 * date may be left out or blank.
 */
const ENTRY =
  /^(\d{6})(?:(\d{4})| {1,4})?(RC|RD|EC|ED|C|D)([A-Z])?(\d[\d.]*[,.]?\d*)(?:\s?(?!NO(?:N)?REF)([A-Z](?:[A-Z0-9]{3}|[A-Z0-9]{0,2} {1,3}))(.*)|\s*(NO(?:N)?REF.*|\/\/.*|))$/

const SIGN: Readonly<Record<string, bigint>> = { C: 1n, D: -1n, RC: -1n, RD: 1n, EC: 1n, ED: -1n }

/** SWIFT's own codes that say more than that money moved. */
const TYPES: Readonly<Record<string, LineType>> = {
  CHG: 'fee',
  COM: 'fee',
  TRF: 'payment',
  DDT: 'payment',
  CHK: 'payment',
  STO: 'payment',
  FEX: 'conversion',
  RTI: 'refund',
}

export function readEntry(fileName: string, { line, texts }: Field): Entry {
  const [first = '', ...more] = texts
  const match = ENTRY.exec(first.trim())
  const valueDate = valueDay(match?.[1] ?? '')
  const amount = parseExactAmount(match?.[5] ?? '')
  if (match === null || valueDate === null || !amount.ok)
    throw unreadable(
      fileName,
      `line ${line}`,
      `the entry :61: is ${shown(first)}, where a date YYMMDD, C or D and an amount are expected`,
    )
  const date = match[2] === undefined ? valueDate : entryDate(match[2], valueDate)
  if (date === null) throw unreadable(fileName, `line ${line}`, `the entry date ${shown(match[2] ?? '')} is no day`)
  const direction = match[3] ?? ''
  const code = (match[6] ?? '').trim()
  const [owner = '', ...bank] = (match[7] ?? match[8] ?? '').split('//')
  return {
    line,
    date,
    amount: (SIGN[direction] ?? 1n) * amount.units,
    isExpected: direction.startsWith('E'),
    type: direction.startsWith('R') ? 'refund' : (TYPES[code.slice(1)] ?? 'other'),
    rawType: direction.startsWith('R') ? `${direction} ${code}`.trim() : code,
    ownerReference: referenceOf(owner),
    bankReference: referenceOf(bank.join('//')),
    details: more
      .map((each) => each.trim())
      .filter((each) => each !== '')
      .join(' '),
  }
}

/** "EREF" alone says that the reference stands in the information under that code. */
function referenceOf(text: string): string | null {
  const plain = text.trim()
  return plain === '' || /^(?:NONREF|NOREF|NOTPROVIDED|[EPMK]REF|MARF)$/i.test(plain) ? null : plain
}
