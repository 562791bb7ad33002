/**
 * The books follow from the landing alone: processed again into an empty database, on either engine, every table that is
 * derived from it is the same to the last row. What a rule does on PostgreSQL is tested here and nowhere else.
 */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { tagOrderIds } from '../../src/pipeline/imports.ts'
import { createCampaign } from '../../src/pipeline/panel-writes/campaign.ts'
import { decideMatch } from '../../src/pipeline/reconcile/decide.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { expectSameTables } from '../support/compare-tables.ts'
import { describeOnSqlite, newPostgresUrl, newSqliteUrl, opened } from '../support/databases.ts'
import { HOUR_MS, nightMs, rigOn, type Rig } from './harness.ts'
import { fingerprintsOf } from './reads.ts'
import { reconciledBook } from './reconciled-world.ts'
import { sandboxBook, smallWorld } from './sandbox-book.ts'
import { history, payments, scriptedBook, stats } from './scripted-book.ts'

const OPTIONS = { nowMs: nightMs(30), signal: new AbortController().signal, onBatch: () => undefined }
const TROUBLE = ['502', 'timeout-before', 'html-200', 'truncated-json', 'reset'] as const

/** Not derived from the landing, and why. */
const NOT_DERIVED: ReadonlySet<string> = new Set(
  [
    // Scripts of one engine, and what PostgreSQL alone needs: SQLite spools to a file beside its own.
    'migration webhook_spool webhook_delivery',
    // What runs did and may do: a replay is none, asks nobody and imports no file.
    'run run_step imported_file lease schedule schedule_tick rate_slot webhook_cursor',
    // What a person has approved of the books, and what was sent of it: `ledger verify` proves it against the ledger.
    'journal journal_line journal_link journal_hold journal_preparation export_file export_journal',
    'outbox outbox_attempt outbox_payload outbox_target target_word',
    'connection target_company target_company_check mapping_version',
    // Who was told what, and when.
    'alert alert_channel alert_delivery alert_message',
  ].flatMap((tables) => tables.split(' ')),
)

async function replayed(rig: Rig, into: Database): Promise<Rig> {
  const book = await rig.bookRow()
  const report = await replayBook({ kysely: rig.database.kysely, book }, into, rig.book, OPTIONS)
  expect(report.isSame).toBe(true)
  expect(report.replayed).toMatchObject(report.original)
  return rigOn(into, rig)
}

async function expectSame({ database }: Rig, copy: Rig): Promise<number> {
  return expectSameTables(database, copy.database, NOT_DERIVED)
}

/** Two weeks with a bank, PayPal and errors, and a person who decides, types ids, tags orders and hands in a bad file. */
async function bookWithMuch(database: Database): Promise<Rig> {
  const errors = (['charged-twice', 'short-by-a-cent', 'equal-pair', 'unknown-line'] as const).map((kind, index) => ({
    kind,
    day: 3 + 2 * index,
  }))
  const { rig, morning } = await reconciledBook(database, { seed: 6, nights: 14, errors })
  const at = (night: number, hours: number) => rig.environment(nightMs(night) + hours * HOUR_MS)
  const person = { by: 'Ada', why: 'seen on paper' }
  for (let night = 1; night <= 7; night += 1) await morning(night)
  await rig.importEvidence(nightMs(7) + HOUR_MS, payments('2026-03-07,pub,payout,dear,USD,P-1,'))
  await rig.addOrders(nightMs(7) + HOUR_MS, 'netpanel', ['999999'])
  await rig.scan(nightMs(7) + 2 * HOUR_MS, 'netpanel', { first: 1, last: 120 })
  await tagOrderIds(at(7, 3), rig, 'netpanel', { client: 'acme', ids: ['1', '2', '3'], by: 'ann' })
  await createCampaign(
    at(7, 5),
    { ...rig, source: 'ads' },
    {
      name: 'Summer',
      budget: '5.00',
      targetUrl: 'https://example.com/sale',
    },
  )
  for (let night = 8; night <= 14; night += 1) await morning(night)
  const unexplained = await database.kysely
    .selectFrom('statement_line')
    .select('id')
    .where('disposition', '=', 'open')
    .where('uncounted', 'is', null)
    .orderBy('id')
    .executeTakeFirstOrThrow()
  await decideMatch(at(14, 1), rig, {
    decide: 'settle',
    line: Number(unexplained.id),
    meaning: 'bank-charge',
    ...person,
  })
  return rig
}

describeOnSqlite('a replay', (fresh) => {
  it('of a book with much in it gives the same tables on both engines', async () => {
    const rig = await bookWithMuch(await fresh())
    expect(await expectSame(rig, await replayed(rig, await opened(newSqliteUrl())))).toBeGreaterThan(30)
    expect(await expectSame(rig, await replayed(rig, await opened(await newPostgresUrl())))).toBeGreaterThan(30)
  })

  it('of nights with faults, a repeated night and a backfill gives the same books on both engines', async () => {
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

  it('goes by the settings that were in force, not by those of today', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    vendors.publisher = stats('publisher', 1100, 55, '165.00')
    await rig.night(nightMs(2))
    const limited = rig.book.sources.map((each) => (each.type === 'panel' ? each : { ...each, timeZone: 'Asia/Tokyo' }))
    const later = rigOn(rig.database, { ...rig, book: { ...rig.book, sources: limited } })
    vendors.publisher = stats('publisher', 1200, 60, '168.00')
    await later.night(nightMs(3))
    expect((await fingerprintsOf(rig)).head).toMatch(/^3 /)
    await expectSame(rig, await replayed(rig, await opened(newSqliteUrl())))
  })

  it('of imports, typed ids and corrections gives the same books', async () => {
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
