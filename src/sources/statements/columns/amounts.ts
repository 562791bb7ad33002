/**
 * Amounts of a statement's columns. Their decimal mark is decided once, from every amount of the file; a person's setting
 * decides where the file does not, and a file that contradicts itself is refused.
 */
import { InputError } from '../../../domain/errors.ts'
import { detectDecimalFormat, parseLocalizedMoney } from '../../../domain/money/localized-money.ts'
import type { Units } from '../../../domain/money/money.ts'
import { unreadable } from '../refusal.ts'

/** What some exports print for "nothing here". */
const NOTHING = /^(?:|-+|–|—|\.{3}|n\/?a|null)$/i

/** Null for an empty cell. Throws InputError naming the line and column when the text is no amount. */
export type ReadAmount = (cell: string, line: number, column: string) => Units | null

/** Whether the amounts prove a decimal comma, or a person says so. */
export function hasDecimalComma(cells: readonly string[], decimal: '.' | ',' | null): boolean {
  const detected = detectDecimalFormat(cells.filter((cell) => !NOTHING.test(cell.trim())))
  return (detected.ok ? (detected.format.decimal ?? decimal) : decimal) === ','
}

/** `cells`: every cell of the file's money columns. */
export function amountReader(fileName: string, cells: readonly string[], decimal: '.' | ',' | null): ReadAmount {
  const detected = detectDecimalFormat(cells.filter((cell) => !NOTHING.test(cell.trim())))
  if (!detected.ok && decimal === null)
    throw new InputError(
      'STATEMENT_DECIMAL',
      `The amounts of ${fileName} cannot be read: ${detected.reason}.`,
      'Say which mark the file uses: --decimal . or --decimal ,',
    )
  const format = { decimal: detected.ok ? (detected.format.decimal ?? decimal) : decimal }
  return (cell, line, column) => {
    if (NOTHING.test(cell.trim())) return null
    const amount = parseLocalizedMoney(cell, format)
    if (!amount.ok) throw unreadable(fileName, `line ${line}`, `in the column "${column}" ${amount.reason}`)
    if (amount.rounded)
      throw unreadable(
        fileName,
        `line ${line}`,
        `in the column "${column}" "${cell.trim()}" has more than eight decimals`,
      )
    return amount.units
  }
}
