/**
 * What each row did to the balance, out of the columns banks use for it: one signed amount, an amount with a column that
 * says in or out, or debits and credits apart. What a row leaves open is refused with its line.
 */
import { abs, type Units } from '../../../domain/money/money.ts'
import type { ReadAmount } from '../columns/amounts.ts'
import { shown, unreadable } from '../refusal.ts'
import { DIRECTIONS } from './shapes.ts'

/** Cells of the roles that make the amount; '' where the file has no such column. */
export interface MoneyCells {
  readonly line: number
  /** Of the line. */
  readonly currency: string
  readonly amount: string
  readonly debit: string
  readonly credit: string
  readonly direction: string
}

export interface Signed {
  /** Null when the row has no amount at all. */
  readonly amount: Units | null
  readonly line: number
}

export interface SignedRows {
  readonly rows: readonly Signed[]
  /** True when the amount is one column and none has a minus. */
  readonly isUnsigned: boolean
  /** True when credits are printed as negative: money in, as some cards print it, or money taken back. */
  readonly isCreditOpen: boolean
}

/** The headers, for messages. */
export type Titles = Readonly<Record<'amount' | 'debit' | 'credit', string>>

export function signedAmounts(
  fileName: string,
  cells: readonly MoneyCells[],
  kind: 'amount' | 'direction' | 'sides',
  titles: Titles,
  read: ReadAmount,
): SignedRows {
  if (kind === 'sides') return sides(cells, titles, fileName, read)
  const amounts = cells.map(({ amount, line, currency }) => ({
    line,
    amount: read(amount, line, titles.amount, currency),
  }))
  if (kind === 'direction') return { rows: directed(fileName, cells, amounts), isUnsigned: false, isCreditOpen: false }
  return {
    rows: amounts,
    isUnsigned: !amounts.some(({ amount }) => amount !== null && amount < 0n),
    isCreditOpen: false,
  }
}

/** Debits are printed as negative numbers by some banks. One of the other sign among them takes a debit back, either way. */
function sides(cells: readonly MoneyCells[], titles: Titles, fileName: string, read: ReadAmount): SignedRows {
  const both = cells.map(({ line, currency, debit, credit }) => ({
    line,
    debit: read(debit, line, titles.debit, currency),
    credit: read(credit, line, titles.credit, currency),
  }))
  const filled = both.flatMap(({ debit }) => (debit === null || debit === 0n ? [] : [debit]))
  const isNegative = filled.filter((debit) => debit < 0n).length * 2 > filled.length
  const credits = both.flatMap(({ credit }) => (credit === null || credit === 0n ? [] : [credit]))
  const rows = both.map(({ line, debit, credit }) => {
    if (debit === null && credit === null) return { line, amount: null }
    if ((debit ?? 0n) !== 0n && (credit ?? 0n) !== 0n)
      throw unreadable(fileName, `line ${line}`, 'it has both a debit and a credit, so its direction is not clear')
    const out = isNegative ? -(debit ?? 0n) : (debit ?? 0n)
    return { line, amount: (credit ?? 0n) - out }
  })
  return { rows, isUnsigned: false, isCreditOpen: credits.length > 0 && credits.every((credit) => credit < 0n) }
}

/** The column decides where amounts have no sign; where they have one, both must say the same. */
function directed(fileName: string, cells: readonly MoneyCells[], amounts: readonly Signed[]): readonly Signed[] {
  const isSigned = amounts.some(({ amount }) => amount !== null && amount < 0n)
  return amounts.map(({ line, amount }, row) => {
    if (amount === null || amount === 0n) return { line, amount }
    const word = cells[row]?.direction ?? ''
    const direction = DIRECTIONS.get(word.trim().toLowerCase())
    if (direction === undefined)
      throw unreadable(
        fileName,
        `line ${line}`,
        `its direction is ${shown(word)}, which says neither in nor out`,
        'If the amounts are signed, say that no column is the direction: --columns "direction=".',
      )
    if (isSigned && amount < 0n !== direction < 0n)
      throw unreadable(
        fileName,
        `line ${line}`,
        `its amount and its direction ${shown(word)} say the opposite`,
        'If the sign is right, say that no column is the direction: --columns "direction=".',
      )
    return { line, amount: direction * abs(amount) }
  })
}
