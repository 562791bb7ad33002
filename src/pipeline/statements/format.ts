/**
 * Which format a file is read as, held against what it is imported into: PayPal's download is never taken for a
 * bank's, and columns that a person named are never dropped.
 */
import { InputError } from '../../domain/errors.ts'
import type { BankProfile } from '../../domain/statements/bank-profile.ts'
import type { AccountKind, StatementFormat, StatementSection } from '../../domain/statements/statement.ts'
import { normalName } from '../../sources/csv/columns.ts'
import { findHeader } from '../../sources/statements/columns/table.ts'
import { detectFormat } from '../../sources/statements/detect.ts'
import { DETECTION_ORDER } from '../../sources/statements/readers.ts'
import type { Said } from './kept-profile.ts'
import { kindOf, type StatementTarget } from './target.ts'

/** Of which these tell nothing that a bank's CSV would not tell by itself. */
const TABLES: ReadonlySet<StatementFormat> = new Set(['paypal-csv', 'razorpay-csv', 'bank-csv'])

export interface FormatAsked {
  /** Null: recognised from the content. */
  readonly format: StatementFormat | null
  /** For this file. */
  readonly said: Said
  /** What the account's CSVs are read by. */
  readonly profile: BankProfile | null
}

/** Throws InputError when no reader knows the file, or what was said is of no use for it. */
export function formatFor(
  fileName: string,
  text: string,
  target: StatementTarget,
  { format, said, profile }: FormatAsked,
): StatementFormat {
  const options = bankOptionsIn(said)
  if (format !== null) {
    if (format !== 'bank-csv' && options.length > 0) throw ofNoUse(fileName, options, format)
    refuseForeign(fileName, format, target)
    return format
  }
  if (options.length > 0) {
    const found = detectFormat(fileName, text, DETECTION_ORDER)
    if (!TABLES.has(found)) throw ofNoUse(fileName, options, found)
    return 'bank-csv'
  }
  if (profile !== null && hasHeader(text, profile)) return 'bank-csv'
  const found = detectFormat(fileName, text, DETECTION_ORDER)
  // The columns of the configuration are for the account's tables; it may have files of other formats, too.
  if (target.said.columns !== null && TABLES.has(found)) return 'bank-csv'
  refuseForeign(fileName, found, target)
  return found
}

/** A table that was once read by named columns is not taken for another format, whatever it looks like. */
function hasHeader(text: string, { headers }: BankProfile): boolean {
  const names = headers.map(normalName)
  return (
    findHeader(text, (found) => found.length === names.length && found.every((name, at) => name === names[at])) !== null
  )
}

/** That positive amounts came in is so in every format, and asks for nothing. */
function bankOptionsIn({ columns, balance = null, order = null }: Said): readonly string[] {
  const isAsking = columns !== null && (Object.keys(columns.roles).length > 0 || columns.sign === 'out-positive')
  return [
    ...(isAsking ? ['--columns'] : []),
    ...(balance === null ? [] : ['--balance']),
    ...(order === null ? [] : ['--order']),
  ]
}

function ofNoUse(fileName: string, options: readonly string[], format: StatementFormat): InputError {
  return new InputError(
    'STATEMENT_OPTION_UNUSED',
    `${options.join(' and ')} cannot be used for ${fileName}: it is read as ${format}, which has no columns to choose.`,
    `Leave ${options.join(' and ')} out; or, if it is a table that ${format} does not fit, add --format bank-csv.`,
  )
}

function refuseForeign(fileName: string, format: StatementFormat, { name, type }: StatementTarget): void {
  const foreign = (what: string, hint: string): InputError =>
    new InputError('STATEMENT_OTHER_ACCOUNT', `${fileName} is ${what}, and "${name}" is ${nounOf(type)}.`, hint)
  if (format.startsWith('paypal-') && type !== 'paypal')
    throw foreign(
      'a download from PayPal',
      "Name the PayPal account with --account; if it is a bank's all the same, add --format bank-csv.",
    )
  if (format.startsWith('razorpay-') && type !== 'razorpay')
    throw foreign(
      'a report from Razorpay',
      "Name the Razorpay account with --account; if it is a bank's all the same, add --format bank-csv.",
    )
}

const STATEMENT_OF: Readonly<Record<AccountKind, string>> = {
  bank: "a bank account's statement",
  card: 'the statement of a credit card or credit line',
}

/** What is owed is never booked as if it were held: a file that says what it is of goes into an account of that kind. Throws InputError. */
export function refuseOtherKind(
  fileName: string,
  sections: readonly StatementSection[],
  target: Pick<StatementTarget, 'name' | 'type'>,
): void {
  const kind = kindOf(target)
  const other = sections.find((section) => kind !== null && section.kind !== undefined && section.kind !== kind)?.kind
  if (other === undefined) return
  throw new InputError(
    'STATEMENT_OTHER_ACCOUNT',
    `${fileName} is ${STATEMENT_OF[other]}, and "${target.name}" is ${nounOf(target.type)}.`,
    `Name the right account with --account; if it is this one, give it type: ${other} in tieout.yaml, and the code it has if lines of it are in the books.`,
  )
}

function nounOf(type: StatementTarget['type']): string {
  switch (type) {
    case 'bank':
      return 'a bank account'
    case 'card':
      return 'a credit card'
    case 'paypal':
      return 'a PayPal account'
    case 'razorpay':
      return 'a Razorpay account'
  }
}
