/** Whole nights over HTTP in which a vendor's answer is poison: the others are booked, and the next good answer is too. */
import { expect, it } from 'vitest'
import { nightMs } from '../pipeline/harness.ts'
import { balanceOf, openCodes, ordersOf, quarantined } from '../pipeline/reads.ts'
import { scriptedBook, stats } from '../pipeline/scripted-book.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nested, statsOf } from './poisoned-book.ts'

describeOnSqlite('a night with a poisoned answer', (fresh) => {
  it('books the other sources, says what it could not read, and the next night books that too', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.addOrders(nightMs(1) - 1, 'panel', ['1', '2'])
    vendors.orders.set('1', { status: 'Completed', charge: '1.00' })
    vendors.orders.set('2', { status: 'Completed', charge: '2.00' })
    await rig.night(nightMs(1))
    // Three: the publisher's counter, one order of two, and the catalogue.
    vendors.publisher = statsOf('170.00', `,"debug":${nested(3000)}`)
    vendors.advertiser = stats('advertiser', 9100, 91, '413.37')
    vendors.orders.set('1', { status: 'Completed', charge: '1.50' })
    vendors.orders.set('2', { status: 'Completed', charge: '2.00', note: JSON.parse(nested(500)) as unknown })
    vendors.services = nested(3000)
    const report = await rig.night(nightMs(2))
    expect(report.proofs.length).toBeGreaterThan(0)
    expect(await balanceOf(rig, '1300:ads')).toBe(-100_000_000n)
    expect((await openCodes(rig)).filter((code) => code.includes('ANSWER_UNREAD'))).toEqual([
      'panel ANSWER_UNREAD catalogue',
      'panel ANSWER_UNREAD order:2',
      'pub ANSWER_UNREAD counter',
    ])
    vendors.publisher = stats('publisher', 1100, 55, '171.00')
    vendors.services = []
    vendors.orders.set('2', { status: 'Completed', charge: '2.00' })
    await rig.night(nightMs(3))
    expect(await balanceOf(rig, '1100:pub')).toBe(850_000_000n)
    expect((await openCodes(rig)).filter((code) => code.includes('ANSWER_UNREAD'))).toEqual([])
    expect((await ordersOf(rig, 'panel')).get('1')).toMatchObject({ highest: 150_000_000n })
    expect((await quarantined(rig)).length).toBeGreaterThan(1)
  })
})
