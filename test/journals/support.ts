/**
 * Books for the journal and export tests: charges, refunds and top-ups posted through the ledger itself, so that what is
 * summarised is what a run would have posted.
 */
import type { Database } from '../../src/db/database.ts'
import { loadMappings, type Mappings } from '../../src/config/mappings.ts'
import { unitsOf, type Units } from '../../src/domain/money/money.ts'
import { postingsFor, type SourceKind } from '../../src/domain/posting-rules.ts'
import type { TransactionDraft } from '../../src/domain/transaction.ts'
import { approveJournals, type Approval, type Approved } from '../../src/journals/approve.ts'
import { ensureBook, ensureSources, type Book } from '../../src/ledger/books.ts'
import { postTransactions } from '../../src/ledger/post.ts'

export const mappings: Mappings = loadMappings()
const NOW_MS = Date.UTC(2026, 10, 20)

/** One event: source kind, kind, source, amount, day, currency, and the object when another event is about the same. */
export type Event = readonly [SourceKind, string, string, string | Units, string, string?, string?]

export async function newBook(database: Database, name = 'Acme Ads', lastingId?: string): Promise<Book> {
  const settings = { name, currency: 'USD', timeZone: 'UTC' }
  const book = await ensureBook(database.kysely, lastingId === undefined ? settings : { ...settings, lastingId })
  const sources = [
    { name: 'netpanel', kind: 'panel' },
    { name: 'grosspanel', kind: 'panel' },
    { name: 'pub', kind: 'publisher' },
    { name: 'ads', kind: 'advertiser' },
  ]
  await ensureSources(database.kysely, book, sources)
  return book
}

/** Of all tests that share this module: padded, so that the order of texts is that of numbers. */
let objects = 0

export function draftOf([
  sourceKind,
  kind,
  source,
  money,
  effectiveDate,
  currency = 'USD',
  object,
]: Event): TransactionDraft {
  objects += 1
  const amount = typeof money === 'bigint' ? money : units(money)
  return {
    source,
    object: object ?? `object:${String(objects).padStart(9, '0')}`,
    kind,
    version: 1,
    currency,
    amount,
    cumulative: amount,
    effectiveDate,
    rule: 'test',
    memo: '',
    evidence: { batch: 1, item: 1 },
    postings: postingsFor(mappings.rules, { sourceKind, kind, source, amount }),
  }
}

export async function post(database: Database, book: Book, events: readonly Event[]): Promise<void> {
  const drafts = events.map(draftOf)
  await database.kysely.transaction().execute((trx) => postTransactions(trx, book, drafts, NOW_MS))
}

export async function approve(database: Database, book: Book, overrides: Partial<Approval> = {}): Promise<Approved> {
  const approval: Approval = {
    from: '2026-01-01',
    through: '2026-12-31',
    by: 'ann',
    atMs: NOW_MS,
    mapping: mappings.quickbooks,
    documentPrefix: 'ACMEADS',
    ...overrides,
  }
  return database.kysely.transaction().execute((trx) => approveJournals(trx, book, approval))
}

export const units = unitsOf
