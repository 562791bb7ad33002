/** A reconciliation follows from the landing alone: replayed it gives the same chain, and a rehearsal shows what is done. */
import { expect, it } from 'vitest'
import { withScratch } from '../../src/db/scratch.ts'
import { booksDigest, chainHead } from '../../src/ledger/digest.ts'
import { runReconcile } from '../../src/pipeline/reconcile/run.ts'
import { runView } from '../../src/cli/views/reconcile.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, NOON_MS } from './money-book.ts'

describeOnSqlite('reconciling again', (fresh) => {
  it('from the landing gives the same head, matches and exceptions, with what people decided', async () => {
    const database = await fresh()
    const book = await moneyBook(database)
    await book.evidence(
      '2026-03-01,pub,opening-balance,600.00,USD,,',
      '2026-03-04,pub,payout,150.00,USD,PO-1,',
      '2026-03-05,pub,payout,100.00,USD,PO-2,',
    )
    await book.bank('paypal', '2026-03-05,PAYELANCER PAYOUT,147.00', '2026-03-05,X,9.00', '2026-03-06,Y,60.00')
    await book.decide({ decide: 'match', lines: [3], items: [2], residual: 'open' })
    await book.decide({ decide: 'unmatch', match: 1 })
    await book.decide({ decide: 'ignore', line: 2 })
    await book.reconcile()
    const target = await fresh()
    const row = await book.rig.bookRow()
    const options = { nowMs: NOON_MS, signal: new AbortController().signal, onBatch: () => undefined }
    const report = await replayBook({ kysely: database.kysely, book: row }, target, book.rig.book, options)
    expect(report.isSame).toBe(true)
    const again = await moneyBook(target)
    expect(await chainHead(target.kysely, await again.rig.bookRow())).toEqual(await chainHead(database.kysely, row))
    expect(await booksDigest(target.kysely, await again.rig.bookRow())).toBe(await booksDigest(database.kysely, row))
    expect(await again.matches()).toEqual(await book.matches())
    expect(await again.exceptions()).toEqual(await book.exceptions())
  })

  it('takes what a person named in the order it was named, whatever order the database keeps it in', async () => {
    const database = await fresh()
    const book = await moneyBook(database)
    await book.evidence(
      '2026-03-01,pub,payout,100.00,USD,PO-1,',
      '2026-03-02,pub,payout,200.00,USD,PO-2,',
      '2026-03-03,pub,payout,400.00,USD,PO-3,',
    )
    await book.reconcile()
    // PostgreSQL moves the changed row behind the others.
    await book.evidence('2026-03-01,pub,payout,110.00,USD,PO-1,')
    await book.bank('bank', '2026-03-05,SOMETHING,350.00', '2026-03-05,OTHER,310.00')
    await book.decide({ decide: 'match', lines: [1], items: [3, 1, 2], residual: 'open' })
    await book.decide({ decide: 'match', lines: [2], items: [1, 2, 3], residual: 'open' })
    expect(await book.matches()).toEqual([
      'decision active line 1 350.00, item 3 350.00',
      'decision active line 2 310.00, item 1 110.00, item 2 200.00',
    ])
    const options = { nowMs: NOON_MS, signal: new AbortController().signal, onBatch: () => undefined }
    const from = { kysely: database.kysely, book: await book.rig.bookRow() }
    expect((await replayBook(from, await fresh(), book.rig.book, options)).isSame).toBe(true)
  })

  it('as a rehearsal says to the letter what the run then does', async () => {
    const database = await fresh()
    const book = await moneyBook(database)
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
    await book.bank('bank', '2026-03-05,PAYELANCER PAYOUT,150.00', '2026-03-06,SOMETHING,-3.00')
    await book.evidence('2026-03-05,panel,top-up,3.00,USD,INV-1,')
    const { rig } = book
    const request = { config: rig.config, book: rig.book, env: rig.env }
    const rehearsed = await withScratch(database, (scratch) =>
      runReconcile({ ...rig.environment(NOON_MS), database: scratch }, request, '2026-03-09'),
    )
    const done = await book.reconcile()
    expect(JSON.stringify(runView(rehearsed))).toBe(JSON.stringify(runView(done)))
    expect(runView(done).proposed).toHaveLength(1)
  })
})
