/**
 * From a manual journal as Xero holds it to an entry that can be compared with what was sent. Amounts come from their
 * characters. What cannot be read is a reason, never a guess.
 */
import { jsonTextOf } from '../../domain/json.ts'
import { parseMoney, type Units } from '../../domain/money/money.ts'
import type { EntryDimension, EntryLine, RemoteEntry, RemoteStatus } from '../entry.ts'
import { readDate, readInstantMs } from './dates.ts'
import { documentOf } from './narration.ts'
import { journalSchema, type XeroJournal } from './schema.ts'

export type Observed =
  { readonly ok: true; readonly entry: RemoteEntry } | { readonly ok: false; readonly reason: string }

const STATUSES: Readonly<Record<string, RemoteStatus>> = {
  POSTED: 'posted',
  DRAFT: 'draft',
  VOIDED: 'voided',
  DELETED: 'deleted',
  // Put away in Xero: it cannot be edited any more and counts in no report.
  ARCHIVED: 'voided',
}
const NO_ID = /^[0-]*$/

type XeroLine = NonNullable<XeroJournal['JournalLines']>[number]

/** `currency` is the organisation's: manual journals name none. `value` comes from `parseJsonExact`. */
export function observeJournal(value: unknown, currency: string): Observed {
  const parsed = journalSchema.safeParse(value)
  if (!parsed.success) return { ok: false, reason: 'it has another shape than a manual journal' }
  const journal = parsed.data
  const remoteId = journalId(journal)
  if (remoteId === null) return { ok: false, reason: 'it has no ManualJournalID' }
  const date = readDate(journal.Date ?? '')
  if (date === null) return { ok: false, reason: `its date "${journal.Date ?? ''}" is not one` }
  const status = STATUSES[journal.Status ?? '']
  if (status === undefined) return { ok: false, reason: `its status "${journal.Status ?? ''}" is not known` }
  if (journal.JournalLines === null || journal.JournalLines === undefined)
    return { ok: false, reason: 'it came without its lines' }
  const lines: EntryLine[] = []
  for (const line of journal.JournalLines) {
    const amount = amountOf(line.LineAmount)
    if (amount === null) return { ok: false, reason: `its line amount "${line.LineAmount}" is not one` }
    if (amount !== 0n) lines.push(lineOf(line, amount))
  }
  const narration = journal.Narration ?? ''
  const entry: RemoteEntry = {
    document: documentOf(narration),
    date,
    currency,
    exchangeRate: null,
    memo: narration,
    lines,
    remoteId,
    version: versionOf(journal.UpdatedDateUTC ?? ''),
    status,
    raw: jsonTextOf(value),
  }
  return { ok: true, entry }
}

/** Null for none: Xero gives a journal it refused an id of zeros. */
export function journalId(journal: XeroJournal): string | null {
  const id = journal.ManualJournalID ?? ''
  return NO_ID.test(id) ? null : id
}

function amountOf(text: string): Units | null {
  const parsed = parseMoney(text)
  return parsed.ok ? parsed.units : null
}

function lineOf(line: XeroLine, amount: Units): EntryLine {
  const tracking = (line.Tracking ?? []).map(({ Name, Option }) => ({ name: Name ?? '', value: Option ?? '' }))
  return {
    account: line.AccountCode ?? line.AccountID ?? '',
    amount,
    description: line.Description ?? '',
    dimensions: [...tracking, ...taxOf(line)],
    entity: null,
  }
}

/** We send lines without tax. Tax that somebody added moves money beside the line, so it must show in a comparison. */
function taxOf(line: XeroLine): readonly EntryDimension[] {
  if (line.TaxAmount === null || line.TaxAmount === undefined || amountOf(line.TaxAmount) === 0n) return []
  return [{ name: 'TaxAmount', value: `${line.TaxType ?? ''} ${line.TaxAmount}`.trimStart() }]
}

/** One spelling of the instant, since Xero has several. */
function versionOf(updated: string): string {
  const ms = readInstantMs(updated)
  return ms === null ? updated : new Date(ms).toISOString()
}
