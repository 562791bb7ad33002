/** Orders a panel will not speak of: how long it is believed, and that nothing booked is ever forgotten. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { differencesOf, openCodes, ordersOf, storyOf } from './reads.ts'
import { payments, scriptedBook, type ScriptedBook } from './scripted-book.ts'

const OPEN = { status: 'In progress', charge: '1.00000', remains: '500' }

/** Three open orders of 1.00 each, booked and tied to the wallet in the first night. */
async function threeOpenOrders(book: ScriptedBook): Promise<void> {
  const { rig, vendors } = book
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
  await rig.addOrders(nightMs(1), 'panel', ['1', '2', '3'])
  for (const id of ['1', '2', '3']) vendors.orders.set(id, OPEN)
  vendors.balance = '97.00000'
  expect(differencesOf(await rig.night(nightMs(1)))['panel']).toBe('0.00000000')
}

describeOnSqlite('an order the panel refuses', (fresh) => {
  it('is counted once a night, however often a night asks, and booked when the panel knows it again', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await threeOpenOrders(book)
    vendors.orders.delete('2')
    // A difference nobody can explain makes the night ask finished orders, and the wallet, again.
    vendors.balance = '96.00000'
    await rig.night(nightMs(2))
    expect((await ordersOf(rig, 'panel')).get('2')).toMatchObject({ refusals: 1, dueAtMs: 0, status: 'in-progress' })
    vendors.orders.set('2', { status: 'Canceled', charge: '0.00000', remains: '1000' })
    vendors.balance = '98.00000'
    expect(differencesOf(await rig.night(nightMs(3)))['panel']).toBe('0.00000000')
    expect(await storyOf(rig, 'panel', 'order:2')).toHaveLength(2)
    expect((await ordersOf(rig, 'panel')).get('2')).toMatchObject({ refusals: 0, refunded: 100_000_000n })
  })

  it.each([
    ['answers about none of the orders asked', '{}'],
    ['answers with an empty list', '[]'],
  ])('is not refused by a panel that %s', async (_name, body) => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await threeOpenOrders(book)
    for (let request = 1; request <= 60; request += 1)
      vendors.instead.set(vendors.requests() + request, { status: 200, type: 'application/json', body })
    await rig.night(nightMs(2))
    expect([...(await ordersOf(rig, 'panel')).values()].map(({ refusals, dueAtMs }) => [refusals, dueAtMs])).toEqual(
      [1, 2, 3].map(() => [0, 0]),
    )
    expect(await openCodes(rig)).toEqual(['1', '2', '3'].map((id) => `panel ANSWER_UNREAD order:${id}`))
    vendors.instead.clear()
    vendors.orders.set('3', { status: 'Canceled', charge: '0.00000', remains: '1000' })
    vendors.balance = '98.00000'
    expect(differencesOf(await rig.night(nightMs(3)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
  })

  it.each([
    ['is refused when it is left out beside a status', OPEN, 1],
    ['is not refused when it is left out beside nothing but errors', 'Server busy, try again later', 0],
  ])('%s', async (_name, beside, refusals) => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await threeOpenOrders(book)
    vendors.orders.set('1', 'left out')
    vendors.orders.set('2', 'Server busy, try again later')
    vendors.orders.set('3', beside)
    await rig.night(nightMs(2))
    expect((await ordersOf(rig, 'panel')).get('1')).toMatchObject({ refusals, status: 'in-progress' })
  })

  it('with any other error is asked about in the next night', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await threeOpenOrders(book)
    vendors.orders.set('2', 'Server busy, try again later')
    for (const night of [2, 3, 4, 5]) {
      vendors.asked.length = 0
      await rig.night(nightMs(night))
      expect(vendors.asked).toContain('2')
    }
    expect((await ordersOf(rig, 'panel')).get('2')).toMatchObject({ refusals: 0, dueAtMs: 0 })
  })

  it('is asked about again at once when a person types its id', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await threeOpenOrders(book)
    await rig.addOrders(nightMs(2), 'panel', ['9'])
    for (let night = 2; night <= 5; night += 1) await rig.night(nightMs(night))
    vendors.asked.length = 0
    await rig.night(nightMs(6))
    expect(vendors.asked).not.toContain('9')
    vendors.orders.set('9', OPEN)
    vendors.balance = '96.00000'
    expect(await rig.addOrders(nightMs(7), 'panel', ['9'])).toEqual({ added: 0n, known: 1n })
    expect(differencesOf(await rig.night(nightMs(7)))['panel']).toBe('0.00000000')
    expect(await storyOf(rig, 'panel', 'order:9')).toHaveLength(1)
  })
})
