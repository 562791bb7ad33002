/** The catalogue of each day, and what is charged against it. */
import { describe, expect, it } from 'vitest'
import { newOrder } from '../../src/evidence/registered-order.ts'
import { pricesOf } from '../../src/pipeline/process/check-prices.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs, START_MS, type Rig } from './harness.ts'
import { exceptionsOf, openCodes, quarantined } from './reads.ts'
import { history, scriptedBook } from './scripted-book.ts'

const SERVICE = { service: '1', name: 'Followers', type: 'Default', rate: '0.90', min: '50', max: '10000' }

async function rates(rig: Rig) {
  const rows = await rig.database.kysely
    .selectFrom('service_rate')
    .selectAll()
    .orderBy('service')
    .orderBy('first_seen_ms')
    .execute()
  return rows.map((row) => ({
    service: row.service,
    rate: row.rate,
    from: Number(row.first_seen_ms),
    to: row.last_seen_ms === null ? null : Number(row.last_seen_ms),
  }))
}

/** One line of the site's list: an open order of 5,000 of service 1, placed at noon of a day in March. */
function line(id: number, day: string, charge: string, service = '1'): string {
  return `${id},2026-03-${day} 12:00:00,l,${charge},0,5000,${service},Pending,5000`
}

describeOnSqlite('the catalogue', (fresh) => {
  it('is asked once a day, and a row is kept only for what changed', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    let asked = 0
    const list = [SERVICE, { ...SERVICE, service: '2', rate: '8' }]
    Object.defineProperty(vendors, 'services', { get: () => ((asked += 1), list) })
    await rig.night(nightMs(1))
    await rig.night(nightMs(1) + 3_600_000)
    expect(asked).toBe(1)
    list[1] = { ...SERVICE, service: '3', rate: '1' }
    list[0] = { ...SERVICE, rate: '0.95' }
    await rig.night(nightMs(2))
    await rig.night(nightMs(3))
    expect(asked).toBe(3)
    const [one, two, three] = (await rates(rig)).map(({ from }) => from)
    expect(await rates(rig)).toEqual([
      { service: '1', rate: 90_000_000n, from: one, to: one },
      { service: '1', rate: 95_000_000n, from: two, to: null },
      { service: '2', rate: 800_000_000n, from: one, to: one },
      { service: '3', rate: 100_000_000n, from: two, to: null },
    ])
    expect(three).toBe(one)
  })

  it('that cannot be read changes nothing, and says so until it can', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.services = [SERVICE, { service: '2', rate: '' }, { ...SERVICE }]
    await rig.night(nightMs(1))
    expect((await quarantined(rig)).map(({ reason }) => reason)).toEqual([
      expect.stringContaining('rate of service 2'),
      expect.stringContaining('more than once'),
    ])
    vendors.services = { status: 'success', data: 'Empty Data' }
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toContain('panel BAD_PAYLOAD catalogue')
    expect((await quarantined(rig)).at(-1)?.reason).toBe('The panel says that its catalogue is empty: "Empty Data".')
    expect((await rates(rig)).map(({ to }) => to)).toEqual([null])
    vendors.services = [SERVICE]
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).not.toContain('panel BAD_PAYLOAD catalogue')
  })
})

describeOnSqlite('a charge against the catalogue', (fresh) => {
  async function book(database: Parameters<typeof scriptedBook>[0]) {
    const made = await scriptedBook(database)
    made.vendors.services = [SERVICE, { ...SERVICE, service: '9', type: 'Package', rate: '4.99' }]
    await made.rig.night(nightMs(1))
    return made
  }

  it('above rate × quantity is an exception, one of the price is not', async () => {
    const { rig, vendors } = await book(await fresh())
    const csv = history(
      line(1, '02', '4.50'),
      line(2, '02', '4.60'),
      line(3, '02', '4.99', '9'),
      line(4, '02', '9', '77'),
    )
    await rig.importOrders(nightMs(2) - 1, 'panel', csv)
    vendors.orders.set('1', { status: 'Pending', charge: '4.50000' })
    vendors.orders.set('2', { status: 'Pending', charge: '4.60000' })
    vendors.orders.set('3', { status: 'Pending', charge: '4.99000' })
    vendors.orders.set('4', { status: 'Pending', charge: '9.00000' })
    await rig.night(nightMs(2))
    const found = (await exceptionsOf(rig)).filter(({ object }) => object.startsWith('price:'))
    expect(found).toMatchObject([{ code: 'AMOUNT_DIFF', object: 'price:2', amount: -9_999_000n, currency: 'USD' }])
    expect(found[0]?.detail).toContain('charged 4.60, at most 4.50001')
    // It is booked all the same: the panel has taken the money.
    vendors.orders.set('2', { status: 'Canceled', charge: '0.00000' })
    for (const id of ['1', '3', '4']) vendors.orders.set(id, { status: 'Canceled', charge: '0.00000' })
    await rig.night(nightMs(3))
    expect((await openCodes(rig)).filter((code) => code.includes('price:'))).toEqual([])
  })

  it('at a learned discount is an exception when the discount is not given', async () => {
    const { rig, vendors } = await book(await fresh())
    const ids = Array.from({ length: 20 }, (_, index) => index + 1)
    await rig.importOrders(nightMs(2) - 1, 'panel', history(...ids.map((id) => line(id, '02', '4.28'))))
    for (const id of ids) vendors.orders.set(String(id), { status: 'Pending', charge: '4.27500' })
    await rig.night(nightMs(2))
    expect((await openCodes(rig)).filter((code) => code.includes('price:'))).toEqual([])
    vendors.orders.set('22', { status: 'Pending', charge: '4.50000' })
    await rig.importOrders(nightMs(3) - 1, 'panel', history(line(22, '03', '4.50')))
    await rig.night(nightMs(3))
    expect((await openCodes(rig)).filter((code) => code.includes('price:'))).toEqual(['panel AMOUNT_DIFF price:22'])
  })
})

describe('the rates an order may have had', () => {
  const rate = (units: bigint, firstSeenMs: number, lastSeenMs: number | null) => ({
    service: '1',
    rate: units,
    min: null,
    max: null,
    type: 'Default',
    name: '',
    firstSeenMs,
    lastSeenMs,
  })
  const known = [rate(1000n, START_MS, START_MS + 100), rate(2000n, START_MS + 200, null)]
  it.each([
    ['before any catalogue: none', START_MS - 1, []],
    ['while the first held', START_MS + 50, [1000n]],
    ['between the two: either', START_MS + 150, [1000n, 2000n]],
    ['after the change', START_MS + 250, [2000n]],
    ['without a date: none', null, []],
  ])('%s', (_name, orderedAtMs, expected) => {
    const order = { ...newOrder('1', 'added', { batch: 1, item: 1 }), quantity: 1000n, orderedAtMs }
    expect(pricesOf(order, known)).toEqual(expected)
  })

  it('long after a service vanished: none', () => {
    const order = {
      ...newOrder('1', 'added', { batch: 1, item: 1 }),
      quantity: 1000n,
      orderedAtMs: START_MS + 5 * 86_400_000,
    }
    expect(pricesOf(order, [rate(1000n, START_MS, START_MS)])).toEqual([])
  })
})
