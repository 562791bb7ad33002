/** A landed reconciliation of a day that had not ended books nothing, whoever landed it, and the book goes on. */
import { expect, it } from 'vitest'
import { landBatch, lastLandedBatch } from '../../src/log/landing.ts'
import { findBook } from '../../src/ledger/books.ts'
import { chainHead } from '../../src/ledger/digest.ts'
import { createProcessor, processBatch } from '../../src/pipeline/engine/process-batch.ts'
import { exceptionAbout } from '../../src/reconcile/exceptions.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, NOON_MS } from './money-book.ts'

describeOnSqlite('a landed reconciliation', (fresh) => {
  it('is set aside while its day lasts in the zone of the book, until one of an ended day is processed', async () => {
    const database = await fresh()
    const { kysely } = database
    const book = await moneyBook(database)
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,')
    await book.bank('bank', '2026-03-05,WHAT IS THIS,7.00')
    const held = await findBook(kysely, 'agency')
    const landed = async (day: string): Promise<string | null> => {
      const rest = { request: {}, fetchedAtMs: NOON_MS, httpStatus: null, contentType: 'application/json' }
      const body = Buffer.from(JSON.stringify({ day, reason: 'another door' }))
      const items = await kysely
        .transaction()
        .execute((trx) => landBatch(trx, held.id, [{ kind: 'reconcile', source: '', body, ...rest }]))
      return (await processBatch(createProcessor(database, held), items)).setAside
    }
    const runs = async (): Promise<readonly string[]> => {
      const rows = await kysely.selectFrom('match_run').select('day').orderBy('batch').execute()
      return rows.map(({ day }) => day)
    }
    const before = [await chainHead(kysely, held), await runs(), await book.exceptions()]
    const about = { source: '', code: 'FILE_UNREAD', object: 'reconcile' }
    for (const day of ['2026-03-10', '2026-03-11', '2036-03-26']) {
      const reason = `DAY_NOT_ENDED: Landing batch ${(await lastLandedBatch(kysely, held.id)) + 1} reconciles ${day}, a day that had not ended when it was landed.`
      expect(await landed(day)).toBe(reason)
      expect(await exceptionAbout(kysely, held.id, about)).toMatchObject({
        status: 'open',
        detail: expect.stringContaining(reason),
      })
    }
    // The line's days are not over: nothing of the far day was taken for true.
    const open = (await book.exceptions()).filter((each) => each !== 'FILE_UNREAD reconcile')
    expect([await chainHead(kysely, held), await runs(), open]).toEqual(before)
    expect(await landed('2026-03-09')).toBeNull()
    expect((await runs()).at(-1)).toBe('2026-03-09')
    expect(await exceptionAbout(kysely, held.id, about)).toMatchObject({ status: 'closed' })
  })
})
