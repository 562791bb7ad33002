/** The money account a statement file is imported into. */
import type { BookConfig } from '../../config/model.ts'
import type { MoneyAccountType } from '../../config/money-model.ts'
import { didYouMean } from '../../config/suggest.ts'
import { InputError } from '../../domain/errors.ts'
import { parseBankColumns } from '../../sources/statements/bank-csv/columns-option.ts'
import type { AccountKind } from '../../domain/statements/statement.ts'
import type { BankColumns } from '../../sources/statements/options.ts'
import type { Said } from './kept-profile.ts'

export interface StatementTarget {
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  readonly type: MoneyAccountType
  /** What the account's configuration answers for a file that does not tell. */
  readonly said: Said
}

/** Throws InputError when the book has no account of this name. */
export function statementTarget({ name: book, accounts }: BookConfig, name: string): StatementTarget {
  const account = accounts.find((each) => each.name === name)
  if (account !== undefined) {
    const { currency, timeZone, type, dateOrder, decimal } = account
    const said = { columns: columnsOf(account.columns), dateOrder, decimal }
    return { name, currency, timeZone, type, said }
  }
  const names = accounts.map((each) => each.name)
  const message = `Book "${book}" has no account "${name}".`
  const hint = `${names.length === 0 ? '' : `Its accounts are ${names.join(', ')}.${didYouMean(name, names)} `}Bank, card, PayPal and Razorpay accounts are listed under accounts: in tieout.yaml.`
  throw new InputError('ACCOUNT_UNKNOWN', message, hint)
}

/** Null: PayPal or Razorpay, whose own files say how they are meant. */
export function kindOf({ type }: Pick<StatementTarget, 'type'>): AccountKind | null {
  return type === 'bank' || type === 'card' ? type : null
}

/** Throws InputError when the configuration names them in a way that cannot be read. */
function columnsOf(text: string | null): BankColumns | null {
  return text === null ? null : parseBankColumns([text])
}
