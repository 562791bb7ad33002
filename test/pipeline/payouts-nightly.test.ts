/** What nights book of money beside payouts: bonuses used up, what is owed back, the month's allowance, refunds and losses. */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { differencesOf, openCodes, storyOf } from './reads.ts'
import { itemLine, money, paidPlay } from './payouts-support.ts'
import { history, payments } from './scripted-book.ts'

const FUNDED = payments(
  '2026-03-01,panel,top-up,200.00,USD,INV-1,',
  '2026-03-01,panel,bonus,10.00,USD,INV-1,',
  '2026-03-01,pub,opening-counter,100.00,USD,,',
)

function order(id: string, charge: string, status = 'Completed'): string {
  return history(`${id},2026-03-01 10:00:00,https://example.com/p,${charge},0,1000,42,${status},0`)
}

describeOnSqlite('a bonus', (fresh) => {
  it('is used up with the money it came with: 52.50 of 210.00 is 2.50', async () => {
    const book = await paidPlay(await fresh())
    await book.rig.importEvidence(nightMs(0), FUNDED)
    book.vendors.orders.set('1', { status: 'Completed', charge: '52.50', remains: '0' })
    await book.rig.importOrders(nightMs(0) + 1000, 'panel', order('1', '52.50'))
    book.vendors.balance = '157.50'
    await book.rig.night(nightMs(1))
    await book.reconcile(1)
    expect([await money(book.rig, '1320:panel'), await money(book.rig, '5195:panel')]).toEqual(['-7.50', '-2.50'])
    expect(await book.reconcile(1)).toBe(0)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('a bonus that is partly used', (fresh) => {
  it('is deferred again by as much as a refund gives back', async () => {
    const book = await paidPlay(await fresh())
    await book.rig.importEvidence(nightMs(0), FUNDED)
    book.vendors.orders.set('1', { status: 'In progress', charge: '52.50', remains: '1000' })
    await book.rig.importOrders(nightMs(0) + 1000, 'panel', order('1', '52.50', 'In progress'))
    book.vendors.balance = '157.50'
    await book.rig.night(nightMs(1))
    await book.reconcile(1)
    expect(await money(book.rig, '5195:panel')).toBe('-2.50')
    book.vendors.orders.set('1', { status: 'Canceled', charge: '0', remains: '1000' })
    book.vendors.balance = '210.00'
    await book.rig.night(nightMs(2))
    await book.reconcile(2)
    expect(await money(book.rig, '1310:panel')).toBe('210.00')
    expect([await money(book.rig, '1320:panel'), await money(book.rig, '5195:panel')]).toEqual(['-10.00', '0.00'])
    expect(await storyOf(book.rig, 'panel', 'bonus')).toEqual([
      'bonus-used 2.50000000 on 2026-03-01',
      'bonus-used -2.50000000 on 2026-03-02',
    ])
    expect(await book.reconcile(2)).toBe(0)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('a refund of a wallet', (fresh) => {
  it('is expected on a statement and uses up no bonus', async () => {
    const book = await paidPlay(await fresh())
    await book.rig.importEvidence(nightMs(0), FUNDED)
    await book.rig.importEvidence(nightMs(0) + 1000, payments('2026-03-01,panel,wallet-refund,105.00,USD,RF-1,'))
    book.vendors.balance = '105.00'
    await book.rig.night(nightMs(1))
    await book.reconcile(1)
    expect(await itemLine(book.rig, 'panel', 'wallet-refund:RF-1')).toBe('wallet-refund 105.00 open, 0.00 matched')
    expect(await itemLine(book.rig, 'panel', 'top-up:INV-1')).toBe('top-up -200.00 open, 0.00 matched')
    expect([await money(book.rig, '1310:panel'), await money(book.rig, '1070')]).toEqual(['105.00', '-95.00'])
    expect(await money(book.rig, '1320:panel')).toBe('-10.00')
    expect(await openCodes(book.rig)).not.toContain('panel WALLET_DIFFERS wallet')
  })
})

describeOnSqlite('a clawback larger than all that is owed', (fresh) => {
  it('leaves the receivable at zero and the rest owed back, until it is earned again', async () => {
    const book = await paidPlay(await fresh())
    await book.rig.importEvidence(nightMs(0), payments('2026-03-01,pub,opening-counter,100.00,USD,,'))
    await book.earn(1, '100.00')
    await book.read(2, '96.40')
    await book.answer('clawback')
    await book.reconcile(2)
    expect([await money(book.rig, '1100:pub'), await money(book.rig, '2100:pub')]).toEqual(['0.00', '-3.60'])
    await book.read(3, '152.00')
    const report = await book.read(3, '152.00')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    await book.reconcile(3)
    expect([await money(book.rig, '1100:pub'), await money(book.rig, '2100:pub')]).toEqual(['0.00', '0.00'])
    expect(await storyOf(book.rig, 'pub', 'payout:due-2026-03-03')).toEqual(['payout 52.00000000 on 2026-03-03'])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('an allowance for invalid traffic', (fresh) => {
  it('is two per cent of the month, taken back by the next night', async () => {
    const book = await paidPlay(await fresh(), '{ minimum: "500", allowancePercent: "2" }')
    await book.rig.importEvidence(nightMs(0), payments('2026-03-01,pub,opening-counter,100.00,USD,,'))
    await book.earn(30, '228.27')
    await book.earn(31, '231.87')
    expect([await money(book.rig, '4095:pub'), await money(book.rig, '1190:pub')]).toEqual(['2.64', '-2.64'])
    await book.earn(32, '235.00')
    expect(await storyOf(book.rig, 'pub', 'allowance:2026-03')).toEqual([
      'allowance 2.64000000 on 2026-03-31',
      'allowance -2.64000000 on 2026-04-01',
    ])
    expect(await book.reconcile(32)).toBe(0)
  })

  it('of a month whose last night was missed is booked all the same, and taken back at once', async () => {
    const book = await paidPlay(await fresh(), '{ minimum: "500", allowancePercent: "2" }')
    await book.rig.importEvidence(nightMs(0), payments('2026-03-01,pub,opening-counter,100.00,USD,,'))
    await book.earn(30, '200.00')
    await book.reconcile(33)
    expect(await storyOf(book.rig, 'pub', 'allowance:2026-03')).toEqual([
      'allowance 2.00000000 on 2026-03-31',
      'allowance -2.00000000 on 2026-04-02',
    ])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('what a closed account took with it', (fresh) => {
  it('is written off as the file states it, once', async () => {
    const book = await paidPlay(await fresh())
    await book.rig.importEvidence(nightMs(0), FUNDED)
    const lost = payments(
      '2026-03-02,panel,wallet-forfeited,210.00,USD,closed,banned',
      '2026-03-02,pub,account-lost,12.00,USD,closed,terminated',
    )
    await book.rig.importEvidence(nightMs(1), lost)
    await book.rig.importEvidence(nightMs(1) + 1000, lost)
    expect([await money(book.rig, '1310:panel'), await money(book.rig, '6960:panel')]).toEqual(['0.00', '210.00'])
    expect([await money(book.rig, '1100:pub'), await money(book.rig, '6950:pub')]).toEqual(['-12.00', '12.00'])
  })
})

describeOnSqlite('a payment below the minimum of the vendor', (fresh) => {
  it('is booked and shown, until it is stated otherwise', async () => {
    const book = await paidPlay(await fresh())
    const states = (payout: string, topUp: string) =>
      payments(`2026-03-01,pub,payout,${payout},USD,PP-1,`, `2026-03-01,ads,top-up,${topUp},USD,AD-1,`)
    await book.rig.importEvidence(nightMs(0), states('49.99', '24.99'))
    expect(await openCodes(book.rig)).toEqual(['ads BELOW_MINIMUM top-up:AD-1', 'pub BELOW_MINIMUM payout:PP-1'])
    expect([await money(book.rig, '1110:pub'), await money(book.rig, '1300:ads')]).toEqual(['49.99', '24.99'])
    await book.rig.importEvidence(nightMs(0) + 1000, states('50.00', '25.00'))
    expect(await openCodes(book.rig)).toEqual([])
  })
})
