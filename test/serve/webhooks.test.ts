/** What webhooks do to the books: nothing by themselves. They make orders due, and conversions are compared. */
import { expect, it } from 'vitest'
import { tableLines } from '../../src/cli/output.ts'
import { nightLines } from '../../src/cli/views/night.ts'
import { openDatabase } from '../../src/db/database.ts'
import { countHints } from '../../src/evidence/order-hints.ts'
import { withBookRun } from '../../src/pipeline/book-run.ts'
import { landAndProcess } from '../../src/pipeline/run-context.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { describeOnSqlite, newSqliteUrl } from '../support/databases.ts'
import { HOUR_MS, nightMs, type Rig } from '../pipeline/harness.ts'
import { exceptionsOf, fingerprintsOf, ordersOf, quarantined, storyOf } from '../pipeline/reads.ts'
import { payments, scriptedBook, stats } from '../pipeline/scripted-book.ts'
import { conversion, deliver, hooksPass, orderUpdate } from './deliveries.ts'

const NOON = nightMs(1) + 12 * HOUR_MS

async function unconfirmed(rig: Rig): Promise<number> {
  const hints = await countHints(rig.database.kysely, (await rig.bookRow()).id)
  return [...hints.values()].reduce((sum, { count }) => sum + count, 0)
}

/** An answer that was on the wire for a while: the order 7 completed. */
async function landAnswer(
  rig: Rig,
  { sentAtMs, fetchedAtMs }: { readonly sentAtMs: number; readonly fetchedAtMs: number },
) {
  const row = { status: 'Completed', charge: '4.50', remains: '0', start_count: '0', currency: 'USD' }
  await withBookRun(rig.environment(fetchedAtMs), rig, 'import', { at: String(fetchedAtMs) }, async (run) => {
    const landing = {
      kind: 'panel-statuses' as const,
      source: 'panel',
      request: { action: 'multiStatus', orders: ['7'], purpose: 'poll', sentAtMs },
      fetchedAtMs,
      httpStatus: 200,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify({ 7: row })),
    }
    await landAndProcess(run, 'statuses', [landing])
  })
}

async function aboutPublisher(rig: Rig): Promise<readonly string[]> {
  return (await exceptionsOf(rig)).filter(({ source }) => source === 'pub').map(({ code }) => code)
}

describeOnSqlite('an order update', (fresh) => {
  it('books nothing, whatever it says: the panel is asked, and its answer counts', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.orders.set('7', { status: 'In progress', charge: '4.50' })
    await rig.addOrders(nightMs(1), 'panel', ['7'])
    await rig.night(nightMs(1))
    await deliver(rig, [{ source: 'panel', body: orderUpdate(7, 'Canceled', 0), atMs: NOON - 1000 }])
    const report = await hooksPass(rig, NOON)
    expect(report).toMatchObject({ deliveries: 1, asked: 1, unconfirmed: 0 })
    expect(await storyOf(rig, 'panel', 'order:7')).toEqual(['charge 4.50000000 on 2026-03-01'])
  })

  it('registers an order nobody knew, and asks about it', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    vendors.orders.set('9', { status: 'In progress', charge: '1.25' })
    await deliver(rig, [{ source: 'panel', body: orderUpdate(9, 'In progress', 1.25), atMs: NOON - 1000 }])
    await hooksPass(rig, NOON)
    expect((await ordersOf(rig, 'panel')).get('9')).toMatchObject({ charged: 125_000_000n })
    expect(await storyOf(rig, 'panel', 'order:9')).toEqual(['charge 1.25000000 on 2026-03-02'])
  })

  it('makes a finished order due again, so a late refund is booked on the day it was seen', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.orders.set('7', { status: 'In progress', charge: '4.50' })
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,104.50,USD,open,'))
    await rig.addOrders(nightMs(1), 'panel', ['7'])
    await rig.night(nightMs(1))
    vendors.orders.set('7', { status: 'Completed', charge: '4.50' })
    await rig.night(nightMs(2))
    vendors.asked.length = 0
    const atMs = nightMs(2) + HOUR_MS
    await deliver(rig, [{ source: 'panel', body: orderUpdate('7', 'Partial', 3.6, 200), atMs }])
    vendors.orders.set('7', { status: 'Partial', charge: '3.60', remains: '200' })
    vendors.balance = '100.90000'
    await hooksPass(rig, atMs + 1000)
    expect(vendors.asked).toEqual(['7'])
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:7')).toContain('refund 0.90000000 on 2026-03-03')
  })

  it('stays unconfirmed while the panel does not answer, and the next night confirms it', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.orders.set('7', { status: 'In progress', charge: '4.50' })
    await rig.night(nightMs(1))
    await deliver(rig, [{ source: 'panel', body: orderUpdate(7, 'In progress', 4.5), atMs: NOON - 1000 }])
    vendors.dead.add('panel')
    expect(await hooksPass(rig, NOON)).toMatchObject({ asked: 1, unconfirmed: 1 })
    vendors.dead.clear()
    await rig.night(nightMs(2))
    expect(await unconfirmed(rig)).toBe(0)
  })

  it('is confirmed by an answer that says nothing new', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.orders.set('7', { status: 'In progress', charge: '4.50' })
    await rig.addOrders(nightMs(1), 'panel', ['7'])
    await rig.night(nightMs(1))
    await deliver(rig, [{ source: 'panel', body: orderUpdate(7, 'In progress', 4.5), atMs: NOON - 1000 }])
    expect(await hooksPass(rig, NOON)).toMatchObject({ unconfirmed: 0 })
  })

  it('that came while an older answer was on the wire is asked about', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.orders.set('7', { status: 'Completed', charge: '4.50' })
    await rig.addOrders(nightMs(1), 'panel', ['7'])
    await rig.night(nightMs(1))
    await landAnswer(rig, { sentAtMs: NOON - 6000, fetchedAtMs: NOON })
    vendors.orders.set('7', { status: 'Canceled', charge: '0.00' })
    await deliver(rig, [{ source: 'panel', body: orderUpdate(7, 'Canceled', 0), atMs: NOON - 2000 }])
    vendors.asked.length = 0
    expect(await hooksPass(rig, NOON + 1000)).toMatchObject({ deliveries: 1, asked: 1, unconfirmed: 0 })
    expect(vendors.asked).toEqual(['7'])
  })

  it('is not confirmed by an answer that was on the wire before it came', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.orders.set('7', { status: 'In progress', charge: '4.50' })
    await rig.addOrders(nightMs(1), 'panel', ['7'])
    await rig.night(nightMs(1))
    await deliver(rig, [{ source: 'panel', body: orderUpdate(7, 'Canceled', 0), atMs: NOON - 2000 }])
    vendors.dead.add('panel')
    await hooksPass(rig, NOON - 1000)
    await landAnswer(rig, { sentAtMs: NOON - 6000, fetchedAtMs: NOON })
    expect(await unconfirmed(rig)).toBe(1)
    await landAnswer(rig, { sentAtMs: NOON - 1000, fetchedAtMs: NOON + 1000 })
    expect(await unconfirmed(rig)).toBe(0)
  })

  it('counts though the clock was ahead when the panel was asked last, and so does the next night', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    for (const id of ['7', '8']) vendors.orders.set(id, { status: 'In progress', charge: '4.50' })
    await rig.addOrders(nightMs(1), 'panel', ['7', '8'])
    await rig.night(nightMs(1))
    for (const id of ['7', '8']) vendors.orders.set(id, { status: 'Completed', charge: '4.50' })
    await rig.night(nightMs(2))
    await rig.night(nightMs(735))
    const atMs = nightMs(3) + HOUR_MS
    await deliver(rig, [{ source: 'panel', body: orderUpdate(7, 'Canceled', 0), atMs }])
    vendors.asked.length = 0
    expect(await hooksPass(rig, atMs + 1000)).toMatchObject({ deliveries: 1, asked: 1 })
    await rig.night(nightMs(4))
    expect(vendors.asked).toContain('8')
    expect((await ordersOf(rig, 'panel')).get('8')).toMatchObject({ observedAtMs: nightMs(4) })
    vendors.asked.length = 0
    await rig.night(nightMs(6))
    expect(vendors.asked).toContain('8')
  })

  it('that cannot be read is set aside with its reason and stops nothing', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.orders.set('7', { status: 'In progress', charge: '4.50' })
    const bodies = ['{"order_id":', '{"status":"Completed"}', '{"order_id":"a b"}', orderUpdate(7, 'In progress', 4.5)]
    await deliver(
      rig,
      bodies.map((body) => ({ source: 'panel', body, atMs: nightMs(1) - 1000 })),
    )
    await rig.night(nightMs(1))
    expect(await quarantined(rig)).toEqual([
      { object: 'webhook', reason: 'the webhook is neither a JSON object nor a form' },
      { object: 'webhook', reason: 'the webhook names no order_id' },
      { object: 'webhook', reason: '"a b" is not an order id' },
    ])
    expect((await ordersOf(rig, 'panel')).get('7')).toMatchObject({ charged: 450_000_000n })
  })

  it('follows from the landing: a replay gives the same chain head', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.orders.set('7', { status: 'In progress', charge: '4.50' })
    await deliver(rig, [
      { source: 'panel', body: orderUpdate(7, 'In progress', 4.5), atMs: nightMs(1) - 2000 },
      { source: 'pub', body: conversion(1.25, '2026-03-01T20:55:00Z'), atMs: nightMs(1) - 1000 },
    ])
    await rig.night(nightMs(1))
    vendors.orders.set('8', { status: 'In progress', charge: '2.00' })
    await deliver(rig, [{ source: 'panel', body: orderUpdate(8, 'In progress', 2), atMs: NOON }])
    await hooksPass(rig, NOON + 1000)
    const into = await openDatabase(newSqliteUrl())
    const options = { nowMs: NOON, signal: new AbortController().signal, onBatch: () => undefined }
    const from = { kysely: rig.database.kysely, book: await rig.bookRow() }
    const report = await replayBook(from, into, rig.book, options)
    await into.close()
    expect(report.isSame).toBe(true)
    expect(report.original.sequence).toBeGreaterThan(1)
  })
})

describeOnSqlite('conversions', (fresh) => {
  const day = '2026-03-02T20:55:00Z'

  it('are kept once however often they come, compared with the counter, and never booked', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    const before = (await fingerprintsOf(rig)).head
    await deliver(rig, [
      { source: 'pub', body: conversion(1.25, day), atMs: NOON },
      { source: 'pub', body: conversion(1.25, day), atMs: NOON },
      { source: 'pub', body: conversion(0.75, day), atMs: NOON },
    ])
    await hooksPass(rig, NOON + 1000)
    expect((await fingerprintsOf(rig)).head).toBe(before)
    await deliver(rig, [{ source: 'pub', body: conversion(0.75, day), atMs: NOON + HOUR_MS }])
    vendors.publisher = stats('publisher', 1100, 55, '165.00')
    const report = await rig.night(nightMs(2))
    expect(report.conversions).toEqual([
      {
        source: 'pub',
        currency: 'USD',
        day: '2026-03-02',
        count: 2,
        duplicates: 2,
        payout: 200_000_000n,
        moved: 250_000_000n,
        differs: true,
      },
    ])
    expect(nightLines({ table: tableLines }, report, false)).toContain(
      'pub: 2 conversions of 2026-03-02 for 2.00 USD, 2 came again; the counter moved by 2.50 USD, which is more than 5 % apart: ask the network.',
    )
    expect(await storyOf(rig, 'pub', 'counter:earnings')).toEqual(['earn 2.50000000 on 2026-03-02'])
    expect(await aboutPublisher(rig)).toEqual([])
  })

  it('that pay far from what the counter rose by are told, and nothing is posted or asked (C7)', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    await deliver(rig, [{ source: 'pub', body: conversion(2, day), atMs: NOON }])
    vendors.publisher = stats('publisher', 1100, 55, '165.00')
    const report = await rig.night(nightMs(2))
    expect(report.conversions).toMatchObject([{ payout: 200_000_000n, moved: 250_000_000n, differs: true }])
    expect(nightLines({ table: tableLines }, report, false)).toContain(
      'pub: 1 conversion of 2026-03-02 for 2.00 USD; the counter moved by 2.50 USD, which is more than 5 % apart: ask the network.',
    )
    expect(await aboutPublisher(rig)).toEqual([])
  })
})
