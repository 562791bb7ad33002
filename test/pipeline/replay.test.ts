/** The books follow from the landing alone: processed again into an empty database, on either engine, the head is the same. */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { lastingIdOf } from '../../src/ledger/book-identity.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { describeDatabases, newPostgresUrl, newSqliteUrl, opened } from '../support/databases.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'
import { exceptionsOf, fingerprintsOf, ordersOf } from './reads.ts'
import { sandboxBook, smallWorld } from './sandbox-book.ts'
import { history, payments, scriptedBook, stats } from './scripted-book.ts'

const OPTIONS = { nowMs: nightMs(30), signal: new AbortController().signal, onBatch: () => undefined }
const TROUBLE = ['502', 'timeout-before', 'html-200', 'truncated-json', 'reset'] as const

async function replayed(rig: Rig, into: Database): Promise<Rig> {
  const book = await rig.bookRow()
  const report = await replayBook({ kysely: rig.database.kysely, book }, into, rig.book, OPTIONS)
  expect(report.isSame).toBe(true)
  expect(report.replayed).toMatchObject(report.original)
  return rigOn(into, rig)
}

/** Not only the ledger: registry and exceptions are derived from the landing too. */
async function expectSame(rig: Rig, copy: Rig): Promise<void> {
  expect(await fingerprintsOf(copy)).toEqual(await fingerprintsOf(rig))
  expect(await idOf(copy)).toBe(await idOf(rig))
  for (const { name, type } of rig.book.sources) {
    if (type === 'panel') expect(await ordersOf(copy, name)).toEqual(await ordersOf(rig, name))
  }
  for (const status of ['open', 'closed'] as const) {
    expect(await exceptionsOf(copy, status)).toEqual(await exceptionsOf(rig, status))
  }
}

async function idOf({ database, bookRow }: Rig): Promise<string> {
  return lastingIdOf(database.kysely, (await bookRow()).id)
}

describeDatabases('a replay', (fresh) => {
  it('of nights with faults, a repeated night and a backfill gives the same chain head on both engines', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 11, days: 4, ordersPerDay: 50 }))
    for (const night of [1, 2, 3, 4, 5]) {
      await book.planFaults({ seed: night, rate: night === 3 ? 0.4 : 0, kinds: TROUBLE })
      await book.night(night)
    }
    await book.rig.night(nightMs(5))
    await book.rig.backfill(nightMs(5), '2026-03-01', '2026-03-03')
    await expectSame(book.rig, await replayed(book.rig, await opened(newSqliteUrl())))
    await expectSame(book.rig, await replayed(book.rig, await opened(await newPostgresUrl())))
  })

  it('keeps the id of a book that has not landed it, as after an upgrade', async () => {
    const { rig } = await scriptedBook(await fresh())
    const book = await ensureBook(rig.database.kysely, rig.book)
    const copy = await opened(newSqliteUrl())
    await replayBook({ kysely: rig.database.kysely, book }, copy, rig.book, OPTIONS)
    expect(await idOf(rigOn(copy, rig))).toBe(await idOf(rig))
  })

  it('goes by the settings that were in force, not by those of today', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    vendors.publisher = stats('publisher', 1100, 55, '160.00')
    await rig.night(nightMs(2))
    // By these the fall of 2.50 would have been held.
    const limited = rig.book.sources.map((each) =>
      each.type === 'panel' ? each : { ...each, reviewAbove: 100_000_000n },
    )
    const later = rigOn(rig.database, { ...rig, book: { ...rig.book, sources: limited } })
    vendors.publisher = stats('publisher', 1200, 60, '161.00')
    await later.night(nightMs(3))
    expect((await fingerprintsOf(rig)).head).toMatch(/^2 /)
    await expectSame(rig, await replayed(rig, await opened(newSqliteUrl())))
  })

  it('of imports, typed ids and corrections gives the same chain head', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    const lines = ['1', '2', '3'].map((id) => `${id},2026-03-01 10:00:00,,1.00000,0,1000,1,In progress,1000`)
    await rig.importOrders(nightMs(1), 'panel', history(...lines, '4,never,,1,0,1,1,Completed,0'))
    await rig.addOrders(nightMs(1), 'panel', ['9'])
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,top-up,25,USD,INV-7,', '2026-03-01,panel,bad'))
    for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'In progress', charge: '1.00000' })
    await rig.night(nightMs(1))
    for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'Canceled', charge: '0.00000' })
    await rig.importEvidence(nightMs(2), payments('2026-03-01,panel,top-up,20,USD,INV-7,'))
    await rig.night(nightMs(2))
    await expectSame(rig, await replayed(rig, await opened(newSqliteUrl())))
  })

  it('refuses a database that holds the book already', async () => {
    const { rig } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    const book = await rig.bookRow()
    const again = replayBook({ kysely: rig.database.kysely, book }, rig.database, rig.book, OPTIONS)
    await expect(again).rejects.toMatchObject({ code: 'REPLAY_TARGET', exitCode: 2 })
  })
})
