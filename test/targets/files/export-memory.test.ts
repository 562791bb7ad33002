/** A journal that was handed out is remembered: it does not go out again, to another file or beside a delivery, unnoticed. */
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../../src/db/database.ts'
import type { Book } from '../../../src/ledger/books.ts'
import { exportJournals, type ExportRequest, type ExportResult } from '../../../src/targets/files/export.ts'
import { approve, mappings, newBook, post } from '../../journals/support.ts'
import { describeOnBothEngines } from '../../support/both-engines.ts'
import { type Fresh } from '../../support/databases.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { handOut } from './support.ts'

interface Stage {
  readonly database: Database
  readonly book: Book
  readonly outDir: string
  readonly out: (changes?: Partial<ExportRequest>) => Promise<ExportResult>
}

async function stage(fresh: Fresh): Promise<Stage> {
  const database = await fresh()
  const book = await newBook(database)
  await post(database, book, [['panel', 'charge', 'netpanel', '1', '2026-11-05']])
  await approve(database, book)
  const outDir = temporaryFolder()
  const request = { format: 'quickbooks-csv', from: '2026-11-01', to: '2026-11-30', outDir, mappings, handOut } as const
  return {
    database,
    book,
    outDir,
    out: (changes = {}) => exportJournals(database.kysely, book, { ...request, ...changes }),
  }
}

const again = { ...handOut, again: true }

describeOnBothEngines('a journal that was handed out', (fresh) => {
  it('is silent to the same file, and refused to another with when and where, unless it is asked for again', async () => {
    const { outDir, out } = await stage(fresh)
    expect(await out()).toMatchObject({ status: 'written', notes: [] })
    expect(await out()).toMatchObject({ status: 'written', notes: [], files: [{ changed: false }] })
    const path = join(outDir, 'acme-ads-quickbooks-csv-2026-11-01-to-2026-11-30.csv')
    const sentence = `ACMEADS-20261105-1 was written to ${path} by ann at 2026-12-01 08:30 UTC.`
    const elsewhere = { from: '2026-11-05', to: '2026-11-05' }
    expect(await out(elsewhere)).toMatchObject({
      status: 'repeated',
      repeats: [sentence],
      message: `Nothing was written as quickbooks-csv, because it would be handed out twice. ${sentence}`,
    })
    expect(await out({ ...elsewhere, handOut: again })).toMatchObject({ status: 'written', notes: [sentence] })
    expect(await out(elsewhere)).toMatchObject({ status: 'written', notes: [] })
  })

  it('may go into other books, and out for reading as often as anybody likes', async () => {
    const { out } = await stage(fresh)
    await out()
    for (const format of ['xero-csv', 'csv', 'hledger'] as const) {
      expect(await out({ format })).toMatchObject({ status: 'written', notes: [] })
      expect(await out({ format, outDir: temporaryFolder() })).toMatchObject({
        status: format === 'xero-csv' ? 'repeated' : 'written',
      })
    }
  })

  it('is said to be in the file already when more comes into the same one', async () => {
    const { database, book, out } = await stage(fresh)
    await out()
    await post(database, book, [['panel', 'charge', 'netpanel', '2', '2026-11-06']])
    await approve(database, book)
    expect(await out()).toMatchObject({
      status: 'written',
      files: [{ changed: true }],
      notes: ['ACMEADS-20261105-1 was in this file before, as ann wrote it at 2026-12-01 08:30 UTC.'],
    })
  })

  it('is one line with its range for each file, however many go with it', async () => {
    const { database, book, outDir, out } = await stage(fresh)
    for (const day of ['2026-11-06', '2026-11-07'])
      await post(database, book, [['panel', 'charge', 'netpanel', '2', day]])
    await approve(database, book)
    await out()
    await out({ from: '2026-11-07', handOut: again })
    const stem = join(outDir, 'acme-ads-quickbooks-csv-2026-11')
    const lines = [
      `3 journals (ACMEADS-20261105-1 to ACMEADS-20261107-1) were written to ${stem}-01-to-2026-11-30.csv by ann at 2026-12-01 08:30 UTC.`,
      `ACMEADS-20261107-1 was written to ${stem}-07-to-2026-11-30.csv by ann at 2026-12-01 08:30 UTC.`,
    ]
    const elsewhere = { from: '2026-11-02' }
    expect(await out(elsewhere)).toMatchObject({ status: 'repeated', repeats: lines })
    expect(await out({ ...elsewhere, handOut: again })).toMatchObject({ status: 'written', notes: lines })
  })

  it('is not remembered from a preview', async () => {
    const { database, book, out } = await stage(fresh)
    await post(database, book, [['panel', 'charge', 'netpanel', '2', '2026-11-06']])
    expect(await out({ includeDrafts: true })).toMatchObject({ status: 'written', notes: [] })
    expect(await database.kysely.selectFrom('export_file').selectAll().execute()).toEqual([])
    expect(await out({ outDir: temporaryFolder() })).toMatchObject({ status: 'written', notes: [] })
  })

  it('by a delivery is not written for the same system, and is for another', async () => {
    const { database, book, out } = await stage(fresh)
    await database.kysely.transaction().execute(async (trx) => {
      const part = { book: book.id, target: 'books', journal: 1n, part: 1n }
      const payload = { body: '{}', body_sha256: Buffer.alloc(32), entry: '{}', reason: 'as approved', made_at_ms: 0n }
      await trx
        .insertInto('outbox_payload')
        .values({ ...part, ...payload, revision: 1n })
        .execute()
      await sql`insert into outbox (book, target, journal, part, parts, document, state, revision, generation,
        history, queued_at_ms) values (${book.id}, 'books', 1, 1, 1, 'D-1', 'queued', 1, 1, 0, 0)`.execute(trx)
    })
    const targets = [{ name: 'books', type: 'quickbooks' as const }]
    const delivered = { ...handOut, targets }
    expect(await out({ handOut: delivered })).toMatchObject({
      status: 'repeated',
      repeats: [
        'ACMEADS-20261105-1 goes to the target "books" by itself (queued); once in a file for the same books, it is not sent there as well.',
      ],
    })
    expect(await out({ handOut: delivered, format: 'xero-csv' })).toMatchObject({ status: 'written' })
  })
})
