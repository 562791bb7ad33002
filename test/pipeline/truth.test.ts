/** Several nights in several worlds over real HTTP: in the end the books say what really happened, to the last 10⁻⁸. */
import { expect, it } from 'vitest'
import { foots } from '../../src/domain/wallets/control-totals.ts'
import { loadSemantics } from '../../src/evidence/semantics.ts'
import { worldTruth } from '../../src/sandbox/world/truth.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { balanceOf, differencesOf, netCostByOrder, openCodes, ordersOf, verdictsOf } from './reads.ts'
import { sandboxBook, smallWorld, type SandboxBook } from './sandbox-book.ts'

const NIGHTS = 6
const NO_DIFFERENCE = { pub: '0.00000000', ads: '0.00000000', netpanel: '0.00000000', grosspanel: '0.00000000' }

describeOnBothEngines('the books after six nights', (fresh) => {
  it('say what really happened', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3 }))
    const reports = []
    for (let night = 1; night <= NIGHTS; night += 1) {
      reports.push(await book.night(night))
      await expectOnlyWaitingRefunds(book)
    }
    const last = reports.at(-1)
    expect(last && differencesOf(last)).toEqual(NO_DIFFERENCE)
    await expectTruth(book)
    for (const step of reports.flatMap((report) => report.steps)) {
      expect(foots(step.totals), `step ${step.step} foots`).toBe(true)
    }
    expect(await openCodes(book.rig)).toEqual([])
  })
})

describeOnSqlite('the books after six nights', (fresh) => {
  it('tie out also when a refund case has too few orders for a verdict: world 2026 has two completion refunds', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 2026 }))
    for (let night = 1; night <= NIGHTS; night += 1) {
      await book.night(night)
      await expectOnlyWaitingRefunds(book)
    }
    expect(await openCodes(book.rig)).toEqual([])
    await expectTruth(book)
  })
})

/** Every night, whatever is known yet: what a wallet shows beyond the books is just the refunds that wait for proof. */
async function expectOnlyWaitingRefunds({ rig, world }: SandboxBook): Promise<void> {
  for (const panel of worldTruth(world).panels) {
    const orders = await ordersOf(rig, panel.name)
    const booked = await netCostByOrder(rig, panel.name)
    let waiting = 0n
    for (const { id, gross, refunded } of panel.orders) {
      const left = (booked.get(String(id)) ?? 0n) - (gross - refunded)
      waiting += left
      if (left !== 0n) expect(orders.get(String(id))?.pending, `${panel.name} ${id} waits`).not.toBeNull()
    }
    expect(panel.wallet - (await balanceOf(rig, `1310:${panel.name}`))).toBe(waiting)
  }
}

async function expectTruth({ rig, world }: SandboxBook): Promise<void> {
  const truth = worldTruth(world)
  for (const panel of truth.panels) {
    expect(await balanceOf(rig, `1310:${panel.name}`)).toBe(panel.wallet)
    const expected = new Map(panel.orders.map((order) => [String(order.id), order.gross - order.refunded]))
    const booked = await netCostByOrder(rig, panel.name)
    const wrong = [...expected].filter(([id, cost]) => (booked.get(id) ?? 0n) !== cost)
    expect(wrong, `${panel.name}: orders whose cost is wrong`).toEqual([])
    expect([...booked.keys()].filter((id) => !expected.has(id))).toEqual([])
  }
  for (const { name, openingReceivable, totalEarned, totalClawedBack } of truth.publishers) {
    expect(await balanceOf(rig, `1100:${name}`)).toBe(openingReceivable + totalEarned - totalClawedBack)
  }
  for (const { name, wallet } of truth.advertisers) expect(await balanceOf(rig, `1300:${name}`)).toBe(wallet)
}

describeOnSqlite('what is learned about a panel', (fresh) => {
  it('is that one nets its charges and the other does not, and how it rounds refunds', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 11, ordersPerDay: 120 }))
    for (let night = 1; night <= NIGHTS; night += 1) await book.night(night)
    const net = await verdictsOf(book.rig, 'netpanel')
    const gross = await verdictsOf(book.rig, 'grosspanel')
    expect(net).toEqual(expect.arrayContaining(['cancel net', 'partial net']))
    expect(gross).toEqual(expect.arrayContaining(['cancel gross', 'partial gross']))
    expect([...net, ...gross].filter((verdict) => verdict.endsWith('unknown'))).toEqual([])
    const { kysely } = book.rig.database
    const { id } = await book.rig.bookRow()
    const source = await kysely
      .selectFrom('source')
      .select('id')
      .where('name', '=', 'grosspanel')
      .executeTakeFirstOrThrow()
    expect((await loadSemantics(kysely, id, source.id)).roundings.partial).toEqual({ mode: 'half-up', decimals: 5 })
  })
})
