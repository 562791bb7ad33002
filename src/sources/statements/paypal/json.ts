/**
 * PayPal's transaction search answers: one page, a list of pages, or pages one after the other. Amounts are read from their
 * own characters, and the balance column is the one that follows from line to line.
 */
import { InputError } from '../../../domain/errors.ts'
import { decimalTextOf } from '../../../domain/json.ts'
import type { ParsedStatement, StatementSection } from '../../../domain/statements/statement.ts'
import { isJsonObject, readJsonPages, type JsonObject } from '../columns/json-pages.ts'
import type { ReadOptions } from '../options.ts'
import { jsonDrafts } from './json-row.ts'
import { payPalSections } from './sections.ts'
import { uncountedRemark } from './remarks.ts'

const BEGINNING = 1 << 16

export function detect(text: string, _fileName: string): boolean {
  const beginning = text.slice(0, BEGINNING)
  return /^\s*[[{]/.test(beginning) && /"transaction_(?:details|info)"\s*:/.test(beginning)
}

export function read(fileName: string, text: string, options: ReadOptions): ParsedStatement {
  const pages = readJsonPages(fileName, text)
  const entries = pages.flatMap(entriesOf)
  if (entries.length === 0)
    throw new InputError(
      'STATEMENT_EMPTY',
      `${fileName} has no transactions.`,
      'Save an answer of the transaction search with "transaction_details" in it.',
    )
  const sectionsBy = (balance: 'ending_balance' | 'available_balance'): readonly StatementSection[] =>
    payPalSections(
      fileName,
      accountOf(pages),
      entries.flatMap((entry, at) => jsonDrafts(fileName, at + 1, entry, balance, options)),
      'Entry',
    )
  const byEnding = sectionsBy('ending_balance')
  const byAvailable = byEnding.every(({ footing }) => footing.kind === 'foots') ? null : sectionsBy('available_balance')
  const isAvailable = byAvailable !== null && footed(byAvailable) > footed(byEnding)
  const sections = isAvailable ? byAvailable : byEnding
  const remarks = [
    ...uncountedRemark(sections),
    ...(isAvailable
      ? ['The balance is "available_balance", since "ending_balance" does not follow from line to line.']
      : []),
    ...missingRemark(pages, entries.length),
  ]
  return { format: 'paypal-json', sections, bindings: [], remarks }
}

function footed(sections: readonly StatementSection[]): number {
  return sections.filter(({ footing }) => footing.kind === 'foots').length
}

/** A page's list of transactions; a bare transaction stands for itself. */
function entriesOf(page: JsonObject): readonly JsonObject[] {
  const details = page['transaction_details']
  // What is no object is refused by its position.
  if (Array.isArray(details)) return details.map((each) => (isJsonObject(each) ? each : {}))
  return isJsonObject(page['transaction_info']) ? [page] : []
}

function accountOf(pages: readonly JsonObject[]): string | null {
  const numbers = new Set(pages.map((page) => page['account_number']).filter((each) => typeof each === 'string'))
  const [only] = numbers
  return numbers.size === 1 ? (only ?? null) : null
}

function missingRemark(pages: readonly JsonObject[], found: number): readonly string[] {
  const totals = new Set(pages.map((page) => decimalTextOf(page['total_items'])).filter((each) => each !== undefined))
  const [total] = totals
  if (totals.size !== 1 || total === undefined || Number(total) === found) return []
  return [`The answer speaks of ${total} transactions and the file has ${found}: a page may be missing.`]
}
