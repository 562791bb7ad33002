/**
 * Whose statement a file is: a money account, or a source whose wallet log it is. A file that names another account, or a
 * currency that a bank account does not have, is refused before anything is landed.
 */
import type { BookConfig } from '../../config/model.ts'
import { didYouMean } from '../../config/suggest.ts'
import { InputError } from '../../domain/errors.ts'
import { isSameAccount } from '../../domain/statements/account-number.ts'
import type { ParsedStatement } from '../../domain/statements/statement.ts'
import { NOTHING_SAID, type Said } from './remembered.ts'

export interface StatementTarget {
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  /** IBAN or number; null: not checked. */
  readonly number: string | null
  /** PayPal holds any; the others one. */
  readonly holdsAny: boolean
  /** What the account's configuration answers for a file that does not tell. */
  readonly said: Said
}

/** Throws InputError when the book has no account or source of this name. */
export function statementTarget({ name: book, accounts, sources }: BookConfig, name: string): StatementTarget {
  const account = accounts.find((each) => each.name === name)
  if (account !== undefined) {
    const { currency, timeZone, number, type, dateOrder, decimal } = account
    const said = { columns: null, dateOrder, decimal }
    return { name, currency, timeZone, number, holdsAny: type === 'paypal', said }
  }
  const source = sources.find((each) => each.name === name)
  if (source !== undefined) {
    const { currency, timeZone } = source
    return { name, currency, timeZone, number: null, holdsAny: false, said: NOTHING_SAID }
  }
  const names = [...accounts, ...sources].map((each) => each.name)
  const message = `Book "${book}" has no account or source "${name}".`
  const hint = `Its accounts and sources are ${names.join(', ')}.${didYouMean(name, names)} Bank, PayPal and Razorpay accounts are listed under accounts: in tieout.yaml.`
  throw new InputError('ACCOUNT_UNKNOWN', message, hint)
}

/** Throws InputError when the file is another account's. */
export function refuseOther(fileName: string, { sections }: ParsedStatement, target: StatementTarget): void {
  for (const { accountNumber, currency } of sections) {
    if (target.number !== null && accountNumber !== null && !isSameAccount(accountNumber, target.number)) {
      const message = `${fileName} is the statement of account ${accountNumber}, and "${target.name}" is ${target.number}.`
      const hint = 'Name the right account with --account, or correct number: in tieout.yaml.'
      throw new InputError('STATEMENT_OTHER_ACCOUNT', message, hint)
    }
    if (!target.holdsAny && currency !== target.currency) {
      const message = `${fileName} has lines in ${currency}, and "${target.name}" is kept in ${target.currency}.`
      const hint = 'Name the right account with --account; a bank account in another currency is an account of its own.'
      throw new InputError('STATEMENT_OTHER_CURRENCY', message, hint)
    }
  }
}
