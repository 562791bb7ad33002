/**
 * From an entry to the bytes Xero gets: one manual journal, in the organisation's base currency, without tax. Everything
 * Xero would otherwise fill in by a default of its own is said, and the same entry always gives the same bytes.
 */
import type { XeroTargetConfig } from '../../config/target-model.ts'
import { InvariantError } from '../../domain/errors.ts'
import { formatDecimals, minorUnitDecimals } from '../../domain/money/money.ts'
import type { EntryBody } from '../port.ts'
import type { EntryLine, TargetEntry } from '../entry.ts'
import { documentOf } from './narration.ts'

const MOST_TRACKING = 2

/** `postAs` of the configuration decides whether the journal counts at once or waits for somebody in Xero. */
export function xeroBody({ postAs }: Pick<XeroTargetConfig, 'postAs'>): EntryBody {
  const status = postAs === 'posted' ? 'POSTED' : 'DRAFT'
  return (entry) => {
    demandSendable(entry)
    const decimals = minorUnitDecimals(entry.currency)
    const journal = members([
      ['Narration', JSON.stringify(entry.memo)],
      ['Date', JSON.stringify(entry.date)],
      ['LineAmountTypes', '"NoTax"'],
      ['Status', JSON.stringify(status)],
      ['JournalLines', list(entry.lines.map((line) => lineText(line, decimals)))],
    ])
    return members([['ManualJournals', list([journal])]])
  }
}

/** Amounts are written as text: a JSON number made from a float could differ in its last digit. */
function lineText(line: EntryLine, decimals: number): string {
  const tracking = line.dimensions.map(({ name, value }) =>
    members([
      ['Name', JSON.stringify(name)],
      ['Option', JSON.stringify(value)],
    ]),
  )
  return members([
    ['LineAmount', formatDecimals(line.amount, decimals)],
    ['AccountCode', JSON.stringify(line.account)],
    ['Description', JSON.stringify(line.description)],
    ['TaxType', '"NONE"'],
    ...(tracking.length === 0 ? [] : [['Tracking', list(tracking)] as const]),
  ])
}

function members(pairs: readonly (readonly [name: string, text: string])[]): string {
  return `{${pairs.map(([name, text]) => `"${name}":${text}`).join(',')}}`
}

function list(texts: readonly string[]): string {
  return `[${texts.join(',')}]`
}

/** What whoever built the entry has promised; a journal that cannot be found again must not be sent. */
function demandSendable({ document, memo, exchangeRate, lines }: TargetEntry): void {
  const total = lines.reduce((sum, line) => sum + line.amount, 0n)
  const broken =
    documentOf(memo) !== document
      ? `its narration does not start with ${document}`
      : exchangeRate !== null
        ? 'it has an exchange rate, and Xero takes manual journals in the base currency only'
        : lines.length < 2 || total !== 0n || lines.some((line) => line.amount === 0n)
          ? 'its lines are not two or more that sum to zero, each of them other than zero'
          : lines.some((line) => line.dimensions.length > MOST_TRACKING)
            ? `a line has more than ${MOST_TRACKING} tracking categories`
            : null
  if (broken === null) return
  throw new InvariantError('XERO_BODY', `The entry ${document} cannot be written for Xero: ${broken}.`)
}
