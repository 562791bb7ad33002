/** Two who approve what a third has prepared, at the same time: it is sealed once, by one of them. */
import { expect, it } from 'vitest'
import { listJournals } from '../../src/journals/read.ts'
import { addPreparations } from '../../src/journals/preparations.ts'
import { EVERY_DAY } from '../../src/journals/drafts.ts'
import { approvePrepared, preparationOf, rehearseApproval } from '../../src/pipeline/approval.ts'
import { inTransaction } from '../../src/cli/dry-run.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { mappings, newBook, post } from './support.ts'

describeOnSqlite('a draft that was prepared', (fresh) => {
  it('is approved once when two approve it at the same time', async () => {
    const database = await fresh()
    const { kysely } = database
    const book = await newBook(database)
    await post(database, book, [
      ['panel', 'charge', 'netpanel', '4.50', '2026-03-01'],
      ['panel', 'charge', 'netpanel', '2.00', '2026-03-02'],
    ])
    const range = { from: '2026-03-01', through: '2026-03-02', atMs: 1, mapping: mappings.quickbooks }
    const { contents } = await inTransaction(kysely, { dryRun: true }, (trx) =>
      rehearseApproval(trx, book, [], { ...range, by: 'Ann' }),
    )
    const prepared = contents.map((content) => preparationOf(content, 'Ann', 1))
    await kysely.transaction().execute((trx) => addPreparations(trx, book, prepared))
    const approve = (by: string) =>
      kysely.transaction().execute((trx) => approvePrepared(trx, book, [], { ...range, by }))
    const both = await Promise.all(['Bob', 'Cid'].map(approve))
    expect(both.map(({ approved }) => approved.length).toSorted((a, b) => a - b)).toEqual([0, 2])
    expect(both.map(({ held, hasChanged }) => [held, hasChanged])).toEqual([
      [[], false],
      [[], false],
    ])
    expect(await listJournals(kysely, book, EVERY_DAY)).toHaveLength(2)
  })
})
