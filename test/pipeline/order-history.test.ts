/** A panel site's order list, and ids typed in: what they register, and what they never book. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { openCodes, ordersOf, quarantined, storyOf } from './reads.ts'
import { history, payments, scriptedBook, type ScriptedBook } from './scripted-book.ts'
import type { Database } from '../../src/db/database.ts'

const NIGHT = nightMs(1)

async function registered({ rig }: ScriptedBook, orderId: string) {
  const order = (await ordersOf(rig, 'panel')).get(orderId)
  if (order === undefined) throw new Error(`order ${orderId} is not registered`)
  return order
}

interface Case {
  readonly name: string
  readonly line: string
  readonly answer: { readonly status: string; readonly charge: string; readonly remains?: string }
  readonly story: readonly string[]
}

const LISTED: readonly Case[] = [
  {
    name: 'an open price with fewer decimals than the API is the same price',
    line: '1,2026-03-01 10:00:00,,0.28,0,1000,12 — Likes,In progress,1000',
    answer: { status: 'In progress', charge: '0.27819', remains: '500' },
    story: ['charge 0.27819000 on 2026-03-01'],
  },
  {
    name: 'an open price with fewer decimals is the same price also when the order has completed meanwhile',
    line: '1,2026-03-01 10:00:00,,0.28,0,1000,12 — Likes,In progress,1000',
    answer: { status: 'Completed', charge: '0.27819', remains: '0' },
    story: ['charge 0.27819000 on 2026-03-01'],
  },
  {
    name: 'an open price that was rounded down is the same price',
    line: '1,2026-03-01 10:00:00,,0.27,0,1000,12 — Likes,Pending,1000',
    answer: { status: 'Completed', charge: '0.27819', remains: '0' },
    story: ['charge 0.27819000 on 2026-03-01'],
  },
  {
    name: 'an open price that fell by more than its last decimal is a claimed refund',
    line: '1,2026-03-01 10:00:00,,1.00000,0,1000,12 — Likes,In progress,1000',
    answer: { status: 'Partial', charge: '0.40000', remains: '600' },
    story: ['charge 1.00000000 on 2026-03-01', 'refund 0.60000000 on 2026-03-01'],
  },
  {
    name: 'the price listed for a finished order is its cost, and what the answer shows less is refunded',
    line: '1,2026-03-01 10:00:00,,1.50,0,1000,12 — Likes,Completed,0',
    answer: { status: 'Completed', charge: '1.20000', remains: '0' },
    story: ['charge 1.50000000 on 2026-03-01', 'refund 0.30000000 on 2026-03-01'],
  },
  {
    name: 'a canceled order listed and answered at nothing books nothing',
    line: '1,2026-03-01 10:00:00,,0.00,0,1000,12 — Likes,Canceled,1000',
    answer: { status: 'Canceled', charge: '0.00', remains: '1000' },
    story: [],
  },
]

/** 100.00 in the wallet since the first of February, so that what is listed since counts. */
async function openedBook(database: Database): Promise<ScriptedBook> {
  const book = await scriptedBook(database)
  await book.rig.importEvidence(NIGHT - 1000, payments('2026-02-01,panel,opening-balance,100,USD,,'))
  return book
}

describeOnSqlite('a listed order', (fresh) => {
  it.each(LISTED)('$name', async ({ line, answer, story }) => {
    const book = await openedBook(await fresh())
    await book.rig.importOrders(NIGHT, 'panel', history(line))
    expect(await storyOf(book.rig, 'panel', 'order:1')).toEqual([])
    book.vendors.orders.set('1', answer)
    await book.rig.night(NIGHT)
    expect(await storyOf(book.rig, 'panel', 'order:1')).toEqual(story)
  })
})

describeOnSqlite('an order history', (fresh) => {
  it('imported twice, also under another name, registers once', async () => {
    const book = await openedBook(await fresh())
    const csv = history('1,2026-03-01 10:00:00,,0.28,0,1000,12 — Likes,In progress,1000')
    const first = await book.rig.importOrders(NIGHT, 'panel', csv)
    const second = await book.rig.importOrders(NIGHT, 'panel', csv)
    expect(first.files[0]?.totals?.rows).toMatchObject({ in: 1n, posted: 1n })
    expect(second.files[0]).toMatchObject({ alreadyImported: true, totals: null })
    expect((await ordersOf(book.rig, 'panel')).size).toBe(1)
  })

  it('with the same orders in another file changes nothing', async () => {
    const book = await openedBook(await fresh())
    const line = '1,2026-03-01 10:00:00,,0.28,0,1000,12 — Likes,In progress,1000'
    await book.rig.importOrders(NIGHT, 'panel', history(line))
    const before = await registered(book, '1')
    const again = await book.rig.importOrders(NIGHT, 'panel', history(line, ''))
    expect(again.files[0]?.totals?.rows).toMatchObject({ in: 1n, posted: 0n, unchanged: 1n })
    expect(await registered(book, '1')).toEqual(before)
  })

  it('fills in what typed ids do not say, without overruling an answer', async () => {
    const book = await openedBook(await fresh())
    await book.rig.addOrders(NIGHT, 'panel', ['1'])
    book.vendors.orders.set('1', { status: 'In progress', charge: '0.90', remains: '1000' })
    await book.rig.night(NIGHT)
    await book.rig.importOrders(
      NIGHT,
      'panel',
      history('1,2026-02-27 10:00:00,,0.10,0,1000,12 — Likes,In progress,1000'),
    )
    expect(await registered(book, '1')).toMatchObject({
      origin: 'typed-in',
      service: '12',
      quantity: 1000n,
      orderedAtMs: Date.UTC(2026, 1, 27, 10),
      listedCharge: 10_000_000n,
      highest: 90_000_000n,
    })
    await book.rig.night(nightMs(2))
    expect(await storyOf(book.rig, 'panel', 'order:1')).toHaveLength(1)
  })

  it('that gives the missing quantity lets a partial order be recognised', async () => {
    const book = await openedBook(await fresh())
    const { rig, vendors } = book
    const ids = ['1', '2', '3']
    await rig.addOrders(NIGHT, 'panel', ids)
    for (const id of ids) vendors.orders.set(id, { status: 'In progress', charge: '1.00000', remains: '1000' })
    await rig.night(NIGHT)
    await rig.importOrders(
      NIGHT,
      'panel',
      history(...ids.map((id) => `${id},2026-03-01 10:00:00,,1.00000,0,1000,1,In progress,1000`)),
    )
    for (const id of ids) vendors.orders.set(id, { status: 'Partial', charge: '0.60000', remains: '400' })
    await rig.night(nightMs(2))
    for (const id of ids) {
      expect(await storyOf(rig, 'panel', `order:${id}`)).toContain('refund 0.40000000 on 2026-03-02')
    }
  })

  it('quarantines a bad row with its line and column and takes the others', async () => {
    const book = await openedBook(await fresh())
    const outcome = await book.rig.importOrders(
      NIGHT,
      'panel',
      history(
        '1,2026-03-01 10:00:00,,0.28,0,1000,1,Completed,0',
        '2,2026-03-01 10:00:00,,cheap,0,1000,1,Completed,0',
        '3,2026-13-01 10:00:00,,0.28,0,1000,1,Completed,0',
        '4,2026-03-01 10:00:00,,0.28,0,many,1,Completed,0',
        '5,2026-03-01 10:00:00,,0.28',
      ),
    )
    expect(outcome.files[0]?.totals?.rows).toMatchObject({ in: 5n, posted: 1n, quarantined: 4n })
    expect((await quarantined(book.rig)).map(({ object }) => object)).toEqual([
      'orders-2.csv line 3, column Charge',
      'orders-2.csv line 4, column Date',
      'orders-2.csv line 5, column Quantity',
      'orders-2.csv line 6',
    ])
    expect([...(await ordersOf(book.rig, 'panel')).keys()]).toEqual(['1'])
  })

  it('without dates, charges and statuses still says which orders to ask about', async () => {
    const book = await openedBook(await fresh())
    const outcome = await book.rig.importOrders(NIGHT, 'panel', 'Order ID,Quantity\n1,1000\n')
    expect(outcome.files[0]?.totals?.rows).toMatchObject({ in: 1n, posted: 1n })
    expect(await registered(book, '1')).toMatchObject({
      quantity: 1000n,
      orderedAtMs: null,
      highest: null,
      listedCharge: null,
    })
    book.vendors.orders.set('1', { status: 'Completed', charge: '0.40' })
    await book.rig.night(NIGHT)
    expect(await storyOf(book.rig, 'panel', 'order:1')).toEqual([])
  })

  it('with a total line counts it as none of its rows, and warns in the inbox when it does not agree', async () => {
    const book = await openedBook(await fresh())
    const line = '1,2026-03-01 10:00:00,,0.28,0,1000,1,Completed,0'
    const good = await book.rig.importOrders(NIGHT, 'panel', history(line, 'Total,,,0.28,,,,,'))
    expect(good.files[0]).toMatchObject({ totals: { rows: { in: 1n, posted: 1n } }, footing: { rows: 1, problems: 0 } })
    expect(book.rig.warnings).toEqual([])
    book.rig.drop('panel/orders.csv', history(line.replace('1,', '2,'), 'Total,,,0.29,,,,,'))
    await book.rig.night(NIGHT)
    expect(book.rig.warnings).toContain('panel: orders.csv: a total line does not agree with its rows')
    expect(await quarantined(book.rig)).toEqual([])
  })

  it("dates orders in the site's zone and books them on the book's day", async () => {
    const book = await openedBook(await fresh())
    await book.rig.importOrders(
      NIGHT,
      'panel',
      history('1,2026-03-01 00:30:00,,1.00000,0,1000,1,In progress,1000'),
      'Europe/Berlin',
    )
    book.vendors.orders.set('1', { status: 'In progress', charge: '1.00000', remains: '1000' })
    await book.rig.night(NIGHT)
    expect(await storyOf(book.rig, 'panel', 'order:1')).toEqual(['charge 1.00000000 on 2026-02-28'])
  })
})

describeOnSqlite('ids typed in', (fresh) => {
  it('are registered once and asked about in the next night', async () => {
    const book = await openedBook(await fresh())
    const { rig, vendors } = book
    expect(await rig.addOrders(NIGHT, 'panel', ['7', '8', '7'])).toEqual({ added: 2n, known: 0n })
    expect(await rig.addOrders(NIGHT, 'panel', ['8', '9'])).toEqual({ added: 1n, known: 1n })
    vendors.orders.set('7', { status: 'In progress', charge: '0.10' })
    await rig.night(NIGHT)
    expect(vendors.asked.toSorted()).toEqual(['7', '8', '9'])
    // Nobody said when it was placed: it counts on the day that ended.
    expect(await storyOf(rig, 'panel', 'order:7')).toEqual(['charge 0.10000000 on 2026-03-01'])
    expect(await openCodes(rig)).toContain('panel ORDER_UNKNOWN order:8')
  })

  it('that the panel does not know are asked about ever more rarely, and booked when it knows them at last', async () => {
    const book = await openedBook(await fresh())
    const { rig, vendors } = book
    await rig.addOrders(NIGHT, 'panel', ['8'])
    const askedOn: number[] = []
    for (let night = 1; night <= 19; night += 1) {
      vendors.asked.length = 0
      if (night === 16) vendors.orders.set('8', { status: 'In progress', charge: '0.10' })
      await rig.night(nightMs(night))
      if (vendors.asked.includes('8')) askedOn.push(night)
    }
    expect(askedOn).toEqual([1, 2, 3, 4, 6, 10, 18, 19])
    expect(await storyOf(rig, 'panel', 'order:8')).toHaveLength(1)
    expect(await openCodes(rig)).not.toContain('panel ORDER_UNKNOWN order:8')
  })

  it('that are parents are asked about by the schedule of finished orders once they have ended', async () => {
    const book = await openedBook(await fresh())
    const { rig, vendors } = book
    await rig.addOrders(NIGHT, 'panel', ['8'])
    vendors.orders.set('8', { status: 'Active', runs: '2', orders: ['81'] })
    vendors.orders.set('81', { status: 'Completed', charge: '0.10', remains: '0' })
    const askedOn: number[] = []
    for (let night = 1; night <= 8; night += 1) {
      vendors.asked.length = 0
      if (night === 3) vendors.orders.set('8', { status: 'Completed', runs: '2', orders: ['81'] })
      await rig.night(nightMs(night))
      if (vendors.asked.includes('8')) askedOn.push(night)
    }
    expect(askedOn).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(await storyOf(rig, 'panel', 'order:8')).toEqual([])
  })

  it('first seen finished were paid before the opening, since nobody knows their day', async () => {
    const book = await openedBook(await fresh())
    await book.rig.addOrders(NIGHT, 'panel', ['7'])
    book.vendors.orders.set('7', { status: 'Partial', charge: '0.40', remains: '600' })
    book.vendors.balance = '100.00'
    await book.rig.night(NIGHT)
    expect(await storyOf(book.rig, 'panel', 'order:7')).toEqual([])
    expect(await openCodes(book.rig)).toEqual([])
  })
})
