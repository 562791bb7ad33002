/** Balance fields (:60F: :60M: :62F: :62M:): "C260131EUR1234,56" is credit, date, currency, amount. */
import type { Units } from '../../../domain/money/money.ts'
import type { IsoDate } from '../../../domain/transaction.ts'
import { parseExactAmount } from '../amounts.ts'
import { shown, unreadable } from '../refusal.ts'
import type { Field } from './fields.ts'
import { swiftDate } from './swift-date.ts'

export interface Balance {
  readonly amount: Units
  readonly date: IsoDate
  /** Null: the balance names none. */
  readonly currency: string | null
  readonly line: number
}

const BALANCE = /^([CD])(\d{6})([A-Z]{3})?\s*([\d.,]+)\s*$/

export function readBalance(fileName: string, { tag, line, texts }: Field): Balance {
  const text = texts.join('').trim()
  const match = BALANCE.exec(text)
  const date = swiftDate(match?.[2] ?? '')
  const amount = parseExactAmount(match?.[4] ?? '')
  if (match === null || date === null || !amount.ok)
    throw unreadable(
      fileName,
      `line ${line}`,
      `the balance :${tag}: is ${shown(text)}, where a letter C or D, a date YYMMDD, a currency, if any, and an amount are expected`,
    )
  return { amount: match[1] === 'D' ? -amount.units : amount.units, date, currency: match[3] ?? null, line }
}
