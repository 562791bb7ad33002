/** Several nights in several worlds over real HTTP: in the end the books say what really happened, to the last 10⁻⁸. */
import { expect, it } from 'vitest'
import { foots } from '../../src/domain/wallets/control-totals.ts'
import { abs } from '../../src/domain/money/money.ts'
import { walletDifference } from '../../src/panels/store/wallet-nights.ts'
import { worldTruth } from '../../src/sandbox/world/truth.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { balanceOf, differencesOf, loweredBy, netCostByOrder, openCodes, ordersOf } from './reads.ts'
import { sandboxBook, smallWorld, type SandboxBook } from './sandbox-book.ts'

const NIGHTS = 6
const NO_DIFFERENCE = { pub: '0.00000000', ads: '0.00000000', netpanel: '0.00000000', grosspanel: '0.00000000' }

describeOnBothEngines('the books after six nights', (fresh) => {
  it.each([3, 7])('say what really happened in world %i', async (seed) => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed }))
    const reports = []
    for (let night = 1; night <= NIGHTS; night += 1) {
      reports.push(await book.night(night))
      await expectExplained(book)
    }
    const last = reports.at(-1)
    expect(last && differencesOf(last)).toEqual(NO_DIFFERENCE)
    await expectTruth(book)
    for (const step of reports.flatMap((report) => report.steps)) {
      expect(foots(step.totals), `step ${step.step} foots`).toBe(true)
    }
    expect((await openCodes(book.rig)).filter((code) => !code.endsWith(' REFUND_MISSING refunds'))).toEqual([])
  })

  it('tie out also where few orders end in one way: world 2026 has two completion refunds', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 2026 }))
    for (let night = 1; night <= NIGHTS; night += 1) {
      await book.night(night)
      await expectExplained(book)
    }
    expect(await openCodes(book.rig)).toEqual([])
    await expectTruth(book)
  })
})

/** Every night, whatever is known yet: what a wallet holds beyond the books is what its nights do not explain. */
async function expectExplained({ rig, world }: SandboxBook): Promise<void> {
  const { id } = await rig.bookRow()
  for (const panel of worldTruth(world).panels) {
    const source = await rig.database.kysely
      .selectFrom('source')
      .select('id')
      .where('name', '=', panel.name)
      .executeTakeFirstOrThrow()
    const difference = await walletDifference(rig.database.kysely, { book: id, source: source.id })
    expect(panel.wallet - (await balanceOf(rig, `1310:${panel.name}`))).toBe(difference)
  }
}

async function expectTruth({ rig, world }: SandboxBook): Promise<void> {
  const truth = worldTruth(world)
  for (const panel of truth.panels) {
    expect(await balanceOf(rig, `1310:${panel.name}`)).toBe(panel.wallet)
    const booked = await netCostByOrder(rig, panel.name)
    const known = await ordersOf(rig, panel.name)
    let short = 0n
    for (const { id, gross, refunded } of panel.orders) {
      const difference = gross - refunded - (booked.get(String(id)) ?? 0n)
      // A claim is exact, and a panel rounds what it pays.
      if (abs(difference) > 1_000n)
        expect(known.get(String(id)), `${panel.name} ${id}`).toMatchObject({ firstSeenFinished: true })
      short += difference
    }
    // What an order first seen finished claims in vain is owed until it is paid or denied (O4).
    const owed = await balanceOf(rig, `1330:${panel.name}`)
    expect(abs(short - owed)).toBeLessThan(BigInt(panel.orders.length) * 1_000n)
    expect([...booked.keys()].filter((id) => !panel.orders.some((order) => String(order.id) === id))).toEqual([])
  }
  for (const { name, openingReceivable, totalEarned, totalClawedBack } of truth.publishers) {
    expect(await balanceOf(rig, `1100:${name}`)).toBe(openingReceivable + totalEarned - totalClawedBack)
  }
  for (const { name, wallet } of truth.advertisers) expect(await balanceOf(rig, `1300:${name}`)).toBe(wallet)
}

describeOnSqlite('what is learned about a panel', (fresh) => {
  it('is that one lowers its charges and the other does not', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 11, ordersPerDay: 120 }))
    for (let night = 1; night <= NIGHTS; night += 1) await book.night(night)
    expect(await loweredBy(book.rig, 'netpanel')).toEqual(expect.arrayContaining(['canceled', 'partial']))
    expect(await loweredBy(book.rig, 'grosspanel')).toEqual([])
  })
})
