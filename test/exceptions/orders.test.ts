/** Orders whose refund or charge waits for a person's word: what each word books, and when the question comes back. */
import { expect, it } from 'vitest'
import { HOUR_MS, nightMs } from '../pipeline/harness.ts'
import { balanceOf, exceptionsOf, openCodes, storyOf } from '../pipeline/reads.ts'
import { payments } from '../pipeline/scripted-book.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { decide, eventsOf, expectSameAfterReplay, numberOf, PERSON, resolve, units, walletBook } from './support.ts'

const PARTIAL = { status: 'Partial', charge: '1.00000', remains: '400' }

/** A panel known to leave its charge: the wallet has proven three partial refunds. */
async function grossPanel(database: Parameters<typeof walletBook>[0]) {
  const book = await walletBook(database, ['1', '2', '3', '4', '5'])
  for (const id of ['1', '2', '3']) book.vendors.orders.set(id, PARTIAL)
  book.vendors.balance = '96.20000'
  await book.rig.night(nightMs(2))
  expect(await openCodes(book.rig)).toEqual([])
  return book
}

describeOnSqlite('a refund that is due and does not come', (fresh) => {
  it('stays closed once the panel has denied it, and opens when another amount is due', async () => {
    const { rig, vendors } = await grossPanel(await fresh())
    vendors.orders.set('4', PARTIAL)
    await rig.night(nightMs(3))
    const number = await numberOf(rig, 'REFUND_MISSING')
    await resolve(rig, 3, 'REFUND_MISSING', 'denied')
    await rig.night(nightMs(4))
    await rig.night(nightMs(5))
    expect(await openCodes(rig)).toEqual([])
    expect(await eventsOf(rig, number)).toEqual(['opened', 'resolved as denied'])
    vendors.orders.set('4', { ...PARTIAL, remains: '600' })
    await rig.night(nightMs(16)) // Finished orders are asked about ever more seldom.
    expect(await exceptionsOf(rig)).toMatchObject([{ code: 'REFUND_MISSING', amount: units('0.60'), number }])
    await expectSameAfterReplay(rig)
  })

  it('is still proven by the wallet after a person was told that it is denied', async () => {
    const { rig, vendors } = await grossPanel(await fresh())
    vendors.orders.set('4', PARTIAL)
    await rig.night(nightMs(3))
    await resolve(rig, 3, 'REFUND_MISSING', 'denied')
    vendors.balance = '96.60000'
    await rig.night(nightMs(4))
    expect(await storyOf(rig, 'panel', 'order:4')).toContain('refund 0.40000000 on 2026-03-04')
    expect(await openCodes(rig)).toEqual([])
  })

  it('is not proven by a difference that stood when a person was told that it is denied', async () => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    vendors.balance = '101.00000' // Something by hand.
    await rig.night(nightMs(2))
    // Two orders are canceled, and one is credited.
    await rig.addOrders(nightMs(3), 'panel', ['2', '3'])
    for (const id of ['2', '3']) vendors.orders.set(id, { status: 'Canceled', charge: '1.00000', remains: '1000' })
    vendors.balance = '100.00000'
    await rig.night(nightMs(3))
    const word = { decide: 'resolve', reference: null, date: null, ...PERSON } as const
    const said = new Map([
      ['order:2', { ...word, as: 'received', amount: String(units('1')) } as const],
      ['order:3', { ...word, as: 'denied', amount: null } as const],
    ])
    for (const { number, object } of await exceptionsOf(rig)) {
      const decision = said.get(object)
      if (decision !== undefined) await decide(rig, nightMs(3) + HOUR_MS, number, decision)
    }
    await rig.night(nightMs(4))
    expect(await storyOf(rig, 'panel', 'order:3')).toEqual(['charge 1.00000000 on 2026-03-03'])
    expect(await openCodes(rig)).toEqual(['panel MISSING_IN_BOOKS wallet'])
    // What comes later is what it is.
    vendors.balance = '101.00000'
    await rig.night(nightMs(5))
    expect(await storyOf(rig, 'panel', 'order:3')).toContain('refund 1.00000000 on 2026-03-05')
    await expectSameAfterReplay(rig)
  })

  it('is booked when a person says it was received, and only as far as it was charged', async () => {
    const { rig, vendors } = await grossPanel(await fresh())
    vendors.orders.set('4', PARTIAL)
    await rig.night(nightMs(3))
    await expect(resolve(rig, 3, 'REFUND_MISSING', 'received', { amount: '1.01' })).rejects.toThrow(
      /of order 4 1\.00000000 is charged and 0\.00000000 refunded, which leaves no room for 1\.01000000/,
    )
    await resolve(rig, 3, 'REFUND_MISSING', 'received')
    expect(await storyOf(rig, 'panel', 'order:4')).toContain('refund 0.40000000 on 2026-03-04')
    vendors.balance = '96.60000'
    await rig.night(nightMs(4))
    expect(await openCodes(rig)).toEqual([])
    expect(await balanceOf(rig, '1310:panel')).toBe(units('96.60'))
    await expectSameAfterReplay(rig)
  })
})

describeOnSqlite('a refunded order that is open again', (fresh) => {
  it.each([
    ['refund-stands', '95.40'],
    ['refund-taken-back', '95.00'],
  ] as const)('is settled by %s', async (as, wallet) => {
    const { rig, vendors } = await grossPanel(await fresh())
    vendors.orders.set('4', PARTIAL)
    vendors.balance = '96.60000'
    await rig.night(nightMs(3))
    vendors.orders.set('4', { status: 'In progress', charge: '1.00000', remains: '400' })
    await rig.night(nightMs(4))
    expect(await openCodes(rig)).toEqual(['panel STATUS_REGRESSION order:4'])
    await resolve(rig, 4, 'STATUS_REGRESSION', as)
    const expected = units(wallet) + units('1.20')
    expect(await balanceOf(rig, '1310:panel')).toBe(expected)
    vendors.balance = as === 'refund-stands' ? '96.60000' : '96.20000'
    await rig.night(nightMs(5))
    expect(await openCodes(rig)).toEqual([])
    await expectSameAfterReplay(rig)
  })
})

describeOnSqlite('a parent that carries a charge', (fresh) => {
  it.each([
    ['book', '97.00'],
    ['ignore', '98.00'],
  ] as const)('is decided by %s', async (as, booked) => {
    const { rig, vendors } = await walletBook(await fresh(), ['1', '2'])
    await rig.addOrders(nightMs(1), 'panel', ['9'])
    vendors.orders.set('9', { status: 'Completed', charge: '1.00000', remains: '0', orders: ['1', '2'] })
    vendors.balance = '90.00000' // Explains neither.
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toContain('panel PARENT_CHARGE order:9')
    await resolve(rig, 2, 'PARENT_CHARGE', as)
    expect(await balanceOf(rig, '1310:panel')).toBe(units(booked))
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual(['panel MISSING_IN_BOOKS wallet'])
    await expectSameAfterReplay(rig)
  })
})

describeOnSqlite('a parent that was booked before it named its children', (fresh) => {
  it('stays as it is booked by a word', async () => {
    const { rig, vendors } = await walletBook(await fresh(), ['1', '2'])
    await rig.addOrders(nightMs(1), 'panel', ['9'])
    vendors.orders.set('9', { status: 'In progress', charge: '1.00000', remains: '0' })
    await rig.night(nightMs(2))
    const booked = await balanceOf(rig, '1310:panel')
    vendors.orders.set('9', { status: 'In progress', charge: '1.00000', remains: '0', orders: ['1', '2', '3'] })
    vendors.orders.set('3', { status: 'In progress', charge: '0.00000', remains: '0' })
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toContain('panel PARENT_CHARGE order:9')
    await resolve(rig, 3, 'PARENT_CHARGE', 'book')
    await rig.night(nightMs(4))
    expect(await openCodes(rig)).not.toContain('panel PARENT_CHARGE order:9')
    expect(await balanceOf(rig, '1310:panel')).toBe(booked)
    await expectSameAfterReplay(rig)
  })
})

describeOnSqlite('a row that was refused as a duplicate', (fresh) => {
  const rows = payments('2026-03-02,panel,top-up,25.00,USD,PAY-1,', '2026-03-02,panel,top-up,30.00,USD,PAY-1,')

  it('is booked under a reference of its own when it is none', async () => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    await rig.importEvidence(nightMs(2), rows)
    expect(await balanceOf(rig, '1310:panel')).toBe(units('130.00'))
    await resolve(rig, 2, 'DUPLICATE', 'not-a-duplicate')
    expect(await balanceOf(rig, '1310:panel')).toBe(units('155.00'))
    expect(await storyOf(rig, 'panel', 'top-up:PAY-1/2')).toEqual(['top-up 25.00000000 on 2026-03-02'])
    vendors.balance = '155.00000'
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual([])
    await expectSameAfterReplay(rig)
  })

  it('stays out when it is one', async () => {
    const { rig } = await walletBook(await fresh(), [])
    await rig.importEvidence(nightMs(2), rows)
    await resolve(rig, 2, 'DUPLICATE', 'keep')
    expect(await openCodes(rig)).toEqual([])
    expect(await balanceOf(rig, '1310:panel')).toBe(units('130.00'))
  })
})
