/** Past days: the registry's orders of the range and nothing else, said plainly where an API has no past. */
import { expect, it } from 'vitest'
import { worldTruth } from '../../src/sandbox/world/truth.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { balanceOf, fingerprintsOf, netCostByOrder, storyOf } from './reads.ts'
import { sandboxBook, smallWorld } from './sandbox-book.ts'
import { history, payments, scriptedBook, type ScriptedBook } from './scripted-book.ts'

const NOW = nightMs(20)

const LINES = [
  '1,2026-02-27 23:59:59,,1.00000,0,1000,1,Completed,0',
  '2,2026-02-28 00:00:00,,1.00000,0,1000,1,Completed,0',
  '3,2026-03-02 23:59:59,,1.00000,0,1000,1,Completed,0',
  '4,2026-03-03 00:00:00,,1.00000,0,1000,1,Completed,0',
]

async function withHistory({ rig, vendors }: ScriptedBook): Promise<void> {
  await rig.importOrders(NOW, 'panel', history(...LINES))
  for (const id of ['1', '2', '3', '4']) vendors.orders.set(id, { status: 'Completed', charge: '1.00000' })
}

/** Everything the nightly runs go by, other than what the answers themselves say. */
async function nightlyState({ rig }: ScriptedBook) {
  const { kysely } = rig.database
  return {
    wallets: await kysely.selectFrom('wallet_reading').selectAll().execute(),
    counters: await kysely.selectFrom('counter_reading').selectAll().execute(),
    nights: await kysely.selectFrom('run').selectAll().where('kind', '=', 'sync').execute(),
  }
}

describeOnSqlite('a backfill', (fresh) => {
  it('asks about the registered orders of its days and no others, both ends included', async () => {
    const book = await scriptedBook(await fresh())
    await withHistory(book)
    const report = await book.rig.backfill(NOW, '2026-02-28', '2026-03-02')
    expect(book.vendors.asked).toEqual(['2', '3'])
    expect([...(await netCostByOrder(book.rig, 'panel')).keys()]).toEqual(['2', '3'])
    expect(await storyOf(book.rig, 'panel', 'order:3')).toEqual(['charge 1.00000000 on 2026-03-02'])
    expect(report).toMatchObject({ from: '2026-02-28', to: '2026-03-02' })
  })

  it("takes its days in the source's zone, whatever the zone of the file", async () => {
    const book = await scriptedBook(await fresh())
    await book.rig.importOrders(NOW, 'panel', history(...LINES), 'Asia/Kolkata')
    // The source is configured in UTC, where midnight in Kolkata is 18:30 on the day before.
    await book.rig.backfill(NOW, '2026-03-03', '2026-03-03')
    expect(book.vendors.asked).toEqual([])
    await book.rig.backfill(NOW, '2026-03-02', '2026-03-02')
    expect(book.vendors.asked).toEqual(['3', '4'])
  })

  it('moves nothing the nightly runs go by', async () => {
    const book = await scriptedBook(await fresh())
    await withHistory(book)
    await book.rig.night(nightMs(19))
    const before = await nightlyState(book)
    await book.rig.backfill(NOW, '2026-02-01', '2026-03-10')
    expect(await nightlyState(book)).toEqual(before)
    const report = await book.rig.night(NOW)
    expect(report.night).toBe('2026-03-20')
  })

  it('run again books nothing more', async () => {
    const book = await scriptedBook(await fresh())
    await withHistory(book)
    await book.rig.backfill(NOW, '2026-02-01', '2026-03-10')
    const before = await fingerprintsOf(book.rig)
    const again = await book.rig.backfill(NOW, '2026-02-01', '2026-03-10')
    expect(await fingerprintsOf(book.rig)).toEqual(before)
    expect(again.resumed).toBe(false)
    expect(again.steps.find(({ step }) => step === 'backfill:panel')?.totals.rows).toMatchObject({
      in: 4n,
      posted: 0n,
      unchanged: 4n,
    })
  })

  it('claims a refund on the night it is first said, whatever the day of the order', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await rig.importEvidence(NOW - 1000, payments('2026-02-01,panel,opening-balance,100,USD,,'))
    await rig.importOrders(NOW, 'panel', history('5,2026-02-10 10:00:00,,1.00000,0,1000,1,In progress,1000'))
    vendors.orders.set('5', { status: 'Canceled', charge: '0.00000', remains: '1000' })
    await rig.backfill(NOW, '2026-02-10', '2026-02-10')
    expect(await storyOf(rig, 'panel', 'order:5')).toEqual(['charge 1.00000000 on 2026-02-10'])
    await rig.night(NOW)
    expect(await storyOf(rig, 'panel', 'order:5')).toEqual([
      'charge 1.00000000 on 2026-02-10',
      'refund 1.00000000 on 2026-03-20',
    ])
  })

  it('says what Payelancer cannot give back and where to take it from, and that a panel needs its history and its opening', async () => {
    const book = await scriptedBook(await fresh())
    const { limits } = await book.rig.backfill(NOW, '2026-02-01', '2026-02-02')
    expect(limits).toEqual([
      expect.stringMatching(/^pub: .*cannot be read back\. .*day-earned.*tieout evidence import FILE\.$/),
      expect.stringMatching(/^ads: nobody has stated what its wallet held/),
      expect.stringMatching(/^ads: .*cannot be read back\. .*day-spent.*tieout evidence import FILE\.$/),
      expect.stringContaining('Add a line like 2026-02-01,panel,opening-balance,AMOUNT,USD,, to a CSV'),
      expect.stringMatching(/^panel: no order of 2026-02-01 to 2026-02-02 is registered\. .*tieout orders import FILE/),
    ])
    expect(book.vendors.asked).toEqual([])
  })

  it('of days that nights have covered agrees with the panel, and what orders claim in vain is owed', async () => {
    const nightly = await sandboxBook(await fresh(), smallWorld({ seed: 7, days: 3 }))
    for (const night of [1, 2, 3, 4, 5, 6]) await nightly.night(night)
    const late = await sandboxBook(await fresh(), smallWorld({ seed: 7, days: 3 }))
    for (const night of [1, 2, 3, 4, 5, 6]) await late.live(night)
    await late.rig.backfill(nightMs(6), '2026-03-01', '2026-03-07')
    await late.rig.night(nightMs(6))
    const panel = worldTruth(late.world).panels.find(({ name }) => name === 'netpanel')
    expect(await balanceOf(late.rig, '1310:netpanel')).toBe(panel?.wallet)
    const total = (costs: Iterable<bigint>): bigint => [...costs].reduce((sum, cost) => sum + cost, 0n)
    const truth = total(panel?.orders.map((order) => order.gross - order.refunded) ?? [])
    const booked = total((await netCostByOrder(late.rig, 'netpanel')).values())
    // All were first seen finished: what they claim in vain is owed until it is denied (O4).
    expect(truth - booked).toBe(await balanceOf(late.rig, '1330:netpanel'))
    const before = await fingerprintsOf(nightly.rig)
    await nightly.rig.backfill(nightMs(6), '2026-03-01', '2026-03-07')
    expect((await fingerprintsOf(nightly.rig)).digest).toBe(before.digest)
  })
})
