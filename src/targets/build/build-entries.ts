/**
 * From a sealed journal to the entries a target gets: accounts and tags of the company, its currency, parts that balance.
 * Pure, so that what somebody approves is what is sent: the same journal, mapping, company and rates give the same entries.
 */
import type { JournalPolicy, TargetConfig } from '../../config/target-model.ts'
import { accountTitle, type Chart } from '../../domain/accounts.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import { documentDate } from '../../domain/journals/journal.ts'
import { findRate, NO_RATES, type Rate, type RateTable } from '../../domain/money/rates.ts'
import type { RoundedLine } from '../../domain/journals/rounding.ts'
import type { TargetMapping } from '../../domain/journals/target-mapping.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { markedMemo } from '../book-mark.ts'
import type { Company } from '../company.ts'
import type { JournalDocument } from '../document.ts'
import type { EntryLine, TargetEntry } from '../entry.ts'
import { convertLines } from './convert.ts'
import { resolveDimension, rulesFor, tagLine, type DimensionSums } from './dimensions.ts'
import { partDocuments, splitIntoParts } from './parts.ts'
import { resolveAccount, type ResolvedAccount } from './resolve-account.ts'

export interface BuildContext {
  readonly target: Pick<TargetConfig, 'type' | 'linesPerEntry'>
  readonly mapping: TargetMapping
  readonly company: Company
  readonly chart: Chart
  readonly rates: RateTable
  readonly dimensionSums: DimensionSums
  readonly policy: Pick<JournalPolicy, 'closedPeriod'>
  /** The last day nobody may post to any more, as the target said last; null when its books are open. */
  readonly closedThrough: IsoDate | null
}

/** A journal, and the document of the one it takes back or brings again. */
export interface DeliverableJournal extends JournalDocument {
  /** The book's id that lasts. */
  readonly lastingId: string
  /** Of ledger and log when it was sealed. */
  readonly heads: string
  readonly reverses: string | null
  readonly replaces: string | null
}

export type BuiltEntries =
  /** In the order of their documents. None when the journal moves nothing by a whole minor unit. */
  | { readonly ok: true; readonly entries: readonly TargetEntry[] }
  /** `reason` is one or more full sentences for a person. */
  | { readonly ok: false; readonly code: ExceptionCode; readonly reason: string }

type Refusal = Extract<BuiltEntries, { readonly ok: false }>
type Step<T> = { readonly ok: true; readonly value: T } | Refusal

/** Throws InvariantError when the sums by dimension are not those of the journal's range. */
export function buildEntries(journal: DeliverableJournal, context: BuildContext): BuiltEntries {
  const date = entryDate(journal, context)
  if (!date.ok) return date
  const rate = rateOf(journal, context)
  if (!rate.ok) return rate
  const lines = entryLines(journal, context, date.value)
  if (!lines.ok) return lines
  const isConverted = rate.value !== null && context.target.type === 'xero'
  const amounts = isConverted && rate.value !== null ? convertLines(lines.value, rate.value) : lines.value
  const parts = splitIntoParts(amounts, context.target.linesPerEntry)
  const documents = partDocuments(journal.document, parts.length)
  if (documents === null) return tooManyParts(journal, parts.length)
  const currency = isConverted ? context.company.currency : journal.currency
  const exchangeRate = isConverted || rate.value === null ? null : rate.value.text
  const entries = parts.map((part, index): TargetEntry => {
    const document = documents[index] ?? journal.document
    const memo = memoOf(journal, { document, part: index + 1, parts: parts.length, date: date.value })
    return { document, date: date.value, currency, exchangeRate, memo, lines: part }
  })
  return { ok: true, entries }
}

function refuse(code: ExceptionCode, reason: string): Refusal {
  return { ok: false, code, reason }
}

export function entryDate(
  journal: DeliverableJournal,
  { company, policy, closedThrough }: Pick<BuildContext, 'company' | 'policy' | 'closedThrough'>,
): Step<IsoDate> {
  const { document, documentDate: sealed, day } = journal
  if (closedThrough === null || sealed > closedThrough) return { ok: true, value: sealed }
  if (policy.closedPeriod === 'first-open-day') return { ok: true, value: documentDate(sealed, closedThrough) }
  const reason =
    `${document} of ${day} is held: the books of ${company.name} are closed through ${closedThrough}. ` +
    'Open the period there, or set journals: { closedPeriod: first-open-day } for the book.'
  return refuse('DELIVERY_FAILED', reason)
}

/** Null in the company's own currency. The rate is that of the journal's day, whenever it is dated, so that a reversal has the same. */
function rateOf({ document, currency, day }: DeliverableJournal, context: BuildContext): Step<Rate | null> {
  const { company, rates, target } = context
  if (currency === company.currency) return { ok: true, value: null }
  if (target.type === 'quickbooks' && !company.multiCurrency) {
    const reason = `${document} is in ${currency}, and ${company.name} keeps ${company.currency} alone. Turn multicurrency on there, or keep ${currency} in a book of its own.`
    return refuse('CURRENCY', reason)
  }
  const rate = findRate(rates, currency, company.currency, day)
  if (rate !== null) return { ok: true, value: rate }
  const line = `a line "${day},${currency},${company.currency},RATE"`
  const why =
    rates.file === NO_RATES.file
      ? `the configuration names no rates file. Name one with ${line}.`
      : `${rates.file} has none of that day or the ${rates.maxAgeDays} days before. Add ${line}.`
  const reason = `${document} needs the rate from ${currency} to ${company.currency} for ${day}, and ${why}`
  return refuse('CURRENCY', reason)
}

function entryLines(journal: DeliverableJournal, context: BuildContext, date: IsoDate): Step<readonly EntryLine[]> {
  const problems = new Set<string>()
  const lines: EntryLine[] = []
  const balances = new Map<string, string>()
  for (const line of journal.lines) {
    if (line.rounded === 0n && sharesOf(journal, context, line).length === 0) continue
    const currency = context.target.type === 'xero' ? context.company.currency : journal.currency
    const found = resolveAccount(context.mapping, context.company, line.account, currency)
    if (!found.ok) problems.add(found.reason)
    else {
      if (found.account.needs !== null) balances.set(found.account.id, found.account.name)
      for (const each of linesOf(journal, context, { line, found, date })) {
        if (typeof each === 'string') problems.add(each)
        else lines.push(each)
      }
    }
  }
  if (balances.size > 1) {
    const names = [...balances.values()].map((name) => `"${name}"`).join(' and ')
    problems.add(
      `The journal touches the receivables or payables ${names}, and QuickBooks takes one of them in an entry: map all but one to other accounts.`,
    )
  }
  if (problems.size === 0) return { ok: true, value: lines }
  return refuse(
    'UNMAPPED',
    `${journal.document} cannot be built for ${context.company.name}. ${[...problems].join(' ')}`,
  )
}

function sharesOf(journal: DeliverableJournal, { dimensionSums }: BuildContext, { account }: RoundedLine) {
  const shares = dimensionSums.get(account) ?? []
  // The range of a reversal is that of the journal it takes back.
  return journal.reverses === null ? shares : shares.map((share) => ({ ...share, exact: -share.exact }))
}

interface FoundLine {
  readonly line: RoundedLine
  readonly found: ResolvedAccount
  readonly date: IsoDate
}

function linesOf(
  journal: DeliverableJournal,
  context: BuildContext,
  { line, found, date }: FoundLine,
): readonly (EntryLine | string)[] {
  const { mapping, chart, company } = context
  const rules = rulesFor(mapping, chart, line.account)
  const shares = sharesOf(journal, context, line)
  const late = journal.day === date ? '' : ` (for ${journal.day})`
  const description = `${accountTitle(chart, line.account)}${late}`
  const tagged = tagLine({ line, currency: journal.currency, place: found.place, rules, shares })
  return tagged.flatMap(({ amount, dimensions }): readonly (EntryLine | string)[] => {
    const resolved = dimensions.map((each) => resolveDimension(company, each))
    const wrong = resolved.filter((each) => typeof each === 'string')
    if (wrong.length > 0) return wrong
    const tags = resolved.filter((each) => typeof each !== 'string')
    return [{ account: found.account.id, amount, description, dimensions: tags, entity: found.entity }]
  })
}

interface Part {
  readonly document: string
  readonly part: number
  readonly parts: number
  readonly date: IsoDate
}

/**
 * Starts with the document and ends with the book's id, which makes it unique: Xero can look an entry up by nothing else,
 * and nobody takes it for another book's. The heads before it are an anchor outside of the database, which a tie-out
 * holds against it. A later date is the first
 * open day, so it says through which day the books are closed; but a person may have dated a correction otherwise.
 */
export function memoOf(journal: DeliverableJournal, part: Part): string {
  const { currency, day, sequences, heads, reverses, replaces } = journal
  const number = part.parts === 1 ? '' : `, part ${part.part} of ${part.parts}`
  const undone = reverses === null ? '' : `, reverses ${reverses}`
  const again = replaces === null ? '' : `, replaces ${replaces}`
  const isFirstOpenDay = part.date !== journal.documentDate || (reverses === null && replaces === null)
  const closed = isFirstOpenDay ? ` because the books are closed through ${addDays(part.date, -1)}` : ''
  const late = part.date === day ? '' : `, for ${day}${closed}`
  const memo = `${part.document} ${currency} journal of ${day}${number}, ledger ${sequences}${undone}${again}${late}, heads ${heads}`
  return markedMemo(memo, journal.lastingId)
}

export function tooManyParts({ document }: DeliverableJournal, parts: number): Refusal {
  const reason = `${document} needs ${parts} entries, and a document number with the part's number has at most 21 characters. Raise linesPerEntry, or state a shorter documentPrefix for the book.`
  return refuse('DELIVERY_FAILED', reason)
}
