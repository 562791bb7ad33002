/** What is left of a wallet's difference is told by the night it arose in, with what would fit it; nothing is booked from it. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../../support/databases.ts'
import { nightMs } from '../harness.ts'
import { exceptionsOf, ordersOf, storyOf } from '../reads.ts'
import { history, payments, scriptedBook, type ScriptedBook } from '../scripted-book.ts'

const CANCELED = { status: 'Canceled', charge: '1.00000', remains: '1000' }

async function running(book: ScriptedBook, prices: Readonly<Record<string, string>>): Promise<void> {
  const { rig, vendors } = book
  const rows = Object.entries(prices).map(
    ([id, price]) => `${id},2026-03-01 10:00:00,http://x,${price},0,1000,1,In progress,1000`,
  )
  await rig.importOrders(nightMs(1), 'panel', history(...rows))
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
  for (const [id, charge] of Object.entries(prices))
    vendors.orders.set(id, { status: 'In progress', charge, remains: '1000' })
}

async function told({ rig }: ScriptedBook): Promise<string> {
  const [open] = (await exceptionsOf(rig)).filter(({ object }) => object === 'wallet')
  return open?.detail ?? 'nothing'
}

describeOnSqlite('a difference of a wallet', (fresh) => {
  it('is told by the nights it arose in, and one that is made good is told no more', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, { '1': '1.00000', '2': '2.00000' })
    vendors.balance = '97.00000'
    await rig.night(nightMs(1))
    vendors.balance = '96.23000'
    await rig.night(nightMs(2))
    expect(await told(book)).toBe(
      'the wallet holds 0.77000000 USD less than the books; by night: 2026-03-02 to 2026-03-03: -0.77 ' +
        '(a debit by hand of 0.77, or an order that is not registered)',
    )
    vendors.orders.set('1', { ...CANCELED })
    vendors.balance = '98.23000'
    await rig.night(nightMs(3))
    expect(await told(book)).toContain(
      'by night: 2026-03-03 to 2026-03-04: +2.00 (what waits, with a second credit of order 1, or',
    )
    expect(await told(book)).toContain('2026-03-02 to 2026-03-03: -0.77')
    // The panel takes the second credit back: what is left proves the refund.
    vendors.balance = '97.23000'
    await rig.night(nightMs(4))
    expect(await told(book)).toContain('-0.77')
  })

  it('that a refund credited again fits names the order, and books nothing', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, { '1': '1.00000', '2': '2.00000' })
    vendors.balance = '97.00000'
    await rig.night(nightMs(1))
    vendors.orders.set('1', CANCELED)
    vendors.balance = '98.00000'
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:1')).toContain('refund 1.00000000 on 2026-03-02')
    vendors.balance = '99.00000'
    await rig.night(nightMs(3))
    expect(await told(book)).toContain('a second credit of the refund of order 1')
    expect((await ordersOf(rig, 'panel')).get('1')?.refunded).toBe(100_000_000n)
  })

  it('that many combinations fit says how many, and names three', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    const ids = ['1', '2', '3', '4', '5']
    await running(book, Object.fromEntries(ids.map((id) => [id, '1.00000'])))
    vendors.balance = '95.00000'
    await rig.night(nightMs(1))
    for (const id of ids) vendors.orders.set(id, CANCELED)
    vendors.balance = '97.00000'
    await rig.night(nightMs(2))
    expect(await told(book)).toContain('(3 of 10 fits shown)')
    expect([...(await ordersOf(rig, 'panel')).values()].every(({ refunded }) => refunded === 0n)).toBe(true)
  })

  it('is bounded by the balances before and after a pass during which the wallet moved', async () => {
    const book = await scriptedBook(await fresh(), { panelMore: 'quietMoment: { tries: 0 }' })
    const { rig, vendors } = book
    await running(book, { '1': '1.00000' })
    vendors.balance = '99.00000'
    await rig.night(nightMs(1))
    vendors.orders.set('1', CANCELED)
    vendors.balances.push('100.50000', '100.00000')
    vendors.balance = '100.00000'
    await rig.night(nightMs(2))
    expect(await told(book)).toContain('it lies between 1.00000000 and 1.50000000 USD')
    expect((await ordersOf(rig, 'panel')).get('1')?.refunded).toBe(0n)
  })

  it('that cancels one that stood before it proves the refund all the same', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await running(book, { '1': '1.00000' })
    vendors.balance = '99.00000'
    await rig.night(nightMs(1))
    vendors.balance = '98.00000'
    await rig.night(nightMs(2))
    vendors.orders.set('1', CANCELED)
    vendors.balance = '99.00000'
    await rig.night(nightMs(3))
    expect((await ordersOf(rig, 'panel')).get('1')?.refunded).toBe(100_000_000n)
    expect(await told(book)).toContain('-1.00')
  })
})
