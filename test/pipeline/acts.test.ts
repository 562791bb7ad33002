/** Approvals, holds, mappings and names of imports are records of the log, and a replay carries them out again. */
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { landBatch, lastLandedBatch, readBatch } from '../../src/log/landing.ts'
import { approveJournals } from '../../src/journals/approve.ts'
import { sayHold } from '../../src/journals/holds.ts'
import { listJournals } from '../../src/journals/read.ts'
import { replaceJournal, reverseJournal } from '../../src/journals/reverse.ts'
import { addPreparations } from '../../src/journals/preparations.ts'
import { EVERY_DAY } from '../../src/journals/drafts.ts'
import { createProcessor, processBatch } from '../../src/pipeline/engine/process-batch.ts'
import { verifyRebuilt } from '../../src/pipeline/rebuild.ts'
import { ensureBook, type Book } from '../../src/ledger/books.ts'
import type { Finding } from '../../src/ledger/verify/finding.ts'
import { saveCompany } from '../../src/targets/mapping/company-store.ts'
import { rememberFiles } from '../../src/targets/files/handed-out.ts'
import { acceptMapping } from '../../src/targets/mapping/versions.ts'
import { sayBookWord } from '../../src/targets/outbox/words.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { mappings } from '../journals/support.ts'
import { newSqliteUrl, opened } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { payments, scriptedBook } from './scripted-book.ts'
import type { Database } from '../../src/db/database.ts'

const ANN = { by: 'Ann', atMs: nightMs(3) }

/** Two nights with costs on two days. */
async function bookWithDays(fresh: Database): Promise<Rig> {
  const { rig, vendors } = await scriptedBook(fresh)
  vendors.orders.set('1', { status: 'In progress', charge: '1.00000' })
  await rig.addOrders(nightMs(1), 'panel', ['1', '2'])
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,top-up,25,USD,INV-7,'))
  await rig.night(nightMs(1))
  vendors.orders.set('1', { status: 'Completed', charge: '1.25000' })
  await rig.night(nightMs(2))
  return rig
}

async function approve(rig: Rig): Promise<void> {
  const book = await rig.bookRow()
  const approval = { from: '2026-01-01', through: '2026-12-31', ...ANN, mapping: mappings.quickbooks }
  await rig.database.kysely.transaction().execute((trx) => approveJournals(trx, book, approval))
}

async function differences(rig: Rig): Promise<readonly string[]> {
  const found: Finding[] = []
  const from = { kysely: rig.database.kysely, book: await rig.bookRow() }
  const options = { nowMs: nightMs(30), signal: new AbortController().signal, onBatch: () => undefined }
  const findings = { add: (finding: Finding) => void found.push(finding), list: () => found }
  await verifyRebuilt(from, () => opened(newSqliteUrl()), rig.book, { ...options, findings })
  return found.map(({ sentence }) => sentence)
}

/** How often something was said until the night was over. */
async function holdAndRelease(rig: Rig, book: Book, running: { readonly on: boolean }): Promise<number> {
  let acts = 0
  for (; running.on; acts += 1) {
    const action = acts % 2 === 0 ? 'hold' : 'release'
    await rig.database.kysely
      .transaction()
      .execute((trx) => sayHold(trx, book, { day: '2026-01-02' }, { action, why: 'odd', ...ANN }))
    await setImmediate()
  }
  return acts
}

async function unfinished(rig: Rig): Promise<readonly string[]> {
  const rows = await rig.database.kysely
    .selectFrom('run_step')
    .select('step')
    .where('status', '!=', 'finished')
    .execute()
  return rows.map(({ step }) => step)
}

/** Records of the log that the books do not know. */
async function waiting(rig: Rig): Promise<number> {
  const { id } = await rig.bookRow()
  const { batch } = await rig.database.kysely
    .selectFrom('processed')
    .select('batch')
    .where('book', '=', id)
    .executeTakeFirstOrThrow()
  return (await lastLandedBatch(rig.database.kysely, id)) - Number(batch)
}

async function kinds(rig: Rig): Promise<readonly string[]> {
  const rows = await rig.database.kysely
    .selectFrom('log_record')
    .select('kind')
    .where('book', '=', (await rig.bookRow()).id)
    .orderBy('batch')
    .orderBy('item')
    .execute()
  return rows.map(({ kind }) => kind)
}

describeOnBothEngines('what people decide about journals, targets and files', (fresh) => {
  it('stands in the log, and a replay comes to the same', async () => {
    const rig = await bookWithDays(await fresh())
    const { kysely } = rig.database
    const book = await rig.bookRow()
    const target = { book: book.id, target: 'qbo' }
    await kysely.transaction().execute(async (trx) => {
      const preparation = { day: '2026-03-01', currency: 'USD', head: 1n, sha256: 'ab'.repeat(32), ...ANN }
      await addPreparations(trx, book, [preparation])
      await sayHold(trx, book, { day: '2026-03-02' }, { action: 'hold', why: 'looks odd', ...ANN })
      await acceptMapping(trx, target, ['1000 Bank'], { by: 'Ann', nowMs: ANN.atMs })
      await saveCompany(trx, target, company, { by: 'Ann', nowMs: ANN.atMs })
      await sayBookWord(trx, target, { lastingId: 'ABCD1234', action: 'another', why: 'the old book', ...ANN })
    })
    await approve(rig)
    const [journal] = await listJournals(kysely, book, EVERY_DAY)
    expect(journal).toBeDefined()
    const correction = { document: journal?.document ?? '', why: 'wrong account', ...ANN }
    await kysely.transaction().execute(async (trx) => {
      await sayHold(trx, book, { journal: journal?.id ?? 0n }, { action: 'hold', why: 'disputed', ...ANN })
      await reverseJournal(trx, book, correction)
      await replaceJournal(trx, book, correction)
    })
    await rememberFiles(kysely, book, [{ ...FILE, documents: [journal?.document ?? ''] }], ANN)
    const acts = [
      'hand-out',
      'company',
      'journal-preparation',
      'journal-hold',
      'mapping',
      'target-word',
      'journal',
      'imported-file',
    ]
    expect(await kinds(rig)).toEqual(expect.arrayContaining(acts))
    expect(await differences(rig)).toEqual([])
    // The next night goes on behind them.
    await rig.night(nightMs(4))
    expect(await differences(rig)).toEqual([])
  })

  it('leaves no record where its transaction was taken back', async () => {
    const rig = await bookWithDays(await fresh())
    const book = await rig.bookRow()
    const before = await kinds(rig)
    const failed = rig.database.kysely.transaction().execute(async (trx) => {
      await sayHold(trx, book, { day: '2026-03-02' }, { action: 'hold', why: 'looks odd', ...ANN })
      throw new Error('the disk is full')
    })
    await expect(failed).rejects.toThrow('the disk is full')
    expect(await kinds(rig)).toEqual(before)
  })

  it('does not hold up a run that has landed something and not yet processed it', async () => {
    const rig = await bookWithDays(await fresh())
    const { kysely } = rig.database
    const book = await rig.bookRow()
    const row = await kysely
      .selectFrom('log_record')
      .select('batch')
      .where('kind', '=', 'evidence-file')
      .executeTakeFirstOrThrow()
    const [again] = await readBatch(kysely, book.id, Number(row.batch))
    if (again === undefined) throw new Error('no batch')
    const items = [{ ...again, kind: 'evidence-file' as const }]
    const one = await landBatch(kysely, book.id, items)
    await kysely
      .transaction()
      .execute((trx) => sayHold(trx, book, { day: '2026-03-02' }, { action: 'hold', why: 'odd', ...ANN }))
    const processor = createProcessor(rig.database, book)
    await processBatch(processor, one)
    await processBatch(processor, await landBatch(kysely, book.id, items))
    expect(await differences(rig)).toEqual([])
  })

  it('counts in a replay also behind evidence that waits', async () => {
    const rig = await bookWithDays(await fresh())
    const { kysely } = rig.database
    const book = await rig.bookRow()
    const row = await kysely
      .selectFrom('log_record')
      .select('batch')
      .where('kind', '=', 'evidence-file')
      .executeTakeFirstOrThrow()
    const [again] = await readBatch(kysely, book.id, Number(row.batch))
    if (again === undefined) throw new Error('no batch')
    await landBatch(kysely, book.id, [{ ...again, kind: 'evidence-file' as const }])
    await kysely
      .transaction()
      .execute((trx) => sayHold(trx, book, { day: '2026-03-02' }, { action: 'hold', why: 'odd', ...ANN }))
    expect(await differences(rig)).toEqual([])
    // The next run processes what waits, and passes over the hold.
    await rig.night(nightMs(4))
    expect(await differences(rig)).toEqual([])
  })

  it('may be the first thing a book hears', async () => {
    const { rig } = await scriptedBook(await fresh())
    const { name, currency, timeZone } = rig.book
    const book = await ensureBook(rig.database.kysely, { name, currency, timeZone })
    await rig.database.kysely
      .transaction()
      .execute((trx) => sayHold(trx, book, { day: '2026-03-02' }, { action: 'hold', why: 'odd', ...ANN }))
    for (const night of [1, 2]) await rig.night(nightMs(night))
    expect(await differences(rig)).toEqual([])
  })

  it('is said while nights run, which come to their end with nothing left behind', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    const book = await rig.bookRow()
    for (let night = 2; night <= 6; night += 1) {
      vendors.orders.set(String(night), { status: 'In progress', charge: '1.00000' })
      await rig.addOrders(nightMs(night), 'panel', [String(night)])
      const running = { on: true }
      const acting = holdAndRelease(rig, book, running)
      await rig.night(nightMs(night)).finally(() => (running.on = false))
      expect(await acting).toBeGreaterThan(0)
      expect(await unfinished(rig)).toEqual([])
      expect(await waiting(rig)).toBe(0)
    }
    expect(await differences(rig)).toEqual([])
  })

  it('is found by making everything anew where somebody changed it by SQL', async () => {
    const rig = await bookWithDays(await fresh())
    const { kysely } = rig.database
    const book = await rig.bookRow()
    await kysely
      .transaction()
      .execute((trx) => acceptMapping(trx, { book: book.id, target: 'qbo' }, ['1000 Bank'], { by: 'Ann', nowMs: 1 }))
    await kysely.insertInto('imported_file').values(FORGED(book.id)).execute()
    const said = await differences(rig)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^imported_file .* is there, and nothing in the log makes it\.$/)
  })
})

const FILE = { format: 'quickbooks-csv', path: '/books/march.csv', sha256: 'ef'.repeat(32) }

const FORGED = (book: bigint) => ({
  book,
  sha256: 'cd'.repeat(32),
  name: 'never.csv',
  kind: 'evidence-file',
  source: '',
  imported_at_ms: 1n,
})

const company = {
  id: '9130',
  name: 'Acme Ads LLC',
  currency: 'USD',
  multiCurrency: false,
  closedThrough: null,
  accounts: [],
  taxRates: [],
  dimensions: [],
  entities: [],
  raw: ['{"CompanyInfo":{"CompanyName":"Acme Ads LLC"}}'],
}
