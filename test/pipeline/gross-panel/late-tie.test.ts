/** An order that is registered late, already net of its refund: where the wallet then ties, nothing more came back. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../../support/databases.ts'
import { nightMs } from '../harness.ts'
import { exceptionsOf, ordersOf } from '../reads.ts'
import { history, payments, scriptedBook } from '../scripted-book.ts'

describeOnSqlite('an order found late and partly refunded', (fresh) => {
  it('is refunded no more by the credit that its charge is net of', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    vendors.balance = '100.00000'
    await rig.night(nightMs(1))
    // Placed on the site for 0.03806, before the second night; nobody told of it.
    vendors.balance = '99.96194'
    await rig.night(nightMs(2))
    // 9 of 27 were not delivered: 0.01 came back, and the charge fell by it. A third of what is left rounds to 0.01, too.
    vendors.orders.set('1', { status: 'Partial', charge: '0.02806', remains: '9' })
    vendors.balance = '99.97194'
    await rig.importOrders(nightMs(3), 'panel', history('1,2026-03-02 10:00:00,http://x,0.02806,0,27,1,Partial,9'))
    await rig.night(nightMs(3))
    expect((await ordersOf(rig, 'panel')).get('1')?.refunded).toBe(0n)
    expect((await exceptionsOf(rig)).filter(({ object }) => object === 'wallet')).toEqual([])
  })

  it('is not refunded where its charge and that of a newer one come to be known together', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    vendors.balance = '100.00000'
    await rig.night(nightMs(1))
    // The first was placed before the second night and never refunded, the other one after it; nobody tells the days.
    vendors.balance = '98.00000'
    await rig.night(nightMs(2))
    vendors.orders.set('1', { status: 'Canceled', charge: '2.00000', remains: '27' })
    vendors.orders.set('2', { status: 'In progress', charge: '5.00000', remains: '27' })
    vendors.balance = '93.00000'
    await rig.addOrders(nightMs(3), 'panel', ['1', '2'])
    await rig.night(nightMs(3))
    expect((await ordersOf(rig, 'panel')).get('1')?.refunded).toBe(0n)
  })

  it('is not refunded by the wallet that ties once its charge is known', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    vendors.balance = '100.00000'
    await rig.night(nightMs(1))
    vendors.balance = '98.00000'
    await rig.night(nightMs(2))
    // Canceled, and the refund never came: the wallet has stood still since.
    vendors.orders.set('1', { status: 'Canceled', charge: '2.00000', remains: '27' })
    await rig.importOrders(nightMs(3), 'panel', history('1,2026-03-02 10:00:00,http://x,2.00,0,27,1,Canceled,27'))
    await rig.night(nightMs(3))
    expect((await ordersOf(rig, 'panel')).get('1')?.refunded).toBe(0n)
  })
})
