/**
 * What the account's type says of a bank's CSV. Balances that are held and balances that are owed mirror one another: a file
 * whose amounts and balances are both turned round foots as well, so that no arithmetic tells a card from a bank account.
 * A bank account's balances are held and a card's are owed, unless a person or an earlier file says otherwise.
 */
import { InputError } from '../../../domain/errors.ts'
import { AMOUNT_SIGNS, type AmountSign, type BankReading } from '../../../domain/statements/bank-reading.ts'
import type { AccountKind } from '../../../domain/statements/statement.ts'
import type { SectionDraft, Tried, Ways } from './readings.ts'

export interface OfAccount {
  /** Null: landed before accounts told it; then only a file that looks like a card's may be one. */
  readonly kind: AccountKind | null
  /** What a person said of this file. */
  readonly sign: AmountSign | null
  readonly earlier: BankReading | null
  /** Its balances are printed as negative, as far as they are not zero. */
  readonly isBelowZero: boolean
}

/** Whether balances may be what is owed, and whether they may be what is held. */
export function owedWays({ kind, sign, earlier, isBelowZero }: OfAccount): Ways['owed'] {
  // Some banks print what is owed as negative, as a bank account's overdraft: with the sign known, the balances tell.
  if (kind === 'card') return sign !== null || (isBelowZero && earlier !== null) ? [true, false] : [true]
  // What is owed, with the usual sign, reads the same as money held with the other: only a person's word tells.
  return mayBeOwed(sign, earlier) ? [false, true] : [false]
}

function mayBeOwed(sign: AmountSign | null, earlier: BankReading | null): boolean {
  if (earlier?.isOwed === true) return true
  return (sign ?? earlier?.sign) === 'out-positive' && (earlier?.isOwed !== false || sign !== null)
}

export interface Looks {
  /** Its columns name a card. */
  readonly isCard: boolean
  /** What its words say. */
  readonly words: AmountSign | null
}

/** The mirrored ways to be asked about beside those that fit: of a bank's file that looks like a card's, and the reverse. */
export function mirroredWays(
  { kind, isBelowZero }: Pick<OfAccount, 'kind' | 'isBelowZero'>,
  { isCard, words }: Looks,
  fitting: readonly Tried[],
): Pick<Ways, 'signs' | 'owed'> {
  const isOther = (sign: AmountSign): boolean => fitting.some(({ reading }) => reading.sign !== sign)
  // A card that was overpaid all along is rarer than a bank that prints what is owed as negative.
  if (kind === 'card') return { signs: isBelowZero ? AMOUNT_SIGNS.filter(isOther) : [], owed: [false] }
  const looksOwed = (sign: AmountSign): boolean => isCard || (kind === null && words === sign)
  return { signs: AMOUNT_SIGNS.filter((sign) => looksOwed(sign) && isOther(sign)), owed: [true] }
}

/** Printed balances that are all zero or negative, and not all zero. */
export function isBelowZero(drafts: readonly SectionDraft[]): boolean {
  const printed = drafts.flatMap(({ lines, stated }) => [
    ...lines.map(({ balance }) => balance),
    stated.opening,
    stated.closing,
  ])
  const filled = printed.filter((balance) => balance !== null && balance !== 0n)
  return filled.length > 0 && filled.every((balance) => balance !== null && balance < 0n)
}

const MEANT: Readonly<Record<AccountKind, string>> = { bank: 'what is held', card: 'what is owed' }

/** The words of the file say one sign, and its balances fit it only where they mean the opposite of what the account's do. */
export function againstAccount(fileName: string, words: AmountSign, kind: AccountKind): InputError {
  const other = kind === 'bank' ? 'card' : 'bank'
  return new InputError(
    'STATEMENT_SEVERAL_READINGS',
    `${fileName}: its words say that positive amounts ${words === 'in-positive' ? 'came in' : 'went out'}, and with that its balances only fit if they are ${MEANT[other]}; but the account is of type: ${kind}, whose balances are ${MEANT[kind]}.`,
    `${typeHint(kind)} If it is not, its words mean something else: say --columns "sign=${words === 'in-positive' ? 'out' : 'in'}-positive".`,
  )
}

/** What to set where a file is not the kind of account its type says. */
export function typeHint(kind: AccountKind): string {
  return kind === 'bank'
    ? "If it is a credit card's, whose balances are what is owed, give the account type: card in tieout.yaml."
    : "If it is a bank account's, whose balances are what is held, give the account type: bank in tieout.yaml."
}
