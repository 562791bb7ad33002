/** Sealed journals as entries of a target, by what the database knows: only by an accepted mapping, and back by what was sent. */
import { expect, it } from 'vitest'
import type { BookConfig } from '../../../src/config/model.ts'
import type { TargetConfig } from '../../../src/config/target-model.ts'
import type { Database } from '../../../src/db/database.ts'
import type { SealedJournal } from '../../../src/domain/journals/journal.ts'
import { journalLines } from '../../../src/journals/read.ts'
import { replaceJournal, reverseJournal } from '../../../src/journals/reverse.ts'
import type { Book } from '../../../src/ledger/books.ts'
import type { JournalDocument } from '../../../src/targets/document.ts'
import { saveCompany } from '../../../src/targets/mapping/company-store.ts'
import { entryBuilder, type BuilderRequest } from '../../../src/targets/mapping/entry-builder.ts'
import { mappingLines } from '../../../src/targets/mapping/mapping-lines.ts'
import { acceptMapping } from '../../../src/targets/mapping/versions.ts'
import { lastingIdOf } from '../../../src/ledger/book-identity.ts'
import { enqueueSealed } from '../../../src/targets/outbox/enqueue.ts'
import { approve, mappings, newBook, post } from '../../journals/support.ts'
import { describeOnSqlite, type Fresh } from '../../support/databases.ts'
import { account, company } from '../build/support.ts'

const SOURCE = {
  type: 'panel',
  name: 'netpanel',
  baseUrl: '',
  apiKey: { from: 'env', name: 'K', where: '' },
  webhookSecret: undefined,
  currency: 'USD',
  timeZone: 'UTC',
  timeZoneStated: true,
  requestsPerMinute: 60,
  multiAction: 'multiStatus',
  sweepLimit: 0,
  quietMoment: { tries: 0, requests: 1 },
  unlisted: 'item',
  scanRequestsPerMinute: 60,
} as const satisfies BookConfig['sources'][number]

const config: BuilderRequest['config'] = {
  sources: [SOURCE],
  journals: {
    approval: 'review',
    limits: { perEntry: null, perDay: null },
    differentApprover: false,
    closedPeriod: 'hold',
  },
  rates: undefined,
  ratesMaxAgeDays: 7,
  fixedRates: [],
}

const target: TargetConfig = {
  type: 'quickbooks',
  name: 'books',
  clientId: { from: 'env', name: 'ID', where: '' },
  clientSecret: { from: 'env', name: 'SECRET', where: '' },
  redirectUri: '',
  from: '1900-01-01',
  linesPerEntry: 250,
  deliverOpenings: true,
  requestsPerMinute: 400,
  urls: { authorize: '', token: '', revoke: '', api: '' },
}

const quickbooks = company({
  accounts: [...mappings.quickbooks.accounts.entries()].map(([code, name]) => account(`id-${code}`, name)),
})

async function stage(fresh: Fresh) {
  const database = await fresh()
  const book = await newBook(database)
  await post(database, book, [
    ['panel', 'charge', 'netpanel', '10.00', '2026-11-05', 'USD', 'order:1'],
    ['panel', 'refund', 'netpanel', '2.50', '2026-11-05', 'USD', 'order:1'],
  ])
  const { approved } = await approve(database, book)
  const [journal] = approved
  if (journal === undefined) throw new Error('a journal was to be approved')
  return { database, book, journal, request: { book: book.id, config, target, mappings } }
}

type Staged = Awaited<ReturnType<typeof stage>>

async function sealed({ database, book }: Pick<Staged, 'database' | 'book'>, journal: SealedJournal) {
  const { document, day, documentDate, currency, status, fromSequence, toSequence } = journal
  const lines = await journalLines(database.kysely, book, journal.id)
  const sequences = `${fromSequence}..${toSequence}`
  const rendered: JournalDocument = { document, day, documentDate, currency, status, sequences, lines }
  return { journal, document: rendered }
}

async function build(staged: Staged, journal: SealedJournal, request: BuilderRequest = staged.request) {
  const { kysely } = staged.database
  const builder = await entryBuilder(kysely, request)
  return builder(kysely, await sealed(staged, journal), null)
}

async function accepted({ database, book }: { readonly database: Database; readonly book: Book }): Promise<void> {
  const key = { book: book.id, target: 'books' }
  await saveCompany(database.kysely, key, quickbooks, { by: 'ann', nowMs: 1 })
  await acceptMapping(database.kysely, key, mappingLines(mappings.delivery.quickbooks), { by: 'ann', nowMs: 2 })
}

describeOnSqlite('the entries of a sealed journal', (fresh) => {
  it('wait for the company, for full coverage and for a person, each with its next step', async () => {
    const staged = await stage(fresh)
    const { kysely } = staged.database
    const key = { book: staged.book.id, target: 'books' }
    const reason = async () => {
      const built = await build(staged, staged.journal)
      return built.ok ? 'built' : `${built.code} ${built.reason}`
    }
    expect(await reason()).toContain('UNMAPPED What books has for accounts is not known yet. Run: tieout mappings pull')
    const lacking = { ...quickbooks, accounts: quickbooks.accounts.filter(({ id }) => id !== 'id-5100') }
    await saveCompany(kysely, key, lacking, { by: 'ann', nowMs: 1 })
    expect(await reason()).toContain('covers 85 % of the accounts, with 1 to mend. Run: tieout mappings check')
    await saveCompany(kysely, key, quickbooks, { by: 'ann', nowMs: 2 })
    expect(await reason()).toContain('Nobody has accepted the mapping to books yet.')
    await acceptMapping(kysely, key, ['account 1: name "x"'], { by: 'ann', nowMs: 3 })
    expect(await reason()).toContain('lines that are not as ann accepted them.')
    await accepted(staged)
    expect(await reason()).toBe('built')
    await kysely
      .insertInto('connection')
      .values({ ...connection, book: key.book })
      .execute()
    expect(await reason()).toContain(
      'Target books is connected to Other Ltd, and the accounts that are known are those of Acme Books.',
    )
  })

  it('are taken back as they were put into the outbox, and brought again by the mapping of now', async () => {
    const staged = await stage(fresh)
    const { database, book, journal, request } = staged
    await accepted(staged)
    const filling = {
      book,
      lastingId: await lastingIdOf(database.kysely, book.id),
      name: 'books',
      from: '1900-01-01',
      build: await entryBuilder(database.kysely, request),
      body: () => '{}',
      handedOut: () => Promise.resolve(new Map()),
      again: false,
      accountNames: new Map<string, string>(),
      mappingSinceMs: 0,
    }
    await database.kysely.transaction().execute((trx) => enqueueSealed(trx, filling, 1))
    const correction = { document: journal.document, why: 'wrong account', by: 'ann', atMs: 3 }
    const reversal = await database.kysely.transaction().execute((trx) => reverseJournal(trx, book, correction))
    // The mapping is mended and nobody has accepted it yet: what is wrong can be taken back all the same.
    const accounts = new Map(mappings.delivery.quickbooks.accounts).set('5100', {
      by: 'name',
      value: 'Ad spend - Payelancer',
      entity: null,
      tags: new Map(),
    })
    const mended = {
      ...mappings,
      delivery: { ...mappings.delivery, quickbooks: { ...mappings.delivery.quickbooks, accounts } },
    }
    const original = await build(staged, journal)
    const back = await build(staged, reversal, { ...request, mappings: mended })
    const lines = (built: typeof back) =>
      built.ok ? built.entries.flatMap((entry) => entry.lines.map((line) => [line.account, line.amount])) : built.reason
    expect(lines(original)).toContainEqual(['id-5100', 1_000_000_000n])
    expect(lines(back)).toContainEqual(['id-5100', -1_000_000_000n])
    expect(back.ok && back.entries[0]?.memo).toContain(`, reverses ${journal.document}`)
    const replacement = await database.kysely.transaction().execute((trx) => replaceJournal(trx, book, correction))
    expect(lines(await build(staged, replacement, { ...request, mappings: mended }))).toContain(
      'not as ann accepted them',
    )
    await acceptMapping(database.kysely, { book: book.id, target: 'books' }, mappingLines(mended.delivery.quickbooks), {
      by: 'bob',
      nowMs: 9,
    })
    const again = await build(staged, replacement, { ...request, mappings: mended })
    expect(lines(again)).toContainEqual(['id-5000', 1_000_000_000n])
    expect(again.ok && again.entries[0]?.memo).toContain(`, replaces ${journal.document}`)
  })

  it('take nothing back that was never there', async () => {
    const staged = await stage(fresh)
    const { database, book, journal } = staged
    await accepted(staged)
    const correction = { document: journal.document, why: 'wrong', by: 'ann', atMs: 3 }
    const reversal = await database.kysely.transaction().execute((trx) => reverseJournal(trx, book, correction))
    expect(await build(staged, reversal)).toEqual({
      ok: false,
      code: 'UNMAPPED',
      reason: `${reversal.document} takes back ${journal.document}, which is not in the outbox of books.`,
    })
  })
})

const connection = {
  target: 'books',
  type: 'quickbooks',
  status: 'connected',
  company_id: 'another',
  company_name: 'Other Ltd',
  company_currency: null,
  vendor_connection: '',
  scopes: '',
  access_token: 'sealed',
  refresh_token: null,
  access_expires_at_ms: 0n,
  refresh_expires_at_ms: null,
  hard_expires_at_ms: null,
  version: 1n,
  refreshing_by: null,
  refreshing_until_ms: null,
  failures: 0n,
  trouble: null,
  trouble_at_ms: null,
  blocked_until_ms: null,
  connected_by: 'ann',
  connected_at_ms: 0n,
  renewed_at_ms: null,
} as const
