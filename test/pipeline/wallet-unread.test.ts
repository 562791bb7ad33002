/**
 * A panel whose `balance` gives no figure that counts: its orders are asked about and booked all the same, since only the
 * proof of the wallet needs the figure; and a panel that refuses the key or answers nothing is left alone.
 */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { balanceOf, ordersOf } from './reads.ts'
import { history, payments, scriptedBook } from './scripted-book.ts'

describeOnSqlite('a night without the figure of a wallet', (fresh) => {
  it.each([
    ['{"balance":"95.00","currency":"EUR"}', 200, 500_000_000n],
    ['{"balance":"hidden"}', 200, 500_000_000n],
    ['{"error":"balance is not shown"}', 200, 500_000_000n],
    ['{"error":"Invalid API key"}', 200, 0n],
    ['{"error":"Invalid API key"}', 401, 0n],
    ['<html>maintenance</html>', 200, 0n],
  ])('%s with %i: an order of 5.00 comes to %i', async (body, status, charged) => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1) - 2, payments('2026-03-01,panel,opening-balance,100.00,USD,,'))
    await rig.importOrders(
      nightMs(1) - 1,
      'panel',
      history('7,2026-03-01 10:00,https://x.example,5.00,0,10,1,Pending,10'),
    )
    vendors.orders.set('7', { status: 'Completed', charge: '5.00' })
    vendors.balanceInstead = { status, body }
    await rig.night(nightMs(1))
    expect(await balanceOf(rig, '5100:panel')).toBe(charged)
    vendors.balanceInstead = null
    vendors.balance = '95.00'
    await rig.night(nightMs(2))
    expect(await balanceOf(rig, '5100:panel')).toBe(500_000_000n)
    expect(await ordersOf(rig, 'panel')).toHaveLength(1)
  })
})
