/** Charges that come into the books after a look at a wallet that had paid them: what they take up is no refund's credit. */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { openCodes, storyOf } from './reads.ts'
import { history, payments, scriptedBook } from './scripted-book.ts'

const UNREAD = { status: 'In progress', charge: 'nine' }

function canceled(charge: string) {
  return { status: 'Canceled', charge, remains: '1000' }
}

describeOnSqlite('an order that was listed before a look at the wallet, and answered after it', (fresh) => {
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

describeOnSqlite('one of several orders without a day', (fresh) => {
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

describeOnSqlite('two of many orders without a day', (fresh) => {
  const OPEN = { status: 'In progress', remains: '1000' }

  it('that were charged before a look are no refund of one of them', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.addOrders(nightMs(1), 'panel', ['60'])
    vendors.orders.set('60', { ...OPEN, charge: '1.03000' })
    // Orders 71 and 72, which nobody has told of, cost 15.02 and 4.98; the first is canceled, and never credited.
    vendors.balance = '78.97000'
    await rig.night(nightMs(1))
    await rig.addOrders(nightMs(2), 'panel', ['71', '72', '73', '74', '75'])
    vendors.orders.set('60', canceled('1.03000'))
    vendors.orders.set('71', canceled('15.02000'))
    vendors.orders.set('72', { ...OPEN, charge: '4.98000' })
    vendors.orders.set('73', { ...OPEN, charge: '0.61000' })
    vendors.orders.set('74', canceled('0.47000'))
    vendors.orders.set('75', { ...OPEN, charge: '2.11000' })
    // Orders 60 and 74 are credited, the other two are debited.
    vendors.balance = '77.28000'
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:71')).toEqual(['charge 15.02000000 on 2026-03-02'])
    expect(await openCodes(rig)).toEqual([
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:60',
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:71',
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:74',
      'panel MISSING_IN_BOOKS wallet',
    ])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('that were charged before a look do not hide the charge of a parent', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    // Orders 71 and 72, of which nobody has told, cost 4 and 5.
    vendors.balance = '91.00000'
    await rig.night(nightMs(1))
    // A drip-feed at 9 is debited whole.
    await rig.importOrders(nightMs(2), 'panel', history('80,2026-03-02 10:00:00,http://x,,0,1000,1,In progress,1000'))
    await rig.addOrders(nightMs(2), 'panel', ['71', '72', '73', '74', '75'])
    for (const [id, charge] of Object.entries({ 71: '4.00', 72: '5.00', 73: '1.10', 74: '1.30', 75: '1.70' }))
      vendors.orders.set(id, { ...OPEN, charge })
    vendors.orders.set('80', { status: 'In progress', charge: '9.00000', orders: ['81'] })
    vendors.orders.set('81', { status: 'In progress', charge: '0.00000' })
    vendors.balance = '77.90000'
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:80')).toEqual(['charge 9.00000000 on 2026-03-02'])
    expect(await openCodes(rig)).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('an order first seen with its refund taken off', (fresh) => {
  async function bookedOne(charge: string, balance: string) {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.importOrders(nightMs(1), 'panel', history('1,2026-03-01 10:00:00,http://x,,0,1000,1,In progress,1000'))
    vendors.orders.set('1', { status: 'In progress', charge, remains: '1000' })
    vendors.balance = balance
    await rig.night(nightMs(1))
    return { rig, vendors }
  }

  it('is what the wallet got back, not another at the same price', async () => {
    const { rig, vendors } = await bookedOne('5.00000', '95.00000')
    // Order 2, of which nobody has told, costs as much.
    vendors.balance = '90.00000'
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual(['panel MISSING_IN_BOOKS wallet'])
    // Both are canceled, and only the second is credited. Its charge and its credit are in no books.
    vendors.orders.set('1', canceled('5.00000'))
    vendors.orders.set('2', canceled('0.00000'))
    vendors.balance = '95.00000'
    await rig.addOrders(nightMs(3), 'panel', ['2'])
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual(['charge 5.00000000 on 2026-03-01'])
    expect(await openCodes(rig)).toEqual(['panel CHARGE_SEMANTICS_AMBIGUOUS order:1'])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('is so too where it was listed before that look, and could be read only after it', async () => {
    const { rig, vendors } = await bookedOne('5.00000', '95.00000')
    await rig.importOrders(nightMs(2), 'panel', history('2,2026-03-02 10:00:00,http://x,,0,1000,1,In progress,1000'))
    vendors.orders.set('2', UNREAD)
    vendors.balance = '90.00000'
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual(['panel BAD_PAYLOAD order:2', 'panel MISSING_IN_BOOKS wallet'])
    vendors.orders.set('1', canceled('5.00000'))
    vendors.orders.set('2', canceled('0.00000'))
    vendors.balance = '95.00000'
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual(['charge 5.00000000 on 2026-03-01'])
    expect(await openCodes(rig)).toEqual(['panel CHARGE_SEMANTICS_AMBIGUOUS order:1'])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('is no refund of another where a payment and its bonus were not told either', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    vendors.balance = '100.00000'
    await rig.night(nightMs(1))
    // Two orders at 5 each, and 20 paid in, for which the panel gives 1 more.
    vendors.balance = '111.00000'
    await rig.night(nightMs(2))
    await rig.importEvidence(nightMs(3), payments('2026-03-02,panel,top-up,20,USD,INV-1,'))
    await rig.addOrders(nightMs(3), 'panel', ['1', '2'])
    vendors.orders.set('1', canceled('5.00000'))
    vendors.orders.set('2', canceled('0.00000'))
    vendors.balance = '116.00000'
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual(['charge 5.00000000 on 2026-03-03'])
    const codes = await openCodes(rig)
    expect(codes).toContain('panel CHARGE_SEMANTICS_AMBIGUOUS order:1')
    expect(codes).toContain('panel MISSING_IN_BOOKS wallet')
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('in part, is what the wallet got back beside a charge that came late', async () => {
    // The wallet holds 1 that nobody has told of.
    const { rig, vendors } = await bookedOne('6.00000', '95.00000')
    // Order 2 costs 9, of which 6 come back; order 1 is canceled, and not credited.
    vendors.balance = '86.00000'
    await rig.night(nightMs(2))
    await rig.importOrders(nightMs(3), 'panel', history('2,2026-03-02 10:00:00,http://x,3.00000,0,27,1,Partial,18'))
    vendors.orders.set('1', canceled('6.00000'))
    vendors.orders.set('2', { status: 'Partial', charge: '3.00000', remains: '18' })
    vendors.balance = '92.00000'
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual(['charge 6.00000000 on 2026-03-01'])
    expect(await openCodes(rig)).toContain('panel CHARGE_SEMANTICS_AMBIGUOUS order:1')
    await expectReplays(rig, await opened(newSqliteUrl()))
  })
})
