/**
 * QuickBooks Online as an accounting target. A created entry is believed only when its id came back and it is the one that
 * was sent: QuickBooks answers a known request id with the entry of then, and faults with status 200.
 */
import { InvariantError } from '../../domain/errors.ts'
import { parseJsonExact } from '../../domain/json.ts'
import type { TargetEntry } from '../entry.ts'
import type { AccountingTarget, Answer, CreateOutcome, CreateRequest } from '../port.ts'
import { echoDifferences } from './echo.ts'
import { findEntries, listEntries } from './entries.ts'
import { ask, nameOf, type QuickbooksOptions, type Reply } from './exchange.ts'
import { readRemoteEntry, readSentEntry } from './observe.ts'
import { readPreferences } from './preferences.ts'
import { pullCompany } from './pull.ts'
import { createdSchema } from './schema.ts'

const KEY = /^[\w-]{1,50}$/

export function createQuickbooksTarget(options: QuickbooksOptions): AccountingTarget {
  let known: string | null = null
  /** It never changes while a company has entries, so it is asked at most once. */
  const homeCurrency = async (): Promise<Answer<string>> => {
    if (known !== null) return { kind: 'ok', value: known }
    const preferences = await readPreferences(options)
    if (preferences.kind !== 'ok') return preferences
    known = preferences.value.homeCurrency
    return { kind: 'ok', value: known }
  }
  return {
    pull: () => pullCompany(options),
    closedThrough: async () => {
      const preferences = await readPreferences(options)
      return preferences.kind === 'ok' ? { kind: 'ok', value: preferences.value.closedThrough } : preferences
    },
    create: (request) => create(options, request),
    find: (wanted) => findEntries(options, homeCurrency, wanted),
    list: (query) => listEntries(options, homeCurrency, query),
    close: () => Promise.resolve(),
  }
}

/** Sent once. Throws InvariantError for a key or body that QuickBooks could not take: nothing is sent then. */
async function create(options: QuickbooksOptions, { body, key, document }: CreateRequest): Promise<CreateOutcome> {
  const sent = readSent(body, document)
  if (!KEY.test(key)) {
    const message = `The request id "${key}" for ${document} is not 1 to 50 letters, digits, _ or -.`
    throw new InvariantError(
      'quickbooks-key',
      message,
      'Nothing was sent; this is a fault in tieout, so please report it.',
    )
  }
  const reply = await ask(options, {
    path: '/journalentry',
    parameters: { requestid: key },
    body,
    what: `create ${document}`,
  })
  return reply.kind === 'ok' ? created(options, sent, reply.value) : reply
}

function readSent(body: string, document: string): TargetEntry {
  const sent = readSentEntry(parseJsonExact(body))
  if (sent.ok) return sent.value
  const message = `The body of ${document} is not a journal entry: ${sent.reason}.`
  throw new InvariantError(
    'quickbooks-body',
    message,
    'Nothing was sent; this is a fault in tieout, so please report it.',
  )
}

function created({ label }: QuickbooksOptions, sent: TargetEntry, { json, text }: Reply): CreateOutcome {
  const entry = createdSchema.safeParse(json).data?.JournalEntry
  const remote = readRemoteEntry(entry, sent.exchangeRate === null ? sent.currency : '')
  if (!remote.ok) {
    const what = entry === undefined ? 'named no entry' : `named an entry that cannot be read (${remote.reason})`
    const message = `${nameOf(label)} accepted ${sent.document} but ${what}. Whether it is there is looked up before anything is sent again.`
    return { kind: 'unknown', answered: true, message }
  }
  const differences = echoDifferences(sent, remote.value)
  if (differences.length === 0) return { kind: 'created', remote: remote.value }
  const message =
    `${nameOf(label)} answered the creation of ${sent.document} with entry ${remote.value.remoteId}, which is another one: ` +
    `${differences.join('; ')}. Compare both in QuickBooks.`
  return { kind: 'refused', reason: 'invalid', code: 'other-entry', message, evidence: text }
}
