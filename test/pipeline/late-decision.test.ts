/** A person's word about a line that has nothing doubtful any more is set aside with its reason, and the book goes on. */
import { expect, it } from 'vitest'
import { landBatch } from '../../src/evidence/landing.ts'
import { findBook } from '../../src/ledger/books.ts'
import { createProcessor, processBatch } from '../../src/pipeline/process/process-batch.ts'
import { moneyBook, NOON_MS } from '../reconcile/money-book.ts'
import { describeOnSqlite } from '../support/databases.ts'

describeOnSqlite('a word to keep a line', (fresh) => {
  it.each([1, 99])('is set aside when nothing about line %i is doubtful', async (line) => {
    const database = await fresh()
    const book = await moneyBook(database)
    await book.bank('bank', '2026-03-05,CUSTOMER X,150.00')
    const held = await findBook(database.kysely, 'agency')
    const landing = {
      kind: 'statement-decision' as const,
      source: 'bank',
      request: {},
      fetchedAtMs: NOON_MS,
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify({ decide: 'keep', line, by: 'Ann', why: 'two coffees' })),
    }
    const landed = await database.kysely.transaction().execute((trx) => landBatch(trx, held.id, [landing]))
    const { totals } = await processBatch(createProcessor(database, held), landed)
    expect(totals.rows).toMatchObject({ in: 1n, quarantined: 1n })
    const rows = await database.kysely.selectFrom('quarantine').select(['source', 'object', 'reason']).execute()
    expect(rows).toEqual([
      { source: 'bank', object: 'keep', reason: `There is nothing doubtful about statement line ${line} any more.` },
    ])
    await book.bank('bank', '2026-03-06,CUSTOMER Y,20.00')
    expect(await book.dispositions()).toEqual(['1 open', '2 open'])
  })
})
