/**
 * Words by which a file without balances tells whether positive amounts came in or went out: a column of charges, and types
 * that name one direction on every kind of account. "Payment", "transfer" or "direct debit" are not among them, as a card's
 * bank prints them for what came in.
 */
import type { AmountSign } from '../../../domain/statements/bank-reading.ts'
import type { StatementLine } from '../../../domain/statements/statement.ts'
import { wordsOf } from '../columns/words.ts'
import { foldedName } from './headers.ts'

const CHARGES: ReadonlySet<string> = new Set(
  wordsOf('charge, charges, charged, charge amount, charged amount, amount charged, amount spent, spent'),
)
const OUT: ReadonlySet<string> = new Set(
  wordsOf(
    'purchase, card purchase, pos purchase, debit card purchase, withdrawal, cash withdrawal, atm withdrawal, cash advance, outgoing transfer, outgoing payment',
  ),
)
const IN: ReadonlySet<string> = new Set(
  wordsOf('income, incoming transfer, incoming payment, deposit, cash deposit, direct deposit'),
)

const CARD: ReadonlySet<string> = new Set(
  wordsOf('card member, cardholder, card holder, cardholder name, name on card, card no, card number, kartennummer'),
)

/** A column that a card's download has. */
export function isCardHeader(header: string): boolean {
  return CARD.has(foldedName(header))
}

/** `lines` with amounts as printed. Null where nothing tells, or not every word the same. */
export function signByWords(amountHeader: string, lines: readonly StatementLine[]): AmountSign | null {
  const told = new Set(lines.flatMap(signOf))
  if (CHARGES.has(foldedName(amountHeader)) && lines.some(({ amount }) => amount > 0n)) told.add('out-positive')
  const [only] = told
  return told.size === 1 && only !== undefined ? only : null
}

function signOf({ rawType, amount }: StatementLine): readonly AmountSign[] {
  if (amount === 0n) return []
  return rawType
    .toLowerCase()
    .split(' / ')
    .filter((type) => OUT.has(type) || IN.has(type))
    .map((type) => (OUT.has(type) === amount < 0n ? 'in-positive' : 'out-positive'))
}
