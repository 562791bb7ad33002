/**
 * Reads one element of a `ManualJournals` request. A value of the wrong JSON type makes the whole request unreadable; what
 * the values mean is judged afterwards, in rules.ts.
 */
import { isJsonNumber, parseJsonExact } from '../../domain/json.ts'
import { parseMoney } from '../../domain/money/money.ts'
import type { Units } from '../../domain/money/money.ts'

export type Fields = Readonly<Record<string, unknown>>

export interface AskedLine {
  readonly amount: Units
  readonly decimals: number
  readonly accountCode: string | null
  readonly accountId: string | null
  readonly description: string | null
  readonly taxType: string | null
  readonly tracking: readonly { readonly name: string; readonly option: string }[]
}

export interface AskedJournal {
  readonly id: string | null
  readonly narration: string | null
  readonly date: string | null
  readonly status: string | null
  readonly lineAmountTypes: string | null
  readonly showOnCashBasis: boolean
  readonly url: string | null
  readonly lines: readonly AskedLine[] | null
}

/** Said of a body that cannot be read. */
export class Unreadable extends Error {}

/** Throws Unreadable. */
export function readJournals(body: string): readonly AskedJournal[] {
  const root = fieldsOf(parse(body))
  const journals = root?.['ManualJournals']
  if (!Array.isArray(journals) || journals.length === 0) throw new Unreadable('The request holds no ManualJournals.')
  return journals.map((value: unknown) => {
    const fields = fieldsOf(value)
    if (fields === undefined) throw new Unreadable('A manual journal is an object.')
    return readJournal(fields)
  })
}

/** Throws Unreadable. The fields of one journal whose id stands in the path. */
export function readOneJournal(body: string, id: string): AskedJournal {
  const root = fieldsOf(parse(body))
  if (root === undefined) throw new Unreadable('The request is no JSON object.')
  const asked = 'ManualJournals' in root ? readJournals(body)[0] : readJournal(root)
  if (asked === undefined) throw new Unreadable('The request holds no ManualJournals.')
  return { ...asked, id }
}

function readJournal(fields: Fields): AskedJournal {
  const lines = fields['JournalLines']
  if (lines !== undefined && !Array.isArray(lines)) throw new Unreadable('JournalLines is no list.')
  return {
    id: textOf(fields, 'ManualJournalID'),
    narration: textOf(fields, 'Narration'),
    date: dateOf(textOf(fields, 'Date')),
    status: textOf(fields, 'Status'),
    lineAmountTypes: textOf(fields, 'LineAmountTypes'),
    showOnCashBasis: fields['ShowOnCashBasisReports'] !== false,
    url: textOf(fields, 'Url'),
    lines: lines === undefined ? null : lines.map(readLine),
  }
}

function readLine(value: unknown): AskedLine {
  const line = fieldsOf(value)
  if (line === undefined) throw new Unreadable('A journal line is an object.')
  const { LineAmount: amount, Tracking: tracking = [] } = line
  if (!isJsonNumber(amount)) throw new Unreadable('LineAmount is no number.')
  const parsed = parseMoney(amount.source)
  if (!parsed.ok) throw new Unreadable(`LineAmount: ${parsed.reason}.`)
  if (!Array.isArray(tracking)) throw new Unreadable('Tracking is no list.')
  return {
    amount: parsed.units,
    decimals: parsed.decimals,
    accountCode: textOf(line, 'AccountCode'),
    accountId: textOf(line, 'AccountID'),
    description: textOf(line, 'Description'),
    taxType: textOf(line, 'TaxType'),
    tracking: tracking.map((each: unknown) => {
      const category = fieldsOf(each) ?? {}
      const name = textOf(category, 'Name') ?? textOf(category, 'TrackingCategoryID') ?? ''
      return { name, option: textOf(category, 'Option') ?? textOf(category, 'TrackingOptionID') ?? '' }
    }),
  }
}

function parse(body: string): unknown {
  try {
    return parseJsonExact(body)
  } catch {
    throw new Unreadable('The request is no valid JSON.')
  }
}

/** 2026-11-20, an instant, or /Date(1763596800000+0000)/; null when absent. */
function dateOf(text: string | null): string | null {
  if (text === null) return null
  const ticks = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(text)?.[1]
  const ms =
    ticks === undefined ? Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text) : Number(ticks)
  if (Number.isNaN(ms)) throw new Unreadable(`The string '${text}' is not a valid date.`)
  return new Date(ms).toISOString().slice(0, 10)
}

function textOf(fields: Fields, name: string): string | null {
  const value = fields[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw new Unreadable(`${name} is no text.`)
  return value
}

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isJsonNumber(value)
    ? (value as Fields) // Any object's fields, read as unknown.
    : undefined
}
