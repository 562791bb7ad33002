/** Reading journal entries back: by number, by day and prefix, and by what changed since an instant. */
import type { RemoteEntry } from '../entry.ts'
import type { Answer, EntryKey, EntryQuery, Trouble } from '../port.ts'
import { ask, nameOf, type QuickbooksOptions } from './exchange.ts'
import { readListedEntry } from './observe.ts'
import { queryAll, quoted } from './query.ts'
import { changesSchema } from './schema.ts'

/** As many numbers as fit an address with room to spare. */
const NUMBERS_PER_QUERY = 50
/** A page of entries with a thousand lines each still fits an answer. */
const PAGE_ROWS = 200
/** Change data capture looks back thirty days, and cuts an answer at a thousand objects without a word. */
const LOOK_BACK_MS = 29 * 86_400_000
const MOST_CHANGES = 1000

/** The company's currency, asked for when an entry does not name its own. */
export type HomeCurrency = () => Promise<Answer<string>>

export async function findEntries(
  options: QuickbooksOptions,
  home: HomeCurrency,
  wanted: readonly EntryKey[],
): Promise<Answer<readonly RemoteEntry[]>> {
  const numbers = [...new Set(wanted.map(({ document }) => document))]
  const found: RemoteEntry[] = []
  for (let at = 0; at < numbers.length; at += NUMBERS_PER_QUERY) {
    const batch = numbers.slice(at, at + NUMBERS_PER_QUERY)
    const [only] = batch
    const where =
      batch.length === 1 && only !== undefined
        ? `DocNumber = ${quoted(only)}`
        : `DocNumber in (${batch.map(quoted).join(',')})`
    const what = `look up ${batch[0] ?? ''}${batch.length > 1 ? ` and ${batch.length - 1} more` : ''}`
    const rows = await queryAll(options, { entity: 'JournalEntry', where, pageRows: PAGE_ROWS, what })
    if (rows.kind !== 'ok') return rows
    const entries = await readRows(options, rows.value.rows, { home, what })
    if (entries.kind !== 'ok') return entries
    // An answer about numbers nobody asked for is another question's, or another company's: it says nothing about ours.
    const stray = entries.value.find(({ document }) => !batch.some((each) => isSameNumber(each, document)))
    if (stray !== undefined)
      return unusable(options, what, `names entry ${stray.remoteId} under "${stray.document}", which was not asked for`)
    // QuickBooks may compare numbers without regard to case; a document is one only letter by letter.
    found.push(...entries.value.filter(({ document }) => batch.includes(document)))
  }
  return { kind: 'ok', value: found }
}

function isSameNumber(asked: string, found: string): boolean {
  return asked.toLowerCase() === found.trim().toLowerCase()
}

/**
 * With `changedSinceMs`: what changed, deleted entries included, of which QuickBooks keeps only the id. Where it cannot tell
 * any more (too long ago, too much), every entry of the days instead.
 */
export async function listEntries(
  options: QuickbooksOptions,
  home: HomeCurrency,
  query: EntryQuery,
): Promise<Answer<readonly RemoteEntry[]>> {
  const { documentPrefix, from, to, changedSinceMs } = query
  const isWanted = ({ document, date, status }: RemoteEntry): boolean =>
    status === 'deleted' || (document.startsWith(documentPrefix) && date >= from && date <= to)
  if (changedSinceMs !== undefined && options.nowMs() - changedSinceMs < LOOK_BACK_MS) {
    const changes = await readChanges(options, home, changedSinceMs)
    if (changes.kind !== 'ok') return changes
    if (changes.value !== null) return { kind: 'ok', value: changes.value.filter(isWanted) }
  }
  // An entry without a number is like no pattern, not even '%'.
  const byNumber = documentPrefix === '' ? '' : `DocNumber like ${quoted(`${documentPrefix}%`)} and `
  const where = `${byNumber}TxnDate >= ${quoted(from)} and TxnDate <= ${quoted(to)}`
  const what = `list ${documentPrefix === '' ? 'everything' : documentPrefix} from ${from} to ${to}`
  const rows = await queryAll(options, { entity: 'JournalEntry', where, pageRows: PAGE_ROWS, what })
  if (rows.kind !== 'ok') return rows
  const entries = await readRows(options, rows.value.rows, { home, what })
  return entries.kind === 'ok' ? { kind: 'ok', value: entries.value.filter(isWanted) } : entries
}

/** Null when there are more changes than one answer holds. */
async function readChanges(
  options: QuickbooksOptions,
  home: HomeCurrency,
  sinceMs: number,
): Promise<Answer<readonly RemoteEntry[] | null>> {
  const changedSince = new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z')
  const what = `changes since ${changedSince}`
  const parameters = { entities: 'JournalEntry', changedSince }
  const reply = await ask(options, { path: '/cdc', parameters, body: null, what })
  if (reply.kind !== 'ok') return reply
  const parsed = changesSchema.safeParse(reply.value.json)
  if (!parsed.success) return unusable(options, what, 'came in a shape that is not known')
  const rows = parsed.data.CDCResponse.flatMap(({ QueryResponse }) =>
    (QueryResponse ?? []).flatMap(({ JournalEntry }) => JournalEntry ?? []),
  )
  return rows.length >= MOST_CHANGES ? { kind: 'ok', value: null } : readRows(options, rows, { home, what })
}

interface Context {
  readonly home: HomeCurrency
  readonly what: string
}

/** Every one of them: an entry that cannot be read must not look like one that is not there. */
async function readRows(
  options: QuickbooksOptions,
  rows: readonly unknown[],
  { home, what }: Context,
): Promise<Answer<readonly RemoteEntry[]>> {
  const entries = toEntries(options, rows, '', what)
  if (entries.kind !== 'ok' || entries.value.every(({ currency, lines }) => currency !== '' || lines.length === 0))
    return entries
  const currency = await home()
  return currency.kind === 'ok' ? toEntries(options, rows, currency.value, what) : currency
}

function toEntries(
  options: QuickbooksOptions,
  rows: readonly unknown[],
  home: string,
  what: string,
): Answer<readonly RemoteEntry[]> {
  const entries: RemoteEntry[] = []
  for (const row of rows) {
    const entry = readListedEntry(row, home)
    if (!entry.ok) return unusable(options, what, `cannot be read: ${entry.reason}`)
    entries.push(entry.value)
  }
  return { kind: 'ok', value: entries }
}

function unusable({ label }: QuickbooksOptions, what: string, why: string): Trouble {
  return { kind: 'unknown', answered: true, message: `What ${nameOf(label)} answered (${what}) ${why}.` }
}
