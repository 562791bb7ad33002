/** A decision that is set aside when it is processed is not told as another one that was done. */
import { expect, it } from 'vitest'
import { landBatch } from '../../src/log/landing.ts'
import { findBook } from '../../src/ledger/books.ts'
import { createProcessor, processBatch } from '../../src/pipeline/engine/process-batch.ts'
import { decidedIn } from '../../src/pipeline/reconcile/decided.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, NOON_MS } from './money-book.ts'

describeOnSqlite('what became of a decision', (fresh) => {
  it('is its own match, or the reason why it was set aside', async () => {
    const database = await fresh()
    const book = await moneyBook(database)
    await book.bank('bank', '2026-03-05,CUSTOMER X,150.00')
    await book.decide({ decide: 'settle', line: 1, meaning: 'income' })
    const { kysely } = database
    const held = await findBook(kysely, 'agency')
    const landing = {
      kind: 'match-decision' as const,
      source: '',
      request: {},
      fetchedAtMs: NOON_MS,
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify({ decide: 'unmatch', match: 7, by: 'Ann', why: 'twice' })),
    }
    const landed = await kysely.transaction().execute((trx) => landBatch(trx, held.id, [landing]))
    await processBatch(createProcessor(database, held), landed)
    const batch = landed[0]?.batch ?? 0
    await expect(decidedIn(kysely, held.id, batch)).rejects.toThrow('The decision was set aside: there is no match 7.')
    expect(await decidedIn(kysely, held.id, batch - 1)).toBe(1n)
  })
})
