/** The rules of orders and wallets as stories of a few nights over real HTTP: what is posted, what waits, and who ends it. */
import { expect, it } from 'vitest'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import { numberOf, resolve } from '../exceptions/support.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { balanceOf, differencesOf, exceptionsOf, loweredBy, openCodes, ordersOf, storyOf } from './reads.ts'
import { history, payments, scriptedBook, type ScriptedBook } from './scripted-book.ts'

const RUNNING = { status: 'In progress', charge: '1.00000', remains: '1000' }
const NO_DIFFERENCE = { panel: '0.00000000' }

/** 100.00 in the wallet since the first of March, and orders of 1.00 each for 1000 units, running since the first night. */
async function running(book: ScriptedBook, ids: readonly string[]): Promise<void> {
  const { rig, vendors } = book
  const rows = ids.map((id) => `${id},2026-03-01 10:00:00,http://x,1.00000,0,1000,1,In progress,1000`)
  if (ids.length > 0) await rig.importOrders(nightMs(1), 'panel', history(...rows))
  for (const id of ids) vendors.orders.set(id, RUNNING)
  vendors.balance = `${100 - ids.length}.00000`
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
  expect(differencesOf(await rig.night(nightMs(1)))).toMatchObject(NO_DIFFERENCE)
}

async function amountOf({ rig }: ScriptedBook, code: string): Promise<bigint | null> {
  const number = await numberOf(rig, code)
  return (await exceptionsOf(rig)).find((each) => each.number === number)?.amount ?? null
}

describeOnSqlite('a refund', (fresh) => {
  it('is owed when the status says so, and paid by what the wallet gains', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1', '2'])
    vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '400' })
    vendors.orders.set('2', { status: 'Canceled', charge: '0.00000', remains: '0' })
    vendors.balance = '99.40000'
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual([
      'charge 1.00000000 on 2026-03-01',
      'refund 0.40000000 on 2026-03-02',
    ])
    expect(await storyOf(rig, 'panel', 'order:2')).toContain('refund 1.00000000 on 2026-03-02')
    expect(await balanceOf(rig, '1330:panel')).toBe(0n)
    expect(await balanceOf(rig, '5190:panel')).toBe(-140_000_000n)
    expect(await balanceOf(rig, '1310:panel')).toBe(9_940_000_000n)
    expect(await openCodes(rig)).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('that is not credited for a week is missing until it is, and by then the panel may take two nights', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1', '2', '3'])
    vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '400' })
    for (const night of [2, 3, 8, 8.2, 8.4]) {
      await rig.night(nightMs(night))
      expect(await openCodes(rig)).toEqual([])
    }
    await rig.night(nightMs(9))
    expect(await openCodes(rig)).toEqual(['panel REFUND_MISSING refunds'])
    expect(await amountOf(book, 'REFUND_MISSING')).toBe(40_000_000n)
    expect(await balanceOf(rig, '1330:panel')).toBe(40_000_000n)
    vendors.balance = '97.40000'
    await rig.night(nightMs(10))
    expect(await openCodes(rig)).toEqual([])
    expect(await balanceOf(rig, '1330:panel')).toBe(0n)
    vendors.orders.set('2', { status: 'Canceled', charge: '1.00000', remains: '1000' })
    for (const night of [11, 12, 13, 19]) {
      await rig.night(nightMs(night))
      expect(await openCodes(rig)).toEqual([])
    }
    await rig.night(nightMs(20))
    expect(await amountOf(book, 'REFUND_MISSING')).toBe(100_000_000n)
  })

  it.each([3, 5, 8])('that night %i credits opens no item, which would close without an act', async (credited) => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1'])
    vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '400' })
    for (let night = 2; night < credited; night++) await rig.night(nightMs(night))
    vendors.balance = '99.40000'
    await rig.night(nightMs(credited))
    const { id } = await rig.bookRow()
    expect(await listExceptions(rig.database.kysely, id, {})).toEqual([])
  })

  it('is not counted twice when the charge falls a week after the credit', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1'])
    vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '400' })
    vendors.balance = '99.40000'
    await rig.night(nightMs(2))
    vendors.orders.set('1', { status: 'Partial', charge: '0.60000', remains: '400' })
    for (const night of [3, 4]) await rig.night(nightMs(night))
    expect(await storyOf(rig, 'panel', 'order:1')).toHaveLength(2)
    expect(await openCodes(rig)).toEqual([])
  })

  it('goes back when the order is open again and the panel takes it back', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1'])
    vendors.orders.set('1', { status: 'Canceled', charge: '0.00000', remains: '1000' })
    vendors.balance = '100.00000'
    await rig.night(nightMs(2))
    vendors.orders.set('1', RUNNING)
    for (const night of [3, 10]) await rig.night(nightMs(night))
    expect(await openCodes(rig)).toEqual(['panel REFUND_MISSING refunds'])
    expect(await balanceOf(rig, '1330:panel')).toBe(-100_000_000n)
    vendors.balance = '99.00000'
    await rig.night(nightMs(11))
    expect(await openCodes(rig)).toEqual([])
    expect(await balanceOf(rig, '1330:panel')).toBe(0n)
    expect(await balanceOf(rig, '5190:panel')).toBe(0n)
  })

  it('that the panel denies is a cost again by a word', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1'])
    vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '400' })
    for (const night of [2, 9]) await rig.night(nightMs(night))
    await resolve(rig, 9, 'REFUND_MISSING', 'denied')
    expect(await balanceOf(rig, '1330:panel')).toBe(0n)
    expect(await balanceOf(rig, '5190:panel')).toBe(0n)
    for (const night of [10, 17]) await rig.night(nightMs(night))
    expect(await openCodes(rig)).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('an order first seen finished', (fresh) => {
  const LATE = { status: 'Partial', charge: '0.60000', remains: '400' }

  it('claims until the panel shows that it lowers charges that way', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1'])
    await rig.importOrders(nightMs(1), 'panel', history('9,2026-03-02 11:00:00,http://x,,0,1000,1,Partial,400'))
    vendors.orders.set('9', LATE)
    vendors.balance = '98.40000'
    await rig.night(nightMs(2))
    expect(await balanceOf(rig, '1330:panel')).toBe(24_000_000n)
    vendors.orders.set('1', LATE)
    vendors.balance = '98.80000'
    await rig.night(nightMs(3))
    expect(await loweredBy(rig, 'panel')).toEqual(['partial'])
    expect(await balanceOf(rig, '1330:panel')).toBe(0n)
    expect(await balanceOf(rig, '5190:panel')).toBe(-40_000_000n)
    expect(await openCodes(rig)).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('without a day was paid before the opening: only what changes afterwards is posted', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, [])
    await rig.addOrders(nightMs(1), 'panel', ['9'])
    vendors.orders.set('9', { status: 'Completed', charge: '1.00000', remains: '0' })
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:9')).toEqual([])
    vendors.orders.set('9', { status: 'Canceled', charge: '0.00000', remains: '1000' })
    vendors.balance = '101.00000'
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:9')).toEqual(['refund 1.00000000 on 2026-03-03'])
    expect(await openCodes(rig)).toEqual([])
  })
})

describeOnSqlite('a drip-feed order', (fresh) => {
  const RUNS = { '71': { status: 'In progress', charge: '4.50' }, '72': { status: 'In progress', charge: '4.50' } }

  async function withRuns(book: ScriptedBook, charge: string | undefined): Promise<void> {
    await running(book, [])
    await book.rig.addOrders(nightMs(1), 'panel', ['70'])
    const shown = charge === undefined ? {} : { charge }
    book.vendors.orders.set('70', { status: 'In progress', ...shown, runs: '2', orders: ['71', '72'] })
    for (const [id, run] of Object.entries(RUNS)) book.vendors.orders.set(id, run)
    book.vendors.balance = '91.00000'
    await book.rig.night(nightMs(2))
  }

  it('without a charge costs nothing: its runs, asked about the same night, do', async () => {
    const book = await scriptedBook(await fresh())
    await withRuns(book, undefined)
    expect(await balanceOf(book.rig, '5100:panel')).toBe(900_000_000n)
    expect((await ordersOf(book.rig, 'panel')).get('71')?.parent).toBe('70')
    expect(await openCodes(book.rig)).toEqual([])
  })

  it('with a charge beside its runs is one item, which a setting ends either way', async () => {
    const book = await scriptedBook(await fresh())
    await withRuns(book, '9.00')
    expect(await openCodes(book.rig)).toEqual(['panel ORDERS_UNCLEAR runs'])
    expect(await balanceOf(book.rig, '5100:panel')).toBe(900_000_000n)
    const stated = await scriptedBook(await fresh(), { panelMore: 'dripFeed: parent' })
    await withRuns(stated, '9.00')
    expect(await openCodes(stated.rig)).toEqual([])
    expect(await storyOf(stated.rig, 'panel', 'order:70')).toEqual(['charge 9.00000000 on 2026-03-02'])
    expect(await storyOf(stated.rig, 'panel', 'order:71')).toEqual([])
  })
})

describeOnSqlite('a charge the panel hides', (fresh) => {
  const HIDDEN = { status: 'In progress', remains: '1000' }

  it('is unknown and one item, until a list shows it', async () => {
    const book = await scriptedBook(await fresh(), { panelMore: 'chargeFromHistory: true' })
    const { rig, vendors } = book
    await running(book, [])
    await rig.addOrders(nightMs(1), 'panel', ['7', '8'])
    for (const id of ['7', '8']) vendors.orders.set(id, HIDDEN)
    vendors.balance = '97.50000'
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual(['panel CHARGE_UNKNOWN charges'])
    expect(await storyOf(rig, 'panel', 'order:7')).toEqual([])
    const row = (id: string): string => `${id},2026-03-02 10:00:00,http://x,1.25,0,1000,1,In progress,1000`
    await rig.importOrders(nightMs(3), 'panel', history(row('7'), row('8')))
    expect(await storyOf(rig, 'panel', 'order:7')).toEqual(['charge 1.25000000 on 2026-03-02'])
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual([])
  })
})

describeOnSqlite('too much claimed in one night', (fresh) => {
  const IDS = ['1', '2', '3']
  const DEAR = { status: 'In progress', charge: '40.00000', remains: '1000' }

  async function garbled(book: ScriptedBook): Promise<void> {
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,200,USD,,'))
    await rig.addOrders(nightMs(1), 'panel', IDS)
    for (const id of IDS) vendors.orders.set(id, DEAR)
    vendors.balance = '80.00000'
    await rig.night(nightMs(1))
    for (const id of IDS) vendors.orders.set(id, { status: 'Canceled', charge: '0.00000', remains: '1000' })
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual(['panel CLAIMS_HELD claims'])
    expect(await balanceOf(rig, '5190:panel')).toBe(0n)
  }

  it('posts nothing, and is over when the panel says otherwise', async () => {
    const book = await scriptedBook(await fresh())
    await garbled(book)
    for (const id of IDS) book.vendors.orders.set(id, DEAR)
    await book.rig.night(nightMs(3))
    expect(await openCodes(book.rig)).toEqual([])
    expect(await balanceOf(book.rig, '5190:panel')).toBe(0n)
    expect(await balanceOf(book.rig, '5100:panel')).toBe(12_000_000_000n)
  })

  it('is posted when a person releases it, or when the wallet gains it', async () => {
    const book = await scriptedBook(await fresh())
    await garbled(book)
    await resolve(book.rig, 2, 'CLAIMS_HELD', 'release')
    for (const night of [3, 10]) await book.rig.night(nightMs(night))
    expect(await openCodes(book.rig)).toEqual(['panel REFUND_MISSING refunds'])
    expect(await balanceOf(book.rig, '1330:panel')).toBe(12_000_000_000n)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
    const paid = await scriptedBook(await fresh())
    await garbled(paid)
    paid.vendors.balance = '200.00000'
    await paid.rig.night(nightMs(3))
    expect(await openCodes(paid.rig)).toEqual([])
    expect(await balanceOf(paid.rig, '1310:panel')).toBe(20_000_000_000n)
    expect(await balanceOf(paid.rig, '1330:panel')).toBe(0n)
  })
})

describeOnSqlite('a wallet', (fresh) => {
  it('begins with its first look, and anew with the balance that is stated later', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await rig.importOrders(
      nightMs(1),
      'panel',
      history('1,2026-02-20 10:00:00,http://x,1.00000,0,1000,1,In progress,1000'),
    )
    vendors.orders.set('1', RUNNING)
    vendors.balance = '50.00000'
    expect(differencesOf(await rig.night(nightMs(1)))).toMatchObject(NO_DIFFERENCE)
    expect(await balanceOf(rig, '3900')).toBe(-5_000_000_000n)
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual([])
    await rig.importEvidence(nightMs(2), payments('2026-02-15,panel,opening-balance,51,USD,,'))
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual(['charge 1.00000000 on 2026-02-20'])
    expect(differencesOf(await rig.night(nightMs(2)))).toMatchObject(NO_DIFFERENCE)
    expect(await balanceOf(rig, '3900')).toBe(-5_100_000_000n)
    expect(await openCodes(rig)).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('that fell beyond its known orders is an item the night after, until the list explains it', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1'])
    vendors.balance = '96.50000'
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual([])
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual(['panel WALLET_DIFFERS wallet'])
    expect(await amountOf(book, 'WALLET_DIFFERS')).toBe(-250_000_000n)
    await rig.importOrders(nightMs(3), 'panel', history('5,2026-03-02 09:00:00,http://x,2.50,0,1000,1,Completed,0'))
    vendors.orders.set('5', { status: 'Completed', charge: '2.50000', remains: '0' })
    expect(differencesOf(await rig.night(nightMs(4)))).toMatchObject(NO_DIFFERENCE)
    expect(await openCodes(rig)).toEqual([])
  })

  it('may spend on orders nobody lists: a cost that shrinks as they come to be known', async () => {
    const book = await scriptedBook(await fresh(), { panelMore: 'unlisted: spend' })
    const { rig, vendors } = book
    await running(book, ['1'])
    vendors.balance = '96.50000'
    expect(differencesOf(await rig.night(nightMs(2)))).toMatchObject(NO_DIFFERENCE)
    expect(await balanceOf(rig, '5110:panel')).toBe(250_000_000n)
    await rig.importOrders(nightMs(3), 'panel', history('5,2026-03-02 09:00:00,http://x,2.00,0,1000,1,Completed,0'))
    vendors.orders.set('5', { status: 'Completed', charge: '2.00000', remains: '0' })
    expect(differencesOf(await rig.night(nightMs(3)))).toMatchObject(NO_DIFFERENCE)
    expect(await balanceOf(rig, '5110:panel')).toBe(50_000_000n)
    expect(await openCodes(rig)).toEqual([])
  })

  it('that was topped up pays no refunds with it, whenever the top-up is stated', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1'])
    vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '400' })
    vendors.balance = '149.00000'
    await rig.night(nightMs(2))
    expect(await balanceOf(rig, '1330:panel')).toBe(0n)
    await rig.importEvidence(nightMs(3), payments('2026-03-02,panel,top-up,50,USD,T-1,'))
    for (const night of [3, 9]) await rig.night(nightMs(night))
    expect(await balanceOf(rig, '1330:panel')).toBe(40_000_000n)
    expect(await openCodes(rig)).toEqual(['panel REFUND_MISSING refunds'])
    expect(await balanceOf(rig, '1310:panel')).toBe(14_900_000_000n)
  })

  it('that never shows a stated top-up is an item after three nights', async () => {
    const book = await scriptedBook(await fresh())
    const { rig } = book
    await running(book, ['1'])
    await rig.importEvidence(nightMs(2), payments('2026-03-02,panel,top-up,50,USD,T-1,'))
    for (const night of [2, 3, 4]) await rig.night(nightMs(night))
    expect(await openCodes(rig)).toEqual([])
    await rig.night(nightMs(5))
    expect(await openCodes(rig)).toEqual(['panel TOP_UP_MISSING unseen:top-up:T-1'])
  })

  it('keeps what a person said a difference was, and tells what is left', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1'])
    vendors.balance = '96.00000'
    for (const night of [2, 3]) await rig.night(nightMs(night))
    await resolve(rig, 3, 'WALLET_DIFFERS', 'adjustment', { amount: '2.00' })
    await rig.night(nightMs(4))
    expect(await amountOf(book, 'WALLET_DIFFERS')).toBe(-100_000_000n)
    await resolve(rig, 4, 'WALLET_DIFFERS', 'write-off')
    expect(differencesOf(await rig.night(nightMs(5)))).toMatchObject(NO_DIFFERENCE)
    expect(await openCodes(rig)).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })
})
