/**
 * Looks manual journals up. Xero filters well by the whole narration and by nothing else of ours, so one document is
 * asked for by its narration, and many are picked out of the days they lie in. A person may have added to a narration:
 * what is not found by it is looked for by its day before anybody calls it missing. Or given it another day: of many, what
 * may have arrived and is in none of the days is asked for by its narration.
 */
import { addDays, daysBetween } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { RemoteEntry } from '../entry.ts'
import type { Answer, EntryKey, EntryQuery } from '../port.ts'
import { whereDate } from './dates.ts'
import { listJournals, type JournalQuery, type JournalReader } from './list-journals.ts'

interface Days {
  readonly from: IsoDate
  readonly to: IsoDate
}

/** Days further apart are asked for one by one: what lies between could be thousands of journals. */
const NEAR_DAYS = 31
/** A longer address may be cut off on its way. */
const LONGEST_NARRATION = 1_000
/** What a string in a `where` clause would need an escape for, which Xero does not document. */
const UNQUOTABLE = /["\\\p{Cc}]/u

export async function findEntries(
  reader: JournalReader,
  wanted: readonly EntryKey[],
): Promise<Answer<readonly RemoteEntry[]>> {
  const documents = new Set(wanted.map(({ document }) => document))
  const sought = { isWanted: (document: string): boolean => documents.has(document), skipsUnreadable: false }
  const [only] = wanted
  if (wanted.length === 1 && only !== undefined && isQuotable(only.memo)) {
    const found = await listJournals(reader, { ...sought, where: whereNarration(only) })
    if (found.kind !== 'ok' || found.value.length > 0) return found
  }
  const entries: RemoteEntry[] = []
  for (const days of clusters(wanted.map(({ date }) => date))) {
    const found = await listDays(reader, days, sought)
    // Nothing has this very narration, but somebody may have added to it: that nobody may look does not make it gone.
    if (found.kind !== 'ok') return found
    entries.push(...found.value)
  }
  const there = new Set(entries.map(({ document }) => document))
  const moved = wanted.filter((key) => key.wasSent === true && !there.has(key.document) && isQuotable(key.memo))
  for (const where of new Set(wanted.length === 1 ? [] : moved.map(whereNarration))) {
    const found = await listJournals(reader, { ...sought, where })
    if (found.kind !== 'ok') return found
    entries.push(...found.value)
  }
  return { kind: 'ok', value: entries }
}

/**
 * With an empty prefix everything of those days, other people's journals too. One of theirs that cannot be read must not
 * hide all others; one of ours that is missing is looked up by whoever misses it, and then it is told.
 */
export async function listEntries(reader: JournalReader, query: EntryQuery): Promise<Answer<readonly RemoteEntry[]>> {
  const isWanted = (document: string): boolean => document.startsWith(query.documentPrefix)
  const since = query.changedSinceMs === undefined ? {} : { changedSinceMs: query.changedSinceMs }
  return listDays(reader, query, { isWanted, skipsUnreadable: query.documentPrefix === '', ...since })
}

/** The days are checked here too, so that it does not matter how a filter treats its ends. */
async function listDays(
  reader: JournalReader,
  { from, to }: Days,
  rest: Omit<JournalQuery, 'where'>,
): Promise<Answer<readonly RemoteEntry[]>> {
  const where = `Date >= ${whereDate(from)} AND Date < ${whereDate(addDays(to, 1))}`
  const filtered = await listJournals(reader, { ...rest, where })
  // Filters other than the narration are at Xero's pleasure. Without one it is the same answer from more pages.
  const listed = filtered.kind === 'refused' ? await listJournals(reader, { ...rest, where: null }) : filtered
  if (listed.kind !== 'ok') return listed
  return { kind: 'ok', value: listed.value.filter(({ date }) => date >= from && date <= to) }
}

function whereNarration({ memo }: EntryKey): string {
  return `Narration=="${memo}"`
}

function isQuotable(narration: string): boolean {
  return narration.length <= LONGEST_NARRATION && !UNQUOTABLE.test(narration)
}

/** The given days in as few spans as leave no gap of more than a month in any of them. */
export function clusters(dates: readonly IsoDate[]): readonly Days[] {
  const spans: Days[] = []
  for (const date of [...new Set(dates)].sort()) {
    const last = spans.at(-1)
    if (last !== undefined && daysBetween(last.to, date) <= NEAR_DAYS) spans[spans.length - 1] = { ...last, to: date }
    else spans.push({ from: date, to: date })
  }
  return spans
}
