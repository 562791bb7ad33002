/** What the cells of a column look like: evidence that a name means what it seems to. */
import { parseLocalizedMoney } from '../../../domain/money/localized-money.ts'
import type { Uncounted } from '../../../domain/statements/statement.ts'
import { wordsOf } from '../columns/words.ts'
import type { BankRole } from '../../../domain/statements/bank-profile.ts'
import { isDateLike } from './dates.ts'

/** In, or out. */
export const DIRECTIONS: ReadonlyMap<string, 1n | -1n> = new Map([
  ...wordsOf(
    'c, cr, crdt, credit, h, haben, bij, +, i, in, incoming, inflow, money in, paid in, entrada, credito, crédit, crédito, avere, abono, haber, gutschrift, eingang, einnahme, kredit, entrata, recette',
  ).map((word) => [word, 1n] as const),
  ...wordsOf(
    'd, dr, dbit, dt, debit, s, soll, af, -, o, out, outgoing, outflow, money out, paid out, saida, saída, debito, débit, débito, dare, cargo, debe, lastschrift, belastung, ausgang, ausgabe, debet, uscita, dépense',
  ).map((word) => [word, -1n] as const),
])

/** Null: it counts. */
export const STATUSES: ReadonlyMap<string, Uncounted | null> = new Map<string, Uncounted | null>([
  ...wordsOf(
    'completed, complete, booked, posted, cleared, settled, success, successful, executed, processed, paid, sent, umsatz gebucht, gebucht, ausgeführt, contabilizado, effectué, verwerkt, contabilizzato, udført, utført, gennemført',
  ).map((word) => [word, null] as const),
  ...wordsOf(
    'pending, processing, authorised, authorized, in progress, scheduled, umsatz vorgemerkt, vorgemerkt, umsatz vorgemerkt und nicht gebucht, pendiente, en attente, in behandeling, pendente, in attesa, venter',
  ).map((word) => [word, 'pending'] as const),
  ...wordsOf('declined, failed, reverted, cancelled, canceled, rejected, voided, expired, abgelehnt, storniert').map(
    (word) => [word, 'denied'] as const,
  ),
])

export type Shape = 'date' | 'money' | 'currency' | 'direction' | 'status' | 'any'

export const ROLE_SHAPES: Readonly<Record<BankRole, Shape>> = {
  date: 'date',
  valueDate: 'date',
  amount: 'money',
  debit: 'money',
  credit: 'money',
  direction: 'direction',
  balance: 'money',
  fee: 'money',
  currency: 'currency',
  account: 'any',
  status: 'any',
  id: 'any',
  counterparty: 'any',
  reference: 'any',
  description: 'any',
  type: 'any',
}

const TESTS: Readonly<Record<Shape, (cell: string) => boolean>> = {
  date: isDateLike,
  money: isMoneyLike,
  currency: (cell) => /^[A-Z]{3}$/.test(cell),
  direction: (cell) => DIRECTIONS.has(cell.toLowerCase()),
  status: (cell) => STATUSES.has(cell.toLowerCase()),
  any: () => true,
}

/**
 * More than half of what stands in the column: rows of totals and notes are among them. An empty column fits. "Pending" may
 * stand where the booking day or the balance will.
 */
export function hasShape(cells: readonly string[], shape: Shape): boolean {
  const isLeftOut = (cell: string): boolean =>
    cell === '' || ((shape === 'date' || shape === 'money') && STATUSES.has(cell.toLowerCase()))
  const filled = cells.map((cell) => cell.trim()).filter((cell) => !isLeftOut(cell))
  return filled.filter((cell) => TESTS[shape](cell)).length * 2 > filled.length || filled.length === 0
}

export function isMoneyLike(cell: string): boolean {
  if (!/\d/.test(cell) || cell.length > 40) return false
  return parseLocalizedMoney(cell, { decimal: '.' }).ok || parseLocalizedMoney(cell, { decimal: ',' }).ok
}

/**
 * Nothing but two words stands in it, one of which says in and the other out; or a single one that says out in full, where
 * nothing came in. A single letter may be anything.
 */
export function saysDirections(cells: readonly string[]): boolean {
  const words = [...new Set(cells.map((cell) => cell.toLowerCase()))]
  const [one = '', other = ''] = words
  const directions = [DIRECTIONS.get(one), DIRECTIONS.get(other)]
  if (words.length === 1) return directions[0] === -1n && one.length > 1
  return words.length === 2 && directions.includes(1n) && directions.includes(-1n)
}
