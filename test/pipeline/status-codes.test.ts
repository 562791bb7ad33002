/** Numeric statuses mean what the configuration says they mean, and without a word of it nothing. */
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { describeOnSqlite, newSqliteUrl } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { openCodes, ordersOf, quarantined } from './reads.ts'
import { scriptedBook } from './scripted-book.ts'

describeOnSqlite('a panel that answers numbers for statuses', (fresh) => {
  it('moves no money while nobody has said what they mean', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.addOrders(nightMs(1) - 1, 'panel', ['1'])
    vendors.orders.set('1', { status: 3, charge: '4.50' })
    await rig.night(nightMs(1))
    expect((await quarantined(rig)).map(({ reason }) => reason)).toEqual([
      'the status "3" is not known; say what it means in statusCodes of the source',
    ])
    expect(await openCodes(rig)).toContain('panel ANSWER_UNREAD order:1')
  })

  it('is read by the configured meanings, now and in a replay', async () => {
    const panelMore = 'statusCodes: { "0": pending, "3": completed }'
    const { rig, vendors } = await scriptedBook(await fresh(), { panelMore })
    await rig.addOrders(nightMs(1) - 1, 'panel', ['1', '2', '3'])
    vendors.orders.set('1', { status: 3, charge: '4.50' })
    vendors.orders.set('2', { status: '0', charge: '1.00' })
    vendors.orders.set('3', { status: '5', charge: '2.00' })
    await rig.night(nightMs(1))
    const orders = await ordersOf(rig, 'panel')
    expect([orders.get('1'), orders.get('2')]).toMatchObject([
      { status: 'completed', highest: 450_000_000n },
      { status: 'pending', charged: 100_000_000n },
    ])
    expect((await quarantined(rig)).map(({ object }) => object)).toEqual(['order:3'])
    const into = await openDatabase(newSqliteUrl())
    const book = await rig.bookRow()
    const options = { nowMs: 0, signal: new AbortController().signal, onBatch: () => undefined }
    const identity = { name: book.name, currency: 'USD', timeZone: 'UTC' }
    expect(await replayBook({ kysely: rig.database.kysely, book }, into, identity, options)).toMatchObject({
      isSame: true,
    })
    await into.close()
  })
})
