/** Orders whose API tells a status and no charge: kept as unknown, or booked at the price an imported history lists. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { decide, expectSameAfterReplay, resolve, units } from '../exceptions/support.ts'
import { nightMs } from './harness.ts'
import { balanceOf, differencesOf, exceptionsOf, openCodes, ordersOf, storyOf, transactionsOf } from './reads.ts'
import { history, payments, scriptedBook, type ScriptedBook } from './scripted-book.ts'
import type { Database } from '../../src/db/database.ts'

const OPENING = payments('2026-03-01,panel,opening-balance,100,USD,,')
const LISTED = '1,2026-03-01 10:00:00,http://x,1.00000,0,1000,1,In progress,1000'
const RUNNING = { status: 'In progress', remains: '1000' }

async function hiding(database: Database, panelMore?: string, line = LISTED): Promise<ScriptedBook> {
  const book = await scriptedBook(database, panelMore === undefined ? {} : { panelMore })
  await book.rig.importEvidence(nightMs(1), OPENING)
  await book.rig.importOrders(nightMs(1), 'panel', history(line))
  book.vendors.orders.set('1', RUNNING)
  book.vendors.balance = '99.00000'
  return book
}

describeOnSqlite('an order whose charge the panel hides', (fresh) => {
  it.each([
    ['left out', {}],
    ['empty', { charge: '' }],
    ['null', { charge: null }],
  ])(
    'is asked about in every run and booked at nothing while nobody has decided, with the charge %s',
    async (_, charge) => {
      const { rig, vendors } = await hiding(await fresh())
      vendors.orders.set('1', { ...RUNNING, ...charge })
      await rig.night(nightMs(1))
      vendors.orders.set('1', { status: 'Completed', remains: '0', ...charge })
      for (const night of [2, 3, 4, 5]) {
        vendors.asked.length = 0
        await rig.night(nightMs(night))
        expect(vendors.asked).toContain('1')
      }
      expect((await ordersOf(rig, 'panel')).get('1')).toMatchObject({ status: 'completed', charge: null, charged: 0n })
      expect(await openCodes(rig)).toEqual(['panel BAD_PAYLOAD order:1', 'panel MISSING_IN_BOOKS wallet'])
    },
  )

  it("is booked at the history's price where the source says so, and says so in the ledger", async () => {
    const { rig } = await hiding(await fresh(), 'chargeFromHistory: true')
    expect(differencesOf(await rig.night(nightMs(1)))['panel']).toBe('0.00000000')
    expect((await transactionsOf(rig, 'panel')).filter(({ object }) => object === 'order:1')).toMatchObject([
      { kind: 'charge', amount: units('1.00'), rule: 'charge/history', date: '2026-03-01' },
    ])
    expect(await openCodes(rig)).toEqual([])
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:1')).toHaveLength(1)
    await expectSameAfterReplay(rig)
  })

  it("is booked at the history's price by a person's decision, and stays so", async () => {
    const { rig, vendors } = await hiding(await fresh())
    await rig.night(nightMs(1))
    await resolve(rig, 1, 'BAD_PAYLOAD', 'history-price')
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual(['charge 1.00000000 on 2026-03-01'])
    vendors.orders.set('1', { status: 'Completed', remains: '0' })
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual([])
    expect((await ordersOf(rig, 'panel')).get('1')).toMatchObject({ status: 'completed', charged: units('1.00') })
    await expectSameAfterReplay(rig)
  })

  it('has its refund claimed by its status, proven by the wallet, and teaches nothing about charges', async () => {
    const { rig, vendors } = await hiding(await fresh(), 'chargeFromHistory: true')
    await rig.night(nightMs(1))
    vendors.orders.set('1', { status: 'Partial', remains: '400' })
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual(['panel REFUND_MISSING order:1'])
    vendors.balance = '99.40000'
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:1')).toContain('refund 0.40000000 on 2026-03-03')
    expect(await openCodes(rig)).toEqual([])
    const tallies = await rig.database.kysely.selectFrom('charge_semantics').selectAll().execute()
    expect(tallies).toEqual([])
    await expectSameAfterReplay(rig)
  })

  it('is booked at the charge the panel shows later, with the difference posted', async () => {
    const { rig, vendors } = await hiding(await fresh(), 'chargeFromHistory: true')
    await rig.night(nightMs(1))
    vendors.orders.set('1', { ...RUNNING, charge: '0.95000' })
    vendors.balance = '99.05000'
    expect(differencesOf(await rig.night(nightMs(2)))['panel']).toBe('0.00000000')
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual([
      'charge 1.00000000 on 2026-03-01',
      'charge -0.05000000 on 2026-03-02',
    ])
    expect(await openCodes(rig)).toEqual([])
    expect(await balanceOf(rig, '5100:panel')).toBe(units('0.95'))
    await expectSameAfterReplay(rig)
  })

  it('leaves open which cent of a run came back, the whole having been debited before', async () => {
    // The whole was 10.00, its runs are 3.33 each: 1.67 that came back look like 1.66 that a panel which cuts off gives back.
    const lines = ['70', '71', '72', '73'].map(
      (id) => `${id},2026-03-01 10:00:00,http://x,${id === '70' ? '' : '3.33'},0,1000,1,Completed,0`,
    )
    const { rig, vendors } = await hiding(await fresh(), undefined, lines.join('\n'))
    vendors.orders.delete('1')
    vendors.orders.set('70', { status: 'Completed', runs: '3', orders: ['71', '72', '73'] })
    vendors.orders.set('71', { status: 'Partial', remains: '500' })
    for (const id of ['72', '73']) vendors.orders.set(id, { status: 'Completed', remains: '0' })
    vendors.balance = '91.67'
    await rig.night(nightMs(1))
    const open = (await exceptionsOf(rig)).filter(({ code }) => code === 'BAD_PAYLOAD')
    expect(open).toHaveLength(3)
    for (const { number } of open) {
      const said = { amount: null, reference: null, date: null, by: 'Ana', why: 'the list is right' } as const
      await decide(rig, nightMs(1) + 43_200_000, number, { decide: 'resolve', as: 'history-price', ...said })
    }
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:71')).toEqual(['charge 3.33000000 on 2026-03-01'])
    expect(await openCodes(rig)).toContain('panel MISSING_IN_BOOKS wallet')
    await expectSameAfterReplay(rig)
  })

  it('listed when it had ended may be net: its claim is a question, and a later charge takes its place', async () => {
    const line = '1,2026-03-01 10:00:00,http://x,0.60000,0,1000,1,Partial,400'
    const { rig, vendors } = await hiding(await fresh(), 'chargeFromHistory: true', line)
    vendors.orders.set('1', { status: 'Partial', remains: '400' })
    vendors.balance = '99.40000'
    expect(differencesOf(await rig.night(nightMs(1)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual(['panel CHARGE_SEMANTICS_AMBIGUOUS order:1'])
    vendors.orders.set('1', { status: 'Partial', remains: '400', charge: '0.59990' })
    vendors.balance = '99.40010'
    expect(differencesOf(await rig.night(nightMs(2)))['panel']).toBe('0.00000000')
    expect(await storyOf(rig, 'panel', 'order:1')).toContain('charge -0.00010000 on 2026-03-02')
  })

  it('without a listed price stays an exception, and a parent is never booked by its list', async () => {
    const { rig, vendors } = await hiding(await fresh(), 'chargeFromHistory: true')
    await rig.addOrders(nightMs(1), 'panel', ['9'])
    vendors.orders.set('9', RUNNING)
    vendors.orders.set('1', { status: 'Pending', runs: '2', orders: [] })
    await rig.night(nightMs(1))
    expect(await storyOf(rig, 'panel', 'order:1')).toEqual([])
    expect(await openCodes(rig)).toEqual([
      'panel BAD_PAYLOAD order:1',
      'panel BAD_PAYLOAD order:9',
      'panel MISSING_IN_BOOKS wallet',
    ])
    vendors.orders.set('9', { ...RUNNING, charge: '1.00000' })
    await rig.night(nightMs(2))
    await expect(resolve(rig, 2, 'BAD_PAYLOAD', 'history-price')).resolves.toMatchObject({
      drafts: [{ amount: units('1.00') }],
    })
  })
})

describeOnSqlite('an order the panel did not know', (fresh) => {
  it.each([
    ['without a charge', { status: 'In progress' }, 'panel BAD_PAYLOAD order:1'],
    [
      'in another currency',
      { status: 'In progress', charge: '1.00', currency: 'INR' },
      'panel CURRENCY_MISMATCH order:1',
    ],
    ['with the same charge as before', { status: 'In progress', charge: '1.00000', remains: '1000' }, null],
    ['as a parent', { status: 'In progress', orders: ['5'] }, null],
  ])('is missing no more when it is answered %s', async (_, answer, left) => {
    const { rig, vendors } = await hiding(await fresh())
    vendors.orders.set('1', { ...RUNNING, charge: '1.00000' })
    vendors.orders.set('5', { status: 'In progress', charge: '0.00000' })
    await rig.night(nightMs(1))
    vendors.orders.delete('1')
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual(['panel MISSING_AT_VENDOR order:1'])
    vendors.orders.set('1', answer)
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual(left === null ? [] : [left])
  })
})
