/**
 * Reads manual journals page by page, in the order of their ids, which no edit changes. A journal that leaves the filter
 * while pages are read moves the later ones up by one, past the end of a page already seen: so the pages are counted
 * against what Xero says there is, and read again when they do not agree.
 */
import type { RemoteEntry } from '../entry.ts'
import type { Answer } from '../port.ts'
import type { XeroExchange } from './exchange.ts'
import { documentOf } from './narration.ts'
import { journalId, observeJournal } from './observe.ts'
import { journalSchema, journalsSchema } from './schema.ts'
import { parsed, unknownAnswer } from './troubles.ts'

export interface JournalReader {
  readonly exchange: XeroExchange
  readonly label: string
  /** The organisation's. */
  readonly currency: () => Promise<Answer<string>>
}

export interface JournalQuery {
  /** Null for all of them. */
  readonly where: string | null
  readonly isWanted: (document: string) => boolean
  /** Leaves out a wanted journal that cannot be read, instead of giving no answer at all. */
  readonly skipsUnreadable: boolean
  readonly changedSinceMs?: number
}

const PAGE_SIZE = 500
const MOST_PAGES = 2_000
const ATTEMPTS = 3

interface Listed {
  readonly entries: readonly RemoteEntry[]
  /** False when something moved meanwhile. */
  readonly isSteady: boolean
}

export async function listJournals(
  reader: JournalReader,
  query: JournalQuery,
): Promise<Answer<readonly RemoteEntry[]>> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const listed = await listOnce(reader, query)
    if (listed.kind !== 'ok') return listed
    if (listed.value.isSteady) return { kind: 'ok', value: listed.value.entries }
  }
  const message = `${reader.label}: the manual journals changed ${ATTEMPTS} times while they were read; try again.`
  return { kind: 'unknown', answered: true, message }
}

async function listOnce(reader: JournalReader, query: JournalQuery): Promise<Answer<Listed>> {
  const currency = await reader.currency()
  if (currency.kind !== 'ok') return currency
  const entries = new Map<string, RemoteEntry>()
  const seen = new Set<string>()
  let total: number | null = null
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await readPage(reader, query, page)
    if (answer.kind !== 'ok') return answer
    const { journals, pagination } = answer.value
    const seenBefore = seen.size
    for (const journal of journals) {
      const observed = observeWanted(journal, query, currency.value)
      // Without an id it cannot be counted, and the count is what says that nothing was passed over.
      if (observed === null) return unreadable(reader)
      seen.add(observed.id)
      if (observed.entry !== 'unreadable' && observed.entry !== null) entries.set(observed.id, observed.entry)
      else if (observed.entry !== null && !query.skipsUnreadable) return unreadable(reader, observed.document)
    }
    // An empty page, or one that only repeats: whoever answers does not know pages, and has given everything.
    const isSpent = seen.size === seenBefore
    const isLast = pagination === null ? isSpent : page >= pagination.pageCount
    const isMoved = pagination !== null && total !== null && total !== pagination.itemCount
    total = pagination?.itemCount ?? null
    if (isMoved || isLast) {
      const isSteady = !isMoved && (total === null || seen.size === total)
      return { kind: 'ok', value: { entries: [...entries.values()], isSteady } }
    }
  }
  const message = `${reader.label}: more than ${MOST_PAGES} pages of manual journals; nobody knows what is on the rest.`
  return { kind: 'unknown', answered: true, message }
}

interface Page {
  readonly journals: readonly unknown[]
  /** Null when Xero does not count; then an empty page is the last. */
  readonly pagination: { readonly pageCount: number; readonly itemCount: number } | null
}

async function readPage({ exchange, label }: JournalReader, query: JournalQuery, page: number): Promise<Answer<Page>> {
  const since = query.changedSinceMs
  const answer = await exchange.read({
    path: '/ManualJournals',
    query: {
      ...(query.where === null ? {} : { where: query.where }),
      order: 'ManualJournalID ASC',
      page: `${page}`,
      pageSize: `${PAGE_SIZE}`,
    },
    // Xero wants UTC without a zone, in whole seconds; cut, never rounded up.
    headers: since === undefined ? {} : { 'if-modified-since': new Date(since).toISOString().slice(0, 19) },
    purpose: 'read manual journals',
  })
  if (answer.kind !== 'ok') return answer
  if (answer.value.status === 304) return { kind: 'ok', value: { journals: [], pagination: null } }
  const body = journalsSchema.safeParse(parsed(answer.value.body))
  if (!body.success) return unknownAnswer(answer.value, { label, target: '' })
  return { kind: 'ok', value: { journals: body.data.ManualJournals, pagination: body.data.pagination ?? null } }
}

interface ObservedJournal {
  readonly id: string
  readonly document: string
  /** Null when nobody asked for it. */
  readonly entry: RemoteEntry | 'unreadable' | null
}

function observeWanted(value: unknown, query: JournalQuery, currency: string): ObservedJournal | null {
  const journal = journalSchema.safeParse(value)
  const id = journal.success ? journalId(journal.data) : null
  if (!journal.success || id === null) return null
  const document = documentOf(journal.data.Narration ?? '')
  if (!query.isWanted(document)) return { id, document, entry: null }
  const observed = observeJournal(value, currency)
  return { id, document, entry: observed.ok ? observed.entry : 'unreadable' }
}

function unreadable({ label }: JournalReader, document = 'a manual journal'): Answer<Listed> {
  const message = `${label}: ${document} came in a shape that cannot be read; look at it in Xero.`
  return { kind: 'unknown', answered: true, message }
}
