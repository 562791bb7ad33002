/**
 * Runs of a drip-feed whose days a list tells: the whole was debited with the parent, so a run dated after a look at the wallet
 * may have been in it before, and what the books take up of it shows no refund.
 */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { netCostByOrder, openCodes, storyOf } from './reads.ts'
import { history, payments, scriptedBook } from './scripted-book.ts'

function listed(id: string, day: string): string {
  return `${id},${day} 10:00:00,http://x,,0,1000,1,Completed,0`
}

const CANCELED = { status: 'Canceled', charge: '3.00000', remains: '1000' }

describeOnSqlite('runs that are listed with days after a look', (fresh) => {
  it.each([
    ['as it was', '91.00000', []],
    ['with one credit', '94.00000', ['panel MISSING_IN_BOOKS wallet']],
  ])('and were debited before prove no refunds, the wallet being %s', async (_, balance, codes) => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    // A drip-feed of three runs that nobody has told of.
    vendors.balance = '91.00000'
    await rig.night(nightMs(1))
    await rig.night(nightMs(2))
    const rows = [listed('70', '2026-03-01'), listed('71', '2026-03-01'), listed('72', '2026-03-02')]
    await rig.importOrders(nightMs(4), 'panel', history(...rows, listed('73', '2026-03-03')))
    vendors.orders.set('70', { status: 'Completed', runs: '3', orders: ['71', '72', '73'] })
    for (const id of ['71', '73']) vendors.orders.set(id, CANCELED)
    vendors.orders.set('72', { status: 'Completed', charge: '3.00000', remains: '0' })
    vendors.balance = balance
    await rig.night(nightMs(4))
    expect(await netCostByOrder(rig, 'panel')).toEqual(
      new Map([
        ['71', 300_000_000n],
        ['72', 300_000_000n],
        ['73', 300_000_000n],
      ]),
    )
    expect(await openCodes(rig)).toEqual([
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:71',
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:73',
      ...codes,
    ])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('and were made by a parent after it are charged since', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    vendors.balance = '99.23000' // Something by hand.
    await rig.night(nightMs(1))
    await rig.night(nightMs(2))
    await rig.importOrders(nightMs(4), 'panel', history(listed('70', '2026-03-03'), listed('71', '2026-03-03')))
    vendors.orders.set('70', { status: 'Completed', runs: '1', orders: ['71'] })
    vendors.orders.set('71', CANCELED)
    await rig.night(nightMs(4))
    expect(await storyOf(rig, 'panel', 'order:71')).toHaveLength(2)
    expect(await openCodes(rig)).toEqual(['panel MISSING_IN_BOOKS wallet'])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('take nothing of a later parent where their own was debited before', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.night(nightMs(1))
    await rig.importOrders(nightMs(2), 'panel', history(listed('70', '2026-03-02')))
    vendors.orders.set('70', { status: 'In progress', charge: '9.00000', orders: ['71'] })
    vendors.orders.set('71', { status: 'In progress', charge: 'nine' })
    vendors.balance = '91.00000'
    await rig.night(nightMs(2))
    await rig.importOrders(nightMs(3), 'panel', history(listed('72', '2026-03-03'), listed('80', '2026-03-03')))
    vendors.orders.set('70', { status: 'In progress', charge: '9.00000', orders: ['71', '72'] })
    vendors.orders.set('72', { status: 'In progress', charge: '3.00000' })
    vendors.orders.set('80', { status: 'In progress', charge: '6.00000', orders: ['81'] })
    vendors.orders.set('81', { status: 'In progress', charge: '0.00000' })
    vendors.balance = '85.00000'
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:80')).toEqual(['charge 6.00000000 on 2026-03-03'])
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('and were rounded one by one leave open which cent came back', async () => {
    // The whole was 10.00, its runs are 3.33 each: 1.67 that came back look like 1.66 that a panel which cuts off gives back.
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.night(nightMs(1))
    await rig.night(nightMs(2))
    const rows = ['70', '71', '72', '73'].map((id) => listed(id, '2026-03-03'))
    await rig.importOrders(nightMs(3), 'panel', history(...rows))
    vendors.orders.set('70', { status: 'Completed', runs: '3', orders: ['71', '72', '73'] })
    vendors.orders.set('71', { status: 'Partial', charge: '3.33', remains: '500' })
    for (const id of ['72', '73']) vendors.orders.set(id, { status: 'Completed', charge: '3.33', remains: '0' })
    vendors.balance = '91.67'
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:71')).toEqual(['charge 3.33000000 on 2026-03-03'])
    expect(await openCodes(rig)).toEqual(['panel CHARGE_SEMANTICS_AMBIGUOUS order:71', 'panel MISSING_IN_BOOKS wallet'])
    // What no run lies beside is proven.
    await rig.importOrders(nightMs(4), 'panel', history(listed('74', '2026-03-04')))
    vendors.orders.set('74', { status: 'Canceled', charge: '3.21', remains: '1000' })
    await rig.night(nightMs(4))
    expect(await storyOf(rig, 'panel', 'order:74')).toContain('refund 3.21000000 on 2026-03-04')
    await expectReplays(rig, await opened(newSqliteUrl()))
  })
})
