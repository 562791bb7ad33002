/** Charges that come into the books after a look at a wallet that had paid them: what they take up is no refund's credit. */
import { expect, it } from 'vitest'
import { describeDatabases, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { openCodes, storyOf } from './reads.ts'
import { history, payments, scriptedBook } from './scripted-book.ts'

const UNREAD = { status: 'In progress', charge: 'nine' }

function canceled(charge: string) {
  return { status: 'Canceled', charge, remains: '1000' }
}

describeDatabases('an order that was listed before a look at the wallet, and answered after it', (fresh) => {
  it('is not refunded by what its own charge takes up', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.importOrders(nightMs(1), 'panel', history('1,2026-03-01 10:00:00,http://x,,0,1000,1,In progress,1000'))
    vendors.orders.set('1', { status: 'In progress', charge: '5.00000', remains: '1000' })
    vendors.balance = '95.00000'
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toEqual([])
    // The panel takes 7 for another order and gives 5 back for the first: nobody can read what it says of them.
    await rig.importOrders(nightMs(2), 'panel', history('2,2026-03-02 10:00:00,http://x,,0,1000,1,In progress,1000'))
    for (const id of ['1', '2']) vendors.orders.set(id, UNREAD)
    vendors.balance = '93.00000'
    await rig.night(nightMs(2))
    vendors.orders.set('1', canceled('0.00000'))
    vendors.orders.set('2', canceled('7.00000'))
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:2')).toEqual(['charge 7.00000000 on 2026-03-02'])
    expect(await openCodes(rig)).toEqual([
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:1',
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:2',
      'panel MISSING_IN_BOOKS wallet',
    ])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })
})

describeDatabases('one of several orders without a day', (fresh) => {
  it('that was charged before a look is no refund beside the charge of a parent', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    // Order 71, which nobody has told of, is charged in the first night: canceled, and never credited.
    vendors.balance = '97.00000'
    await rig.night(nightMs(1))
    await rig.addOrders(nightMs(2), 'panel', ['71', '72', '80'])
    vendors.orders.set('71', canceled('3.00000'))
    vendors.orders.set('72', { status: 'In progress', charge: '3.00000', remains: '1000' })
    vendors.orders.set('80', { status: 'In progress', charge: '9.00000', orders: ['81'] })
    vendors.orders.set('81', { status: 'In progress', charge: '0.00000' })
    vendors.balance = '85.00000'
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:71')).toEqual(['charge 3.00000000 on 2026-03-02'])
    expect(await openCodes(rig)).toContain('panel CHARGE_SEMANTICS_AMBIGUOUS order:71')
    await expectReplays(rig, await opened(newSqliteUrl()))
  })
})
