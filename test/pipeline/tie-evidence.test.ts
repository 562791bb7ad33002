/**
 * Orders first seen partial: a panel that lowers its charge shows 0.60 for what cost 1.00, one that leaves it shows 1.00 and
 * credits 0.40. A wallet that ties with what was charged tells which, but only under the conditions told here.
 */
import { expect, it } from 'vitest'
import { describeOnSqlite, type Fresh, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { HOUR_MS, nightMs } from './harness.ts'
import { differencesOf, openCodes, ordersOf, storyOf, verdictsOf } from './reads.ts'
import { resolve } from '../exceptions/support.ts'
import { history, payments, scriptedBook, type ScriptedBook } from './scripted-book.ts'

const OPENING = payments('2026-03-01,panel,opening-balance,100,USD,,')

/** Each cost 1.00 for 1000 units, of which 400 were not delivered; placed and ended before anybody looked. */
async function firstSeenPartial(
  book: ScriptedBook,
  count: number,
  { charge, isQuantityKnown = true }: { readonly charge: string; readonly isQuantityKnown?: boolean },
): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, index) => String(101 + index))
  const quantity = isQuantityKnown ? '1000' : ''
  const rows = ids.map((id) => `${id},2026-03-01 10:00:00,http://x,${charge},0,${quantity},1,Partial,400`)
  await book.rig.importOrders(nightMs(1), 'panel', history(...rows))
  for (const id of ids) book.vendors.orders.set(id, { status: 'Partial', charge, remains: '400' })
  return ids
}

/** Of a panel that lowers its charge: what an order cost is what it shows. One in 50 is partial, one in 20 canceled. */
function worldOrder(index: number) {
  const price = 100_000 + ((index * 7_919) % 900_000)
  const undelivered = index % 50 === 0 ? 100 + (index % 700) : index % 20 === 7 ? 1000 : 0
  const status = index % 50 === 0 ? 'Partial' : index % 20 === 7 ? 'Canceled' : 'Completed'
  const micros = price - Math.round((price * undelivered) / 1000)
  return {
    id: String(10_000 + index),
    status,
    micros,
    charge: (micros / 1_000_000).toFixed(6),
    remains: String(undelivered),
  }
}

async function ambiguous({ rig }: ScriptedBook): Promise<readonly string[]> {
  return (await openCodes(rig)).filter((code) => code.includes('CHARGE_SEMANTICS_AMBIGUOUS'))
}

function netBook(fresh: Fresh): Promise<ScriptedBook> {
  return fresh().then((database) => scriptedBook(database))
}

describeOnSqlite('a wallet that ties with charges read as net', (fresh) => {
  it('two nights running leaves no order ambiguous, and none was ever an exception', async () => {
    const book = await netBook(fresh)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), OPENING)
    await firstSeenPartial(book, 11, { charge: '0.60000' })
    vendors.balance = '93.40000'
    expect(differencesOf(await rig.night(nightMs(1)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
    expect((await ordersOf(rig, 'panel')).get('101')?.pending).toBe('CHARGE_SEMANTICS_AMBIGUOUS')
    await rig.night(nightMs(2))
    const orders = [...(await ordersOf(rig, 'panel')).values()]
    expect(new Set(orders.map(({ pending, grossBasis }) => `${pending} ${grossBasis}`))).toEqual(new Set(['null tied']))
    expect(await verdictsOf(rig, 'panel')).toEqual(['partial net'])
    expect(await openCodes(rig)).toEqual([])
    expect(await rig.database.kysely.selectFrom('exception').select('code').execute()).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('leaves none of a backfill of 2,000 orders ambiguous, in 40 of which a part was not delivered', async () => {
    const book = await netBook(fresh)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), payments('2026-02-01,panel,opening-balance,5000,USD,,'))
    const orders = Array.from({ length: 2_000 }, (_, index) => worldOrder(index))
    const cost = orders.reduce((sum, { micros }) => sum + micros, 0)
    await rig.importOrders(
      nightMs(1),
      'panel',
      history(
        ...orders.map(
          ({ id, charge, status, remains }) =>
            `${id},2026-02-03 10:00:00,http://x,${charge},0,1000,1,${status},${remains}`,
        ),
      ),
    )
    for (const { id, charge, status, remains } of orders) vendors.orders.set(id, { status, charge, remains })
    vendors.balance = ((5_000_000_000 - cost) / 1_000_000).toFixed(6)
    await rig.backfill(nightMs(1), '2026-02-01', '2026-02-28')
    expect(await openCodes(rig)).toEqual([])
    for (const night of [1, 2]) expect(differencesOf(await rig.night(nightMs(night)))['panel']).toBe('0.00000000')
    expect(await rig.database.kysely.selectFrom('exception').select('code').execute()).toEqual([])
    const states = [...(await ordersOf(rig, 'panel')).values()]
    expect(states.filter(({ pending }) => pending !== null)).toEqual([])
    expect(states.filter(({ grossBasis }) => grossBasis === 'tied')).toHaveLength(40)
    // Each order is booked at what it cost in the world.
    for (const { id, micros } of orders)
      expect(states.find(({ orderId }) => orderId === id)).toMatchObject({
        charged: BigInt(micros) * 100n,
        refunded: 0n,
      })
  })

  it('settles one order alone, without a verdict about the panel, and counts it once however often it is asked', async () => {
    const book = await netBook(fresh)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), OPENING)
    await firstSeenPartial(book, 1, { charge: '0.60000' })
    vendors.balance = '99.40000'
    for (const night of [1, 2, 3, 4, 5, 6, 9]) await rig.night(nightMs(night))
    expect(await openCodes(rig)).toEqual([])
    expect(await verdictsOf(rig, 'panel')).toEqual(['partial unknown'])
    expect((await ordersOf(rig, 'panel')).get('101')).toMatchObject({ pending: null, grossBasis: 'tied', refunded: 0n })
  })

  it('says nothing in a second run of the same night', async () => {
    const book = await netBook(fresh)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), OPENING)
    await firstSeenPartial(book, 4, { charge: '0.60000' })
    vendors.balance = '97.60000'
    await rig.night(nightMs(1))
    await rig.night(nightMs(1) + HOUR_MS)
    expect(await verdictsOf(rig, 'panel')).toEqual([])
    expect(await openCodes(rig)).toEqual([])
    await rig.night(nightMs(2))
    expect(await verdictsOf(rig, 'panel')).toEqual(['partial net'])
  })

  it('covers the orders of unknown quantity where the catalogue bounds what they were', async () => {
    const book = await netBook(fresh)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), OPENING)
    vendors.services = [{ service: 1, name: 'Likes', type: 'Default', rate: '1.00', min: '10', max: '100000' }]
    await firstSeenPartial(book, 5, { charge: '0.60000', isQuantityKnown: false })
    vendors.balance = '97.00000'
    await rig.night(nightMs(1))
    expect(await ambiguous(book)).toHaveLength(5)
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual([])
  })
})

describeOnSqlite('a tie that proves nothing', (fresh) => {
  it('is one without a stated opening', async () => {
    const book = await netBook(fresh)
    const { rig, vendors } = book
    await firstSeenPartial(book, 4, { charge: '1.00000' })
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,top-up,50,USD,P-1,'))
    vendors.balance = '46.00000'
    await rig.night(nightMs(1))
    await rig.night(nightMs(2))
    expect(await ambiguous(book)).toHaveLength(4)
    expect(await verdictsOf(rig, 'panel')).toEqual([])
  })

  it.each(['write-off', 'suspense', 'bonus'] as const)('is one that a person made with a %s', async (as) => {
    // Gross: 1.00 was charged for each and 0.40 credited; a manual debit of 1.11 keeps the wallet from proving it.
    const book = await netBook(fresh)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), OPENING)
    await firstSeenPartial(book, 4, { charge: '1.00000' })
    vendors.balance = '96.49000'
    await rig.night(nightMs(1))
    await resolve(rig, 1, 'MISSING_IN_BOOKS', as, { reference: 'B-1' })
    for (const night of [2, 3, 4]) await rig.night(nightMs(night))
    expect(await ambiguous(book)).toHaveLength(4)
    expect(await verdictsOf(rig, 'panel')).toEqual([])
  })

  it('is one of a panel with an order at its full price by the catalogue: its refund is late, or was compensated', async () => {
    const book = await netBook(fresh)
    const { rig, vendors } = book
    vendors.services = [{ service: 1, name: 'Likes', type: 'Default', rate: '1.00', min: '10', max: '100000' }]
    await rig.importEvidence(nightMs(1), OPENING)
    await rig.night(nightMs(1))
    await rig.importOrders(
      nightMs(1) + HOUR_MS,
      'panel',
      history(...['1', '2', '3'].map((id) => `${id},2026-03-02 10:00:00,http://x,1.00000,0,1000,1,Partial,400`)),
    )
    for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'Partial', charge: '1.00000', remains: '400' })
    vendors.balance = '97.00000' // Credited 1.20, and debited 1.20 by hand.
    for (const night of [2, 3, 4]) await rig.night(nightMs(night))
    expect(await ambiguous(book)).toHaveLength(3)
    expect(await verdictsOf(rig, 'panel')).toEqual([])
  })

  it('is one beside a partial order that was seen open and kept its charge', async () => {
    const book = await netBook(fresh)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), OPENING)
    await firstSeenPartial(book, 3, { charge: '1.00000' })
    await rig.addOrders(nightMs(1), 'panel', ['7'])
    vendors.orders.set('7', { status: 'In progress', charge: '2.00000', remains: '1000' })
    vendors.balance = '95.00000'
    await rig.night(nightMs(1))
    vendors.orders.set('7', { status: 'Partial', charge: '2.00000', remains: '500' })
    for (const night of [2, 3]) await rig.night(nightMs(night))
    expect(await ambiguous(book)).toHaveLength(4)
    expect(await verdictsOf(rig, 'panel')).toEqual([])
  })

  it('is one while an order is not known: its charge may be what the refunds came to', async () => {
    const book = await netBook(fresh)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), OPENING)
    await firstSeenPartial(book, 3, { charge: '1.00000' })
    await rig.addOrders(nightMs(1), 'panel', ['8'])
    vendors.orders.set('8', { status: 'In progress', charge: 'a lot' })
    vendors.balance = '97.00000'
    for (const night of [1, 2, 3]) await rig.night(nightMs(night))
    expect(await verdictsOf(rig, 'panel')).toEqual([])
    vendors.orders.set('8', { status: 'In progress', charge: '1.20000' })
    await rig.night(nightMs(4))
    expect(await storyOf(rig, 'panel', 'order:101')).toContain('refund 0.40000000 on 2026-03-04')
    expect(await openCodes(rig)).toEqual([])
  })

  it('is one whose orders would have come to less than the last decimal', async () => {
    const book = await netBook(fresh)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), OPENING)
    await rig.importOrders(nightMs(1), 'panel', history('1,2026-03-01 10:00:00,http://x,0.01,0,1000,1,Partial,400'))
    vendors.orders.set('1', { status: 'Partial', charge: '0.01', remains: '400' })
    vendors.balance = '99.99'
    for (const night of [1, 2, 3]) await rig.night(nightMs(night))
    expect(await ambiguous(book)).toHaveLength(1)
  })
})

describeOnSqlite('what a tie was evidence for', (fresh) => {
  async function tied(): Promise<ScriptedBook> {
    const book = await netBook(fresh)
    await book.rig.importEvidence(nightMs(1), OPENING)
    await firstSeenPartial(book, 4, { charge: '1.00000' })
    await book.rig.addOrders(nightMs(1), 'panel', ['7'])
    book.vendors.orders.set('7', { status: 'In progress', charge: '2.00000', remains: '1000' })
    book.vendors.balance = '94.00000'
    for (const night of [1, 2]) await book.rig.night(nightMs(night))
    expect(await verdictsOf(book.rig, 'panel')).toEqual(['partial net'])
    return book
  }

  it('is taken back when the wallet shows the refunds after all, and these are then booked', async () => {
    const { rig, vendors } = await tied()
    vendors.balance = '95.60000'
    await rig.night(nightMs(3)) // The wallet is read again once finished orders were asked about.
    expect(await verdictsOf(rig, 'panel')).toEqual(['partial gross'])
    for (const id of ['101', '102', '103', '104'])
      expect(await storyOf(rig, 'panel', `order:${id}`)).toContain('refund 0.40000000 on 2026-03-03')
    expect(await openCodes(rig)).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('is taken back when the wallet proves that a partial refund is gross', async () => {
    const { rig, vendors } = await tied()
    await rig.importOrders(
      nightMs(2) + HOUR_MS,
      'panel',
      history('7,2026-03-01 10:00:00,http://x,2.00000,0,1000,1,In progress,1000'),
    )
    vendors.orders.set('7', { status: 'Partial', charge: '2.00000', remains: '450' })
    vendors.balance = '94.90000'
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'panel', 'order:7')).toContain('refund 0.90000000 on 2026-03-03')
    expect(await verdictsOf(rig, 'panel')).toEqual(['partial unknown'])
    expect((await openCodes(rig)).filter((code) => code.includes('AMBIGUOUS'))).toHaveLength(4)
    for (const night of [4, 5]) await rig.night(nightMs(night))
    expect((await openCodes(rig)).filter((code) => code.includes('AMBIGUOUS'))).toHaveLength(4)
  })

  it('is taken back when a person says that a partial refund came beside the whole charge', async () => {
    const book = await tied()
    const { rig, vendors } = book
    await rig.importOrders(
      nightMs(2) + HOUR_MS,
      'panel',
      history('7,2026-03-01 10:00:00,http://x,2.00000,0,1000,1,In progress,1000'),
    )
    vendors.orders.set('7', { status: 'Partial', charge: '2.00000', remains: '450' })
    // Its refund came with that of 102, and with a bonus nobody has told of yet.
    vendors.balance = '107.30000'
    await rig.night(nightMs(3))
    expect(await ambiguous(book)).toEqual([])
    await resolve(rig, 3, 'REFUND_MISSING', 'received', { amount: '0.90' })
    await rig.night(nightMs(4))
    expect(await ambiguous(book)).toHaveLength(4)
    expect(await verdictsOf(rig, 'panel')).toEqual(['partial unknown'])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })
})
