/**
 * An entry as the exact bytes QuickBooks gets: the bare JournalEntry, never wrapped. Names and their order are those of
 * Intuit's Finance.xsd. Amounts are written digit by digit, so that no figure passes through a float.
 */
import { InvariantError } from '../../domain/errors.ts'
import { abs, formatDecimals, minorUnitDecimals } from '../../domain/money/money.ts'
import type { EntryDimension, EntryLine, TargetEntry } from '../entry.ts'

const LONGEST_DOCUMENT = 21
const LONGEST_TEXT = 4000
/** QuickBooks takes fifteen digits, ten of them before the point. */
const LARGEST_AMOUNT = 10n ** 18n
const RATE = /^0*((?:0|[1-9]\d*)(?:\.\d+)?)$/

/** The XSD's element for each dimension of QuickBooks. */
const DIMENSIONS = { class: 'ClassRef', department: 'DepartmentRef' } as const

/**
 * Throws InvariantError for an entry that QuickBooks could only refuse or change: that is a mistake of whoever built it.
 * The currency is always named: a company with several currencies requires it, and in the home currency it says the same.
 */
export function quickbooksBody(entry: TargetEntry): string {
  check(entry)
  const fields = [
    `"DocNumber":${JSON.stringify(entry.document)}`,
    `"TxnDate":${JSON.stringify(entry.date)}`,
    `"CurrencyRef":${reference(entry.currency)}`,
    ...(entry.exchangeRate === null ? [] : [`"ExchangeRate":${rateText(entry)}`]),
    `"PrivateNote":${JSON.stringify(entry.memo)}`,
    `"Line":[${entry.lines.map((line) => lineText(line, entry.currency)).join(',')}]`,
  ]
  return `{${fields.join(',')}}`
}

function lineText({ account, amount, description, dimensions, entity }: EntryLine, currency: string): string {
  const detail = [
    `"PostingType":"${amount > 0n ? 'Debit' : 'Credit'}"`,
    ...(entity === null ? [] : [`"Entity":{"Type":"${entity.type}","EntityRef":${reference(entity.id)}}`]),
    `"AccountRef":${reference(account)}`,
    ...dimensionTexts(dimensions),
  ]
  const fields = [
    ...(description === '' ? [] : [`"Description":${JSON.stringify(description)}`]),
    `"Amount":${formatDecimals(abs(amount), minorUnitDecimals(currency))}`,
    '"DetailType":"JournalEntryLineDetail"',
    `"JournalEntryLineDetail":{${detail.join(',')}}`,
  ]
  return `{${fields.join(',')}}`
}

/** Class before department, as the XSD has them, in whatever order the entry names them. */
function dimensionTexts(dimensions: readonly EntryDimension[]): readonly string[] {
  return Object.entries(DIMENSIONS).flatMap(([name, element]) => {
    const found = dimensions.find((dimension) => dimension.name === name)
    return found === undefined ? [] : [`"${element}":${reference(found.value)}`]
  })
}

function reference(value: string): string {
  return `{"value":${JSON.stringify(value)}}`
}

/** A JSON number has no zeros in front. */
function rateText({ document, exchangeRate }: TargetEntry): string {
  const digits = RATE.exec(exchangeRate ?? '')?.[1]
  if (digits !== undefined && /[1-9]/.test(digits)) return digits
  throw broken(document, `has the exchange rate "${exchangeRate ?? ''}", which is not a positive decimal`)
}

function check({ document, memo, lines }: TargetEntry): void {
  if (document === '' || document.length > LONGEST_DOCUMENT)
    throw broken(document, `needs a number of 1 to ${LONGEST_DOCUMENT} characters`)
  if (memo.length > LONGEST_TEXT) throw broken(document, `has a memo of more than ${LONGEST_TEXT} characters`)
  if (lines.length < 2) throw broken(document, `has ${lines.length} lines, and an entry needs two`)
  const sum = lines.reduce((total, { amount }) => total + amount, 0n)
  if (sum !== 0n) throw broken(document, `does not balance: its lines sum to ${sum} units`)
  for (const [index, line] of lines.entries()) {
    const problem = lineProblem(line)
    if (problem !== null) throw broken(document, `has in line ${index + 1} ${problem}`)
  }
}

function lineProblem({ account, amount, description, dimensions }: EntryLine): string | null {
  if (amount === 0n) return 'no amount'
  if (abs(amount) >= LARGEST_AMOUNT) return 'an amount of more than ten digits before the point'
  if (account === '') return 'no account'
  if (description.length > LONGEST_TEXT) return `a description of more than ${LONGEST_TEXT} characters`
  const unknown = dimensions.find(({ name }) => !(name in DIMENSIONS))
  if (unknown !== undefined) return `the dimension "${unknown.name}"; QuickBooks has class and department`
  const isTwice = new Set(dimensions.map(({ name }) => name)).size < dimensions.length
  return isTwice ? 'the same dimension twice' : null
}

function broken(document: string, what: string): InvariantError {
  return new InvariantError(
    'quickbooks-entry',
    `${document === '' ? 'An entry' : document} for QuickBooks ${what}.`,
    'Nothing was sent; this is a fault in tieout, so please report it with the journal.',
  )
}
