/** Refunds as stories of a few orders: claimed, waiting, proven by a verdict or by the wallet, found late, taken back. */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { balanceOf, differencesOf, exceptionsOf, openCodes, ordersOf, storyOf, verdictsOf } from './reads.ts'
import { history, payments, scriptedBook, type ScriptedBook } from './scripted-book.ts'

const OPENING = payments('2026-03-01,panel,opening-balance,100,USD,,')

/** Orders of 1.00 each for 1000 units, placed on the first day, running on the first night. */
async function running(book: ScriptedBook, ids: readonly string[]): Promise<void> {
  const { rig, vendors } = book
  const rows = ids.map((id) => `${id},2026-03-01 10:00:00,http://x,1.00000,0,1000,1,In progress,1000`)
  await rig.importOrders(nightMs(1), 'panel', history(...rows))
  for (const id of ids) vendors.orders.set(id, { status: 'In progress', charge: '1.00000', remains: '1000' })
  vendors.balance = `${100 - ids.length}.00000`
  await rig.importEvidence(nightMs(1), OPENING)
  expect(differencesOf(await rig.night(nightMs(1)))).toMatchObject({ panel: '0.00000000' })
}

describeOnSqlite('a panel whose charge falls', (fresh) => {
  it('is believed from the third consistent order on, and then every waiting refund is posted and its exception closed', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1', '2', '3', '4'])
    vendors.orders.set('1', { status: 'Canceled', charge: '0.00000', remains: '1000' })
    vendors.orders.set('2', { status: 'Canceled', charge: '0.00000', remains: '0' })
    vendors.balance = '97.50000' // Something else moved too, so the wallet proves nothing.
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual(['charge 1.00000000 on 2026-03-01'])
    expect(await openCodes(rig)).toEqual([
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:1',
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:2',
      'panel MISSING_IN_BOOKS wallet',
    ])
    vendors.orders.set('3', { status: 'Canceled', charge: '0.00000', remains: '1000' })
    vendors.balance = '99.00000'
    await rig.night(nightMs(3))
    expect(await verdictsOf(rig, 'panel')).toEqual(['cancel net'])
    // It counts on the day it was proven.
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual([
      'charge 1.00000000 on 2026-03-01',
      'refund 1.00000000 on 2026-03-03',
    ])
    expect(await storyOf(rig, 'panel', 'order:3')).toContain('refund 1.00000000 on 2026-03-03')
    expect(await openCodes(rig)).toEqual([])
    expect(await exceptionsOf(rig, 'closed')).toHaveLength(3)
    expect(await balanceOf(rig, '1310:panel')).toBe(9_900_000_000n)
  })

  it('is not believed for partial orders because it was for canceled ones', async () => {
    const book = await scriptedBook(await fresh())
    await running(book, ['1', '2', '3', '4'])
    for (const id of ['1', '2', '3']) book.vendors.orders.set(id, { status: 'Canceled', charge: '0', remains: '1000' })
    book.vendors.orders.set('4', { status: 'Partial', charge: '0.60000', remains: '400' })
    book.vendors.balance = '99.10000'
    await book.rig.night(nightMs(2))
    expect(await storyOf(book.rig, 'panel', 'order:4')).toEqual(['charge 1.00000000 on 2026-03-01'])
    expect((await ordersOf(book.rig, 'panel')).get('4')?.pending).toBe('CHARGE_SEMANTICS_AMBIGUOUS')
  })
})

describeOnSqlite('a parent order without a charge', (fresh) => {
  it('has its children asked about the same night, and is never counted with them', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['4'])
    vendors.orders.set('4', { status: 'In progress', runs: '2', orders: ['41', '42'] })
    for (const id of ['41', '42']) vendors.orders.set(id, { status: 'In progress', charge: '0.50000' })
    vendors.balance = '98.00000'
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:41')).toHaveLength(1)
    expect(await storyOf(rig, 'panel', 'order:42')).toHaveLength(1)
    expect(await storyOf(rig, 'panel', 'order:4')).toHaveLength(1)
    expect(await openCodes(rig)).toEqual([])
  })
})

describeOnSqlite('a parent order with a charge', (fresh) => {
  const CHILDREN = { '71': { status: 'In progress', charge: '4.50' }, '72': { status: 'In progress', charge: '4.50' } }

  async function parent(database: Parameters<typeof scriptedBook>[0], charge: string, childCharge = '4.50') {
    const book = await scriptedBook(database)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), OPENING)
    await rig.addOrders(nightMs(1), 'panel', ['70'])
    vendors.orders.set('70', { status: 'In progress', charge, orders: ['71', '72'] })
    for (const [id, order] of Object.entries(CHILDREN)) vendors.orders.set(id, { ...order, charge: childCharge })
    return book
  }

  it('of nothing has its children registered and booked', async () => {
    const { rig, vendors } = await parent(await fresh(), '0')
    vendors.balance = '91.00000'
    expect(differencesOf(await rig.night(nightMs(1)))['panel']).toBe('0.00000000')
    expect(await storyOf(rig, 'panel', 'order:72')).toEqual(['charge 4.50000000 on 2026-03-01'])
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual([])
    expect(await openCodes(rig)).toEqual([])
  })

  it('that only its children were charged for is never booked beside them', async () => {
    const { rig, vendors } = await parent(await fresh(), '9.00')
    await rig.addOrders(nightMs(1), 'panel', ['71', '72'])
    vendors.balance = '91.00000'
    for (const night of [1, 2, 3]) {
      expect(differencesOf(await rig.night(nightMs(night)))['panel']).toBe('0.00000000')
      expect(await openCodes(rig)).toEqual([])
    }
    expect(await balanceOf(rig, '5100:panel')).toBe(900_000_000n)
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('that was charged itself is booked when the wallet lacks just that', async () => {
    const { rig, vendors } = await parent(await fresh(), '9.00', '0')
    vendors.balance = '91.00000'
    expect(differencesOf(await rig.night(nightMs(1)))['panel']).toBe('0.00000000')
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual(['charge 9.00000000 on 2026-03-01'])
    expect(await openCodes(rig)).toEqual([])
    vendors.orders.set('70', { status: 'Completed', charge: '9.00', orders: ['71', '72'] })
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('is held while the wallet tells neither, and the exception says for what', async () => {
    const { rig, vendors } = await parent(await fresh(), '9.00')
    vendors.balance = '88.00000'
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toEqual(['panel MISSING_IN_BOOKS wallet', 'panel PARENT_CHARGE order:70'])
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual([])
    vendors.balance = '91.00000'
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual([])
  })

  it('leaves what may be the credit of a refund to that refund, however small', async () => {
    const { rig, vendors } = await parent(await fresh(), '9.00000', '4.50000')
    await rig.addOrders(nightMs(1), 'panel', ['80', '81'])
    for (const id of ['80', '81']) vendors.orders.set(id, { status: 'Canceled', charge: '0.00002', remains: '1000' })
    vendors.balance = '90.99998' // 91, less both orders, and one of them credited.
    await rig.night(nightMs(1))
    expect(await balanceOf(rig, '6950')).toBe(0n)
    expect((await openCodes(rig)).filter((code) => code.endsWith(' wallet'))).toHaveLength(1)
  })

  it('that was booked before it named children says so when it names them', async () => {
    const { rig, vendors } = await parent(await fresh(), '9.00')
    vendors.orders.set('70', { status: 'Pending', charge: '9.00' })
    vendors.balance = '91.00000'
    await rig.night(nightMs(1))
    vendors.orders.set('70', { status: 'In progress', charge: '9.00', orders: ['71', '72'] })
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual(['panel MISSING_IN_BOOKS wallet', 'panel PARENT_CHARGE order:70'])
  })
})

describeOnSqlite('a panel whose charge stays', (fresh) => {
  it('has its refunds proven by the wallet, however few; three make a verdict', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1', '2', '3'])
    vendors.orders.set('1', { status: 'Canceled', charge: '1.00000', remains: '1000' })
    vendors.orders.set('2', { status: 'Canceled', charge: '1.00000', remains: '1000' })
    vendors.balance = '99.00000'
    await rig.night(nightMs(2))
    expect(await verdictsOf(rig, 'panel')).toEqual(['cancel unknown'])
    expect(await storyOf(rig, 'panel', 'order:1')).toContain('refund 1.00000000 on 2026-03-02')
    vendors.orders.set('3', { status: 'Canceled', charge: '1.00000', remains: '1000' })
    vendors.balance = '100.00000'
    const report = await rig.night(nightMs(3))
    expect(await verdictsOf(rig, 'panel')).toEqual(['cancel gross'])
    expect(await storyOf(rig, 'panel', 'order:3')).toContain('refund 1.00000000 on 2026-03-03')
    expect(differencesOf(report)['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
  })

  it('that rounds down is learned as such, also after cancellations that show no rounding', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1', '2', '3', '4', '5', '6'])
    for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'Canceled', charge: '1.00000', remains: '1000' })
    vendors.balance = '97.00000'
    await rig.night(nightMs(2))
    expect(await verdictsOf(rig, 'panel')).toEqual(['cancel gross'])
    for (const id of ['4', '5', '6']) vendors.orders.set(id, { status: 'In progress', charge: '1.33333', remains: '9' })
    vendors.balance = '96.00001'
    await rig.night(nightMs(3))
    // 500 of 1000 at 1.33333 is 0.666665: down to 0.66666, half up to 0.66667.
    for (const id of ['4', '5', '6']) vendors.orders.set(id, { status: 'Partial', charge: '1.33333', remains: '500' })
    vendors.balance = '97.99999'
    const report = await rig.night(nightMs(4))
    expect(differencesOf(report)['panel']).toBe('0.00000000')
    expect(await storyOf(rig, 'panel', 'order:4')).toContain('refund 0.66666000 on 2026-03-04')
    expect(await openCodes(rig)).toEqual([])
    await rig.night(nightMs(5))
    expect(await openCodes(rig)).toEqual([])
  })

  it('is not proven at two decimals by a charge that has dropped a zero, while others of the panel show three', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    const rows = [
      '1,2026-03-01 10:00:00,http://x,33.131,0,510,1,In progress,510',
      '2,2026-03-01 10:00:00,http://x,57.34,0,870,1,In progress,870',
    ]
    await rig.importOrders(nightMs(1), 'panel', history(...rows))
    vendors.orders.set('1', { status: 'In progress', charge: '33.131', remains: '510' })
    vendors.orders.set('2', { status: 'In progress', charge: '57.34', remains: '870' })
    // 9.529, and then 3.361 more: 51 of 870 pieces of 57.34 to three decimals.
    vendors.balance = '9.53'
    await rig.importEvidence(nightMs(1), OPENING)
    await rig.night(nightMs(1))
    vendors.orders.set('2', { status: 'Partial', charge: '57.34', remains: '51' })
    vendors.balance = '12.89'
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:2')).toEqual(['charge 57.34000000 on 2026-03-01'])
    expect((await openCodes(rig)).join()).toContain('order:2')
  })

  it('is proven also when the wallet always follows a day later', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    const ids = ['1', '2', '3', '4', '5', '6', '7', '8', '9']
    await running(book, ids)
    const cancel = (some: readonly string[]): void => {
      for (const id of some) vendors.orders.set(id, { status: 'Canceled', charge: '1.00000', remains: '1000' })
    }
    cancel(['1', '2', '3'])
    await rig.night(nightMs(2))
    cancel(['4', '5'])
    vendors.balance = '94.00000'
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:3')).toContain('refund 1.00000000 on 2026-03-03')
    cancel(['6'])
    vendors.balance = '96.00000'
    await rig.night(nightMs(4))
    expect(await storyOf(rig, 'panel', 'order:5')).toContain('refund 1.00000000 on 2026-03-04')
    expect(await storyOf(rig, 'panel', 'order:6')).toHaveLength(1)
    vendors.balance = '97.00000'
    await rig.night(nightMs(5))
    expect(await openCodes(rig)).toEqual([])
  })

  it('posts nothing while the wallet does not show the refund, and says so', async () => {
    const book = await scriptedBook(await fresh())
    await running(book, ['1', '2', '3'])
    for (const id of ['1', '2', '3']) book.vendors.orders.set(id, { status: 'Canceled', charge: '1.00', remains: '9' })
    await book.rig.night(nightMs(2))
    expect(await openCodes(book.rig)).toEqual([
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:1',
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:2',
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:3',
    ])
    expect(await balanceOf(book.rig, '5190:panel')).toBe(0n)
  })
})

describeOnSqlite('a verdict', (fresh) => {
  it('that the panel nets is taken back when the wallet proves a refund at an unchanged charge', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1', '2', '3', '4', '5'])
    for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'Canceled', charge: '0.00', remains: '1000' })
    vendors.balance = '98.00000'
    await rig.night(nightMs(2))
    expect(await verdictsOf(rig, 'panel')).toEqual(['cancel net'])
    vendors.orders.set('4', { status: 'Canceled', charge: '1.00000', remains: '1000' })
    vendors.balance = '99.00000'
    await rig.night(nightMs(3))
    expect(await verdictsOf(rig, 'panel')).toEqual(['cancel unknown'])
    expect(await storyOf(rig, 'panel', 'order:4')).toContain('refund 1.00000000 on 2026-03-03')
    // Without the verdict a fall is only a claim, and this one the wallet does not show.
    vendors.orders.set('5', { status: 'Canceled', charge: '0.00', remains: '1000' })
    await rig.night(nightMs(4))
    expect(await storyOf(rig, 'panel', 'order:5')).toEqual(['charge 1.00000000 on 2026-03-01'])
    // What was posted on the old verdict stays: each was proven by its own fall.
    expect(await storyOf(rig, 'panel', 'order:1')).toContain('refund 1.00000000 on 2026-03-02')
  })

  it('that the panel does not net is taken back when a charge falls to zero', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1', '2', '3', '4'])
    for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'Canceled', charge: '1.00', remains: '1000' })
    vendors.balance = '99.00000'
    await rig.night(nightMs(2))
    expect(await verdictsOf(rig, 'panel')).toEqual(['cancel gross'])
    vendors.orders.set('4', { status: 'Canceled', charge: '0.00', remains: '1000' })
    await rig.night(nightMs(3))
    expect(await verdictsOf(rig, 'panel')).toEqual(['cancel unknown'])
    expect(await storyOf(rig, 'panel', 'order:4')).toEqual(['charge 1.00000000 on 2026-03-01'])
  })
})

describeOnSqlite('a refund the panel takes back', (fresh) => {
  it('is reversed at a panel known to be net, in part or in full', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1', '2', '3', '4', '5'])
    for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'Partial', charge: '0.60000', remains: '400' })
    vendors.orders.set('4', { status: 'Completed', charge: '0.20000' })
    vendors.orders.set('5', { status: 'Canceled', charge: '0.60000', remains: '400' })
    vendors.balance = '97.40000'
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:4')).toContain('refund 0.80000000 on 2026-03-02')
    vendors.orders.set('4', { status: 'Completed', charge: '1.00000' })
    vendors.balance = '96.60000'
    const report = await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:4')).toEqual([
      'charge 1.00000000 on 2026-03-01',
      'refund 0.80000000 on 2026-03-02',
      'refund -0.80000000 on 2026-03-03',
    ])
    expect(differencesOf(report)['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
  })

  it('asks a person at a panel whose charge stays, and closes when the panel says again what it said', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, ['1', '2', '3'])
    for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'Partial', charge: '1.00000', remains: '800' })
    vendors.balance = '99.40000'
    await rig.night(nightMs(2))
    expect(await verdictsOf(rig, 'panel')).toEqual(['partial gross'])
    vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '100' })
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:1')).toHaveLength(2)
    expect(await exceptionsOf(rig)).toEqual([
      expect.objectContaining({ code: 'STATUS_REGRESSION', object: 'order:1', amount: -70_000_000n }),
    ])
    vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '800' })
    await rig.night(nightMs(4))
    expect(await openCodes(rig)).toEqual([])
  })
})

describeOnSqlite('a late refund', (fresh) => {
  it('on a finished order that is not due is found the same night, because the wallet does not tie', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await lateRefund(book)
    vendors.asked.length = 0
    const report = await rig.night(nightMs(7))
    expect(vendors.asked).toContain('4')
    expect(await storyOf(rig, 'panel', 'order:4')).toEqual([
      'charge 1.00000000 on 2026-03-01',
      'refund 0.40000000 on 2026-03-07',
    ])
    expect(differencesOf(report)['panel']).toBe('0.00000000')
  })

  it('is looked for again when the first look was cut off', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await lateRefund(book)
    vendors.instead.set(vendors.requests() + 1, { status: 429, type: 'text/plain', body: 'slow down' })
    await rig.night(nightMs(7))
    expect(await storyOf(rig, 'panel', 'order:4')).toHaveLength(1)
    vendors.instead.clear()
    await rig.night(nightMs(8))
    expect(await storyOf(rig, 'panel', 'order:4')).toContain('refund 0.40000000 on 2026-03-08')
  })

  it('is not looked for when the source forbids it', async () => {
    const book = await scriptedBook(await fresh(), { panelMore: 'sweepLimit: 0' })
    await lateRefund(book)
    book.vendors.asked.length = 0
    await book.rig.night(nightMs(7))
    expect(book.vendors.asked).not.toContain('4')
    expect(await openCodes(book.rig)).toContain('panel MISSING_IN_BOOKS wallet')
  })
})

/** Three partial orders make the verdict; order 4 completes and is refunded while it is not due (next on night 10). */
async function lateRefund(book: ScriptedBook): Promise<void> {
  const { rig, vendors } = book
  await running(book, ['1', '2', '3', '4'])
  for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'Partial', charge: '0.60000', remains: '400' })
  vendors.orders.set('4', { status: 'Completed', charge: '1.00000', remains: '0' })
  vendors.balance = '97.20000'
  for (const night of [2, 3, 4, 6]) await rig.night(nightMs(night))
  expect(await verdictsOf(rig, 'panel')).toEqual(['partial net'])
  vendors.orders.set('4', { status: 'Partial', charge: '0.60000', remains: '400' })
  vendors.balance = '97.60000'
}
