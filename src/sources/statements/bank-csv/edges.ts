/**
 * Rows around the transactions that state the account or its balances: "Opening balance;;1.000,00". Only words that can
 * mean nothing else are understood; a "balance" of the day of the download may be another than the closing one.
 */
import { isDateLike } from './dates.ts'
import { CLOSING, HINT, OPENING, TOTAL } from './edge-words.ts'
import { foldedName } from './headers.ts'
import { isMoneyLike } from './shapes.ts'

export interface Edge {
  readonly kind: 'opening' | 'closing'
  /** As printed; null when the row names it and prints none. */
  readonly amount: string | null
}

/** `cells` of one row. Null when it states no balance. */
export function edgeIn(cells: readonly string[]): Edge | null {
  for (const [at, cell] of cells.entries()) {
    if (!HINT.test(cell)) continue
    const kind = begins(cell, OPENING) ? 'opening' : begins(cell, CLOSING) ? 'closing' : null
    if (kind === null) continue
    const inside = /[:\s]((?:[-+(]|\p{Sc}|[A-Z]{3}\s)*\s*\d[\d.,'\s]*-?\)?(?:\s*(?:[A-Z]{3}|\p{Sc}))?)\s*$/u.exec(
      cell,
    )?.[1]
    const after = cells.slice(at + 1).filter((each) => isMoneyLike(each) && !isDateLike(each))
    return { kind, amount: after.at(-1) ?? (inside !== undefined && isMoneyLike(inside) ? inside.trim() : null) }
  }
  return null
}

/** A row that adds the others up. */
export function isTotal(cells: readonly string[]): boolean {
  return begins(cells.find((cell) => cell.trim() !== '') ?? '', TOTAL)
}

/** Lines of stars or dashes that frame a table. */
export function isDecoration(cells: readonly string[]): boolean {
  return cells.every((cell) => /^[\s*_=~.-]*$/.test(cell))
}

/** The first thing in the rows above the header that can only be an IBAN, or is called the account's number. */
export function accountIn(rows: readonly { readonly fields: readonly string[] }[]): string | null {
  const cells = rows.flatMap(({ fields }) => fields)
  for (const cell of cells) {
    const iban = /\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)\b/.exec(cell)?.[1]
    if (iban !== undefined) return iban.replaceAll(' ', '')
  }
  for (const { fields } of rows) {
    const at = fields.findIndex((cell) =>
      /^(?:account (?:number|no)|kontonummer|numero de cuenta|rekeningnummer)\b/.test(foldedName(cell)),
    )
    if (at === -1) continue
    const number = /(\d[\dXx* -]{4,30}\d)/.exec(fields.slice(at).join(' '))?.[1]
    if (number !== undefined) return number.trim()
  }
  return null
}

function begins(cell: string, words: readonly string[]): boolean {
  const folded = foldedName(cell)
  return words.some(
    (word) =>
      folded === word ||
      (folded.startsWith(`${word} `) &&
        !/[a-z]{4,}/.test(folded.slice(word.length).replaceAll(/\b(?:vom|from|date|as of|balance|per)\b/g, ''))),
  )
}
