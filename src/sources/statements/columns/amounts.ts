/**
 * Amounts of a statement's columns. Their decimal mark is decided once, from every amount of the file; a person's setting
 * decides where the file does not, and a file that contradicts itself is refused.
 */
import { InputError } from '../../../domain/errors.ts'
import { otherMarkIn } from '../../../domain/money/currency-marks.ts'
import { detectDecimalFormat, parseLocalizedMoney } from '../../../domain/money/localized-money.ts'
import type { Units } from '../../../domain/money/money.ts'
import { shown, unreadable } from '../refusal.ts'

/** What some exports print for "nothing here". */
const NOTHING = /^(?:|-+|–|—|\.{3}|n\/?a|null)$/i

/**
 * Null for an empty cell. `currency`: what the line is in (ISO 4217). Throws InputError naming the line and column when the
 * text is no amount, or one of another currency.
 */
export type ReadAmount = (cell: string, line: number, column: string, currency: string) => Units | null

/** The mark that the amounts prove; null where none does. */
export function toldDecimal(cells: readonly string[]): '.' | ',' | null {
  const detected = detectDecimalFormat(cells.filter((cell) => !NOTHING.test(cell.trim())))
  return detected.ok ? (detected.format.decimal ?? null) : null
}

/** Whether the amounts prove a decimal comma, or a person says so. */
export function hasDecimalComma(cells: readonly string[], decimal: '.' | ',' | null): boolean {
  return (toldDecimal(cells) ?? decimal) === ','
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
  return (cell, line, column, currency) => {
    if (NOTHING.test(cell.trim())) return null
    const amount = parseLocalizedMoney(cell, format)
    if (!amount.ok) throw unreadable(fileName, `line ${line}`, `in the column "${column}" ${amount.reason}`)
    if (amount.rounded)
      throw unreadable(
        fileName,
        `line ${line}`,
        `in the column "${column}" "${cell.trim()}" has more than eight decimals`,
      )
    refuseOtherMark(fileName, cell, `line ${line}: in the column "${column}"`, currency)
    return amount.units
  }
}

function refuseOtherMark(fileName: string, cell: string, where: string, currency: string): void {
  const other = otherMarkIn(cell, currency)
  if (other === null) return
  const found = `${fileName}, ${where} ${shown(cell)}`
  if (other.isCurrency)
    throw new InputError(
      'STATEMENT_OTHER_CURRENCY',
      `${found} is in ${other.mark}, and the line is in ${currency}.`,
      'Name the right account with --account; a bank account in another currency is an account of its own.',
    )
  throw new InputError(
    'STATEMENT_UNREADABLE',
    `${found} has ${shown(other.mark)} beside the figure, which is no sign of ${currency}.`,
    'Look at this line in the file. Download the statement again if it is damaged.',
  )
}
