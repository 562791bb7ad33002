/**
 * One row of an evidence file to a statement about a source, or to a problem that names the column. A person's statement
 * is booked like a vendor's answer, so it is held to the same standard: nothing empty, nothing guessed.
 */
import { isIsoDate, parseInstant } from '../../domain/time/dates.ts'
import { otherMarkIn } from '../../domain/money/currency-marks.ts'
import { parseLocalizedMoney } from '../../domain/money/localized-money.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { zeroProblemOf, type CsvRow, type RowProblem, type RowResult } from '../csv/rows.ts'
import {
  EVIDENCE_KINDS,
  EVIDENCE_RULES,
  isEvidenceKind,
  type EvidenceKind,
  type EvidenceRule,
  type SourceKind,
} from './kinds.ts'
import type { EvidenceField, EvidenceLayout } from './layout.ts'

/** A day counts in the source's own zone; an instant is exact. */
type EvidenceTime =
  { readonly kind: 'date'; readonly date: IsoDate } | { readonly kind: 'instant'; readonly ms: number }

export interface EvidenceRow {
  readonly time: EvidenceTime
  readonly source: string
  readonly kind: EvidenceKind
  readonly amount: Units
  readonly currency: string
  /** '' where the kind needs none. */
  readonly reference: string
  readonly note: string
}

/** What one row came to; a problem keeps the source it is about, '' when the row names none that is configured. */
export type EvidenceResult = RowResult<EvidenceRow, RowProblem & { readonly source: string }>

/** The configured sources a file may speak of, by name. */
export type EvidenceSources = ReadonlyMap<string, EvidenceSource>

export interface EvidenceSource {
  readonly kind: SourceKind
  readonly currency: string
  /** A PayPal account, which may hold other currencies beside its own. */
  readonly holdsAny?: boolean
}

const LONGEST_TEXT = 500

export function readEvidenceRow(
  layout: EvidenceLayout,
  sources: EvidenceSources,
  { line, fields }: CsvRow,
): EvidenceResult {
  const cell = (field: EvidenceField): string => fields[layout.columns[field] ?? -1]?.trim() ?? ''
  const about = sources.has(cell('source')) ? cell('source') : ''
  const wrong = (field: EvidenceField | null, reason: string): EvidenceResult => {
    const column = field === null ? null : (layout.headers[layout.columns[field] ?? -1] ?? field)
    return { kind: 'problem', line, problem: { column, reason, source: about } }
  }
  const zero = zeroProblemOf(fields)
  if (zero !== null) return wrong(null, zero)
  if (fields.length !== layout.headers.length) {
    return wrong(null, `the row has ${fields.length} columns where the header has ${layout.headers.length}`)
  }
  const time = timeOf(cell('date'))
  if (time === null)
    return wrong('date', `"${cell('date')}" is neither a date (2026-03-13) nor an instant (2026-03-13T20:55:00Z)`)
  const source = sources.get(cell('source'))
  if (source === undefined)
    return wrong(
      'source',
      `no source "${cell('source')}" is configured; the sources are ${listed([...sources.keys()])}`,
    )
  const kind = cell('kind').toLowerCase()
  if (!isEvidenceKind(kind))
    return wrong('kind', `"${cell('kind')}" is not a kind; the kinds are ${listed(EVIDENCE_KINDS)}`)
  const rule = EVIDENCE_RULES[kind]
  if (!rule.sources.includes(source.kind))
    return wrong('kind', `${kind} fits ${listed(rule.sources)} sources, and ${cell('source')} is a ${source.kind}`)
  const amount = parseLocalizedMoney(cell('amount'), layout)
  if (!amount.ok) return wrong('amount', amount.reason)
  if (amount.rounded) return wrong('amount', `"${cell('amount')}" has more than eight decimals`)
  const allowed = rule.amount === 'balance' ? (source.kind === 'money' ? 'any' : 'not-negative') : rule.amount
  if (!fits(allowed, amount.units))
    return wrong('amount', `the amount of a ${kind} must be ${AMOUNT_WORDS[allowed]}, not ${cell('amount')}`)
  const currency = cell('currency').toUpperCase()
  const isHeld = source.holdsAny === true && /^[A-Z]{3}$/.test(currency)
  if (currency !== source.currency && !isHeld)
    return wrong('currency', `"${cell('currency')}" is not ${source.currency}, the currency of ${cell('source')}`)
  const other = otherMarkIn(cell('amount'), currency)
  if (other !== null)
    return wrong('amount', `"${cell('amount')}" has "${other.mark}" beside the figure, and the row is in ${currency}`)
  const reference = cell('reference')
  if (rule.needsReference && reference === '')
    return wrong('reference', `a ${kind} needs the reference of its payment, so that importing it twice counts it once`)
  if (reference.length > LONGEST_TEXT)
    return wrong('reference', `the reference is longer than ${LONGEST_TEXT} characters`)
  const note = cell('note').slice(0, LONGEST_TEXT)
  return {
    kind: 'row',
    line,
    row: { time, source: cell('source'), kind, amount: amount.units, currency, reference, note },
  }
}

function timeOf(text: string): EvidenceTime | null {
  if (isIsoDate(text)) return { kind: 'date', date: text }
  const ms = parseInstant(text)
  return ms === null ? null : { kind: 'instant', ms }
}

type Allowed = Exclude<EvidenceRule['amount'], 'balance'>

const AMOUNT_WORDS: Readonly<Record<Allowed, string>> = {
  any: 'any amount',
  positive: 'more than zero',
  'not-negative': 'zero or more',
}

function fits(rule: Allowed, units: Units): boolean {
  switch (rule) {
    case 'any':
      return true
    case 'positive':
      return units > 0n
    case 'not-negative':
      return units >= 0n
  }
}

function listed(names: readonly string[]): string {
  return names.join(', ')
}
