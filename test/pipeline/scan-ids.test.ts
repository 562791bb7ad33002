/** Scanning a panel's ids: what is found is booked, what is not leaves no trace, and nothing is asked twice. */
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { replayBook } from '../../src/pipeline/replay.ts'
import { describeOnSqlite, type Fresh } from '../support/databases.ts'
import { nightMs, rigOn } from './harness.ts'
import { fingerprintsOf, openCodes, ordersOf, quarantined, storyOf } from './reads.ts'
import { scriptedBook, type ScriptedBook } from './scripted-book.ts'

const NOW = nightMs(20)
const REPLAY = { nowMs: nightMs(30), signal: new AbortController().signal, onBatch: () => undefined }
const FAST = 'scanRequestsPerMinute: 60000'

const FIREWALL = { status: 403, type: 'text/html', body: '<html>Just a moment</html>' }
/** What the night before a scan found: the order on top was never paid from this wallet. */

/** Orders of the account among many thousand ids of others. */
const OWN = ['105', '230', '231', '999', '1500', '2750']

async function book(fresh: Fresh, own: readonly string[] = OWN): Promise<ScriptedBook> {
  const made = await scriptedBook(await fresh(), { panelMore: FAST })
  for (const id of own) made.vendors.orders.set(id, { status: 'In progress', charge: `0.${id}`, remains: '10' })
  return made
}

/** An order above all that are scanned, so that everything below it was given out before. */
async function withNewest({ rig, vendors }: ScriptedBook, id = '9000'): Promise<void> {
  vendors.orders.set(id, { status: 'Completed', charge: '1.00' })
  await rig.addOrders(NOW, 'panel', [id])
  await rig.night(nightMs(19))
  vendors.asked.length = 0
}

describeOnSqlite('a scan', (fresh) => {
  it('registers and books the orders it finds, and of all other ids nothing', async () => {
    const { rig, vendors } = await book(fresh)
    const { scan } = await rig.scan(NOW, 'panel', { first: 100, last: 2999 })
    expect(scan).toMatchObject({ asked: 2900, found: 6, unknown: 2894, unanswered: 0, passedOver: 0 })
    expect(vendors.asked).toHaveLength(2900)
    expect(new Set(vendors.asked).size).toBe(2900)
    const orders = await ordersOf(rig, 'panel')
    expect([...orders.keys()].toSorted()).toEqual(OWN.toSorted())
    expect(new Set([...orders.values()].map(({ origin }) => origin))).toEqual(new Set(['scan']))
    expect(await storyOf(rig, 'panel', 'order:105')).toEqual(['charge 0.10500000 on 2026-03-20'])
    expect(await openCodes(rig)).toEqual([])
    expect(await quarantined(rig)).toEqual([])
  })

  it('asks in batches of a hundred and never about an order that is registered', async () => {
    const made = await book(fresh)
    await withNewest(made)
    await made.rig.addOrders(NOW, 'panel', ['150', '160'])
    const before = made.vendors.requests()
    const { scan } = await made.rig.scan(NOW, 'panel', { first: 101, last: 302 })
    expect(made.vendors.requests() - before).toBe(2)
    expect(made.vendors.asked).not.toContain('150')
    expect(scan).toMatchObject({ asked: 200, found: 3, unknown: 197, passedOver: 2 })
  })

  it('keeps to a pace of its own, whatever the panel allows', async () => {
    const { rig, vendors } = await scriptedBook(await fresh(), { panelMore: 'scanRequestsPerMinute: 1' })
    const stop = new AbortController()
    const enough = async (): Promise<void> => {
      await vi.waitFor(() => expect(vendors.requests()).toBe(1))
      stop.abort(new Error('seen enough'))
    }
    const scanning = rig.scan(NOW, 'panel', { first: 100, last: 399 }, { signal: stop.signal })
    const [outcome] = await Promise.allSettled([scanning, enough()])
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'seen enough' } })
    expect(vendors.requests()).toBe(1)
  })

  it('remembers what it was told, so that a second one asks nothing and a wider one only what is new', async () => {
    const made = await book(fresh)
    await withNewest(made)
    await made.rig.scan(NOW, 'panel', { first: 200, last: 2200 })
    made.vendors.asked.length = 0
    const second = await made.rig.scan(NOW, 'panel', { first: 200, last: 2200 })
    expect(second.scan).toMatchObject({ asked: 0, found: 0, unknown: 0, passedOver: 2001 })
    expect(made.vendors.asked).toEqual([])
    await made.rig.scan(NOW, 'panel', { first: 190, last: 2203 })
    const below = Array.from({ length: 10 }, (_, index) => 190 + index)
    expect(made.vendors.asked.map(Number).toSorted((a, b) => a - b)).toEqual([...below, 2201, 2202, 2203])
    const rows = await made.rig.database.kysely.selectFrom('scanned_ids').select(['first_id', 'last_id']).execute()
    expect(rows).toEqual([{ first_id: 190n, last_id: 2203n }])
  })

  it('does not remember ids above every order known, since the panel may still give them out', async () => {
    const { rig, vendors } = await book(fresh, ['105'])
    const first = await rig.scan(NOW, 'panel', { first: 100, last: 199 })
    expect(first.scan).toMatchObject({ found: 1, unknown: 99, highestKnown: 105 })
    vendors.orders.set('150', { status: 'Pending', charge: '0.50' })
    vendors.asked.length = 0
    const second = await rig.scan(NOW, 'panel', { first: 100, last: 199 })
    expect(vendors.asked.map(Number).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 94 }, (_, index) => 106 + index),
    )
    expect(second.scan).toMatchObject({ asked: 94, found: 1, passedOver: 6 })
    vendors.asked.length = 0
    await rig.scan(NOW, 'panel', { first: 100, last: 150 })
    expect(vendors.asked).toEqual([])
    expect(await storyOf(rig, 'panel', 'order:150')).toEqual(['charge 0.50000000 on 2026-03-20'])
  })

  it('of a panel of which no order is known remembers all below the first that is found', async () => {
    const { rig, vendors } = await book(fresh)
    await rig.scan(NOW, 'panel', { first: 100, last: 2999 })
    vendors.asked.length = 0
    const { scan } = await rig.scan(NOW, 'panel', { first: 100, last: 2999 })
    expect(vendors.asked.map(Number).toSorted((a, b) => a - b)[0]).toBe(2751)
    expect(scan).toMatchObject({ asked: 249, passedOver: 2651, highestKnown: 2750 })
  })

  it("asks about a parent's children, who carry the charges", async () => {
    const { rig, vendors } = await book(fresh, [])
    vendors.orders.set('110', { status: 'Completed', runs: '2', orders: ['7001', '112'] })
    vendors.orders.set('112', { status: 'Completed', charge: '0.20' })
    vendors.orders.set('7001', { status: 'Completed', charge: '0.30' })
    await rig.scan(NOW, 'panel', { first: 100, last: 120 })
    const orders = await ordersOf(rig, 'panel')
    expect([...orders.keys()].toSorted()).toEqual(['110', '112', '7001'])
    // Finished when they were first seen, and nobody knows their day (W0).
    expect(await storyOf(rig, 'panel', 'order:7001')).toEqual([])
    const remembered = await rig.database.kysely.selectFrom('scanned_ids').select('last_id').execute()
    expect(remembered.every(({ last_id }) => last_id <= 120n)).toBe(true)
  })

  it('keeps an order whose status makes no sense, and says so', async () => {
    const { rig, vendors } = await book(fresh, [])
    vendors.orders.set('110', { status: 'Completed', charge: '' })
    vendors.orders.set('111', { status: 'Completed', charge: '1.00', currency: 'EUR' })
    await rig.scan(NOW, 'panel', { first: 100, last: 120 })
    expect([...(await ordersOf(rig, 'panel')).keys()].toSorted()).toEqual(['110', '111'])
    expect(await openCodes(rig)).toEqual(['panel CURRENCY order:111'])
    expect((await ordersOf(rig, 'panel')).get('110')).toMatchObject({ unclear: 'charge', chargeVersion: 0 })
  })

  it('replayed from its landing remembers and books the same', async () => {
    const made = await book(fresh)
    await withNewest(made)
    await made.rig.scan(NOW, 'panel', { first: 100, last: 2999 })
    const { kysely } = made.rig.database
    const into = await fresh()
    const bookRow = await made.rig.bookRow()
    const report = await replayBook({ kysely, book: bookRow }, into, made.rig.book, REPLAY)
    expect(report.isSame).toBe(true)
    const ranges = (of: typeof kysely) => of.selectFrom('scanned_ids').selectAll().execute()
    expect(await ranges(into.kysely)).toEqual(await ranges(kysely))
  })
})

describeOnSqlite('an answer to a scan that cannot be read', (fresh) => {
  it('is set aside, opens no exception, and is asked for again by the next scan', async () => {
    const made = await book(fresh)
    await withNewest(made)
    made.vendors.instead.set(made.vendors.requests() + 1, FIREWALL)
    const { scan } = await made.rig.scan(NOW, 'panel', { first: 100, last: 299 })
    expect(scan).toMatchObject({ asked: 200, unanswered: 100 })
    expect(await openCodes(made.rig)).toEqual([])
    expect(await quarantined(made.rig)).toMatchObject([{ object: '100 scanned ids, 299 to 200' }])
    made.vendors.asked.length = 0
    const again = await made.rig.scan(NOW, 'panel', { first: 100, last: 299 })
    expect(made.vendors.asked).toHaveLength(100)
    expect(again.scan).toMatchObject({ asked: 100, found: 2, unknown: 98, unanswered: 0 })
  })

  it('of a panel that is down stops the scan, which goes on where it stood', async () => {
    const made = await book(fresh)
    await withNewest(made)
    made.vendors.dead.add('panel')
    await expect(made.rig.scan(NOW, 'panel', { first: 100, last: 2999 })).rejects.toThrow(
      'gave no readable answer about any of the ids 2000 to 2999',
    )
    made.vendors.dead.delete('panel')
    const report = await made.rig.scan(NOW, 'panel', { first: 100, last: 2999 })
    expect(report.resumed).toBe(true)
    expect(report.scan).toMatchObject({ asked: 2900, found: 6, unknown: 2894, unanswered: 0 })
    expect(await openCodes(made.rig)).toEqual([])
  })

  it('is asked for in smaller parts when one id may have spoilt it for all', async () => {
    const made = await book(fresh)
    await withNewest(made)
    const spoilt = { status: 502, type: 'application/json', body: '{"error":"Upstream provider error"}' }
    made.vendors.instead.set(made.vendors.requests() + 1, spoilt)
    const { scan } = await made.rig.scan(NOW, 'panel', { first: 100, last: 299 })
    expect(scan).toMatchObject({ asked: 200, found: 3, unknown: 197, unanswered: 0 })
    made.vendors.asked.length = 0
    await made.rig.scan(NOW, 'panel', { first: 100, last: 299 })
    expect(made.vendors.asked).toEqual([])
  })
})

describeOnSqlite('a panel that refuses a request in which it knows no order', (fresh) => {
  it('is asked with a known order beside the others, and remembers them all the same', async () => {
    const made = await book(fresh)
    await withNewest(made)
    made.vendors.refusal = 'none known'
    const { scan } = await made.rig.scan(NOW, 'panel', { first: 100, last: 2999 })
    expect(scan).toMatchObject({ asked: 2900, found: 6, unknown: 2894, unanswered: 0 })
    expect(await openCodes(made.rig)).toEqual([])
    const requests = made.vendors.requests()
    await made.rig.scan(NOW, 'panel', { first: 100, last: 2999 })
    expect(made.vendors.requests()).toBe(requests)
    // The first thousand twice, of which a few requests had an order in them; from then on 99 to a request.
    expect(requests).toBeLessThan(60)
  })

  it('or in which it does not know one, is not asked a hundred thousand times', async () => {
    const made = await book(fresh)
    await withNewest(made)
    made.vendors.refusal = 'one unknown'
    const before = made.vendors.requests()
    await expect(made.rig.scan(NOW, 'panel', { first: 100, last: 2999 })).rejects.toThrow('gave no readable answer')
    expect(made.vendors.requests() - before).toBeLessThan(40)
    expect(await openCodes(made.rig)).toEqual([])
  })
})

describeOnSqlite('the books after a scan', (fresh) => {
  it('do not depend on how the range was split over runs', async () => {
    const whole = await book(fresh)
    await whole.rig.scan(NOW, 'panel', { first: 100, last: 2999 })
    const { digest } = await fingerprintsOf(whole.rig)
    const cut = fc.uniqueArray(fc.integer({ min: 101, max: 2999 }), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(cut, fc.boolean(), async (cuts, isReversed) => {
        const part = await book(fresh)
        const edges = [100, ...cuts.toSorted((a, b) => a - b), 3000]
        const ranges = edges.slice(1).map((edge, index) => ({ first: edges[index] ?? 0, last: edge - 1 }))
        for (const range of isReversed ? ranges.toReversed() : ranges) await part.rig.scan(NOW, 'panel', range)
        expect((await fingerprintsOf(part.rig)).digest).toBe(digest)
      }),
      { numRuns: 6 },
    )
  }, 60_000)

  it('are the same when it was stopped at a signal and taken up again', async () => {
    const whole = await book(fresh)
    await whole.rig.scan(NOW, 'panel', { first: 100, last: 2999 })
    const stopped = await book(fresh)
    const stop = new AbortController()
    const progress = (): void => stop.abort(new Error('interrupted'))
    const ids = { first: 100, last: 2999 }
    const changes = { signal: stop.signal, progress }
    await expect(stopped.rig.scan(NOW, 'panel', ids, changes)).rejects.toThrow('interrupted')
    const report = await rigOn(stopped.rig.database, stopped.rig).scan(NOW, 'panel', ids)
    expect(report).toMatchObject({ resumed: true, scan: { asked: 2900, found: 6 } })
    expect(new Set(stopped.vendors.asked).size).toBe(2900)
    expect((await fingerprintsOf(stopped.rig)).digest).toBe((await fingerprintsOf(whole.rig)).digest)
  })
})
