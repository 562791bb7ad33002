/**
 * What the file targets render: journals with their lines, and what rendering gives back. A journal a target cannot
 * take is left out whole with a sentence that says why, never cut or squeezed in.
 */
import { accountTitle, lookUpAccount, type AccountMapping, type Chart } from '../domain/accounts.ts'
import { holdReason, type JournalStatus } from '../domain/journals/journal.ts'
import type { Units } from '../domain/money/money.ts'
import type { RoundedLine } from '../domain/journals/rounding.ts'
import type { IsoDate } from '../domain/transaction.ts'

export interface JournalDocument {
  /** The natural key in the target; a preview's starts with "DRAFT-". */
  readonly document: string
  readonly day: IsoDate
  readonly documentDate: IsoDate
  readonly currency: string
  readonly status: JournalStatus | 'draft'
  /** "1..120" (which no spreadsheet takes for a date): the ledger sequences it covers; empty for a preview. */
  readonly sequences: string
  /** The document it takes back, when it is a reversal. */
  readonly reverses?: string | null
  readonly lines: readonly RoundedLine[]
}

/** Per currency. Debits equal credits, always; both are kept so that a reader can see it. */
export interface DebitsAndCredits {
  readonly currency: string
  readonly debits: Units
  readonly credits: Units
}

export interface RenderedFile {
  readonly text: string
  /** Lines of journals or postings; headers do not count. */
  readonly rows: number
  readonly totals: readonly DebitsAndCredits[]
  readonly documents: readonly string[]
}

export interface LeftOut {
  readonly document: string
  readonly reason: string
}

export interface Rendered {
  readonly files: readonly RenderedFile[]
  readonly leftOut: readonly LeftOut[]
}

/** One line as the target will see it. Its amount is never zero. */
export interface TargetLine<T> {
  readonly account: T
  readonly title: string
  readonly rounded: Units
}

export type TargetLines<T> =
  { readonly ok: true; readonly lines: readonly TargetLine<T>[] } | { readonly ok: false; readonly reason: string }

interface FitOptions<T> {
  readonly limit: number
  /** The name by which the target tells two accounts apart. */
  readonly identify: (account: T) => string
}

/**
 * A journal's lines in the target's accounts. One with more lines than a file may have keeps one line per account of the
 * target instead of one per wallet; if that is still too many it is left out, because half a journal does not balance.
 */
export function targetLines<T>(
  document: JournalDocument,
  mapping: AccountMapping<T>,
  chart: Chart,
  { limit, identify }: FitOptions<T>,
): TargetLines<T> {
  const hold = holdReason(document, mapping)
  if (hold !== undefined) return { ok: false, reason: hold.reason }
  const lines = document.lines.flatMap(({ account: key, rounded }) => {
    const account = lookUpAccount(mapping.accounts, key)
    return account === undefined || rounded === 0n ? [] : [{ account, title: accountTitle(chart, key), rounded }]
  })
  if (lines.length === 0) return { ok: false, reason: belowOneUnit(document) }
  if (lines.length <= limit) return { ok: true, lines }
  const merged = mergeLines(lines, identify)
  if (merged.length <= limit && merged.length > 0) return { ok: true, lines: merged }
  const reason =
    `${document.document} needs ${merged.length} lines and a file of this format takes ${limit}: ` +
    `map its wallets to fewer accounts in ${mapping.file}, or deliver it through the API.`
  return { ok: false, reason }
}

function belowOneUnit({ document, currency }: JournalDocument): string {
  return `${document} moves no account by a whole minor unit of ${currency}: there is nothing to deliver, and the remainder is carried.`
}

function mergeLines<T>(lines: readonly TargetLine<T>[], identify: (account: T) => string): readonly TargetLine<T>[] {
  const merged = new Map<string, TargetLine<T>>()
  for (const line of lines) {
    const before = merged.get(identify(line.account))
    const title = before === undefined ? line.title : 'several wallets'
    merged.set(identify(line.account), {
      account: line.account,
      title,
      rounded: (before?.rounded ?? 0n) + line.rounded,
    })
  }
  return [...merged.values()].filter((line) => line.rounded !== 0n)
}

/** What a line says: which account, for which day when the date is another, what it takes back, and whether it is only a preview. */
export function lineDescription({ day, documentDate, status, reverses }: JournalDocument, title: string): string {
  const late = day === documentDate ? '' : ` (for ${day})`
  const preview = status === 'draft' ? 'PREVIEW, not approved: ' : ''
  const undone = reverses === undefined || reverses === null ? '' : `, reverses ${reverses}`
  return `${preview}${title}${late}${undone}`
}

/** Σ debits and Σ credits per currency, currencies in order of appearance. */
export function debitsAndCredits(
  amounts: readonly { readonly currency: string; readonly amount: Units }[],
): readonly DebitsAndCredits[] {
  const totals = new Map<string, DebitsAndCredits>()
  for (const { currency, amount } of amounts) {
    const { debits, credits } = totals.get(currency) ?? { debits: 0n, credits: 0n }
    const next =
      amount > 0n ? { currency, debits: debits + amount, credits } : { currency, debits, credits: credits - amount }
    totals.set(currency, next)
  }
  return [...totals.values()]
}
