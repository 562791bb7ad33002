/**
 * Small worlds of orders that stand for others, night by night, at a panel that takes and gives by hand: each parent has a
 * way of its own to be charged, is dated or not, found at once or late, and runs over some nights, all at prices that add up
 * to each other. Whatever tieout makes of it, a parent booked otherwise than it was charged is an open exception. The truth
 * is kept here in cents.
 */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { describeDatabases, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { dice } from './gross-panel/panel.ts'
import { nightMs } from './harness.ts'
import { openCodes, ordersOf } from './reads.ts'
import { history, payments, scriptedBook } from './scripted-book.ts'

const NIGHTS = 6
const PARENTS = 5
const PRICES = [300, 600, 900, 1200] as const
/** Of nothing else, so that what the panel credits is no parent's price. */
const REFUNDS = [431, 743] as const
const BY_HAND = [-77, 123, -41] as const

interface WorldParent {
  readonly id: string
  readonly price: number
  /** Debited: each run when it starts; the whole at once, beside runs of nothing; the whole, shown as charges of the runs. */
  readonly model: 'runs' | 'itself' | 'whole'
  readonly runs: number
  readonly made: number
  readonly found: number
  readonly isDated: boolean
}

interface Refund {
  readonly id: string
  readonly price: number
  readonly canceled: number
  /** The night of its credit; never where it is beyond the last. */
  readonly credited: number
}

interface World {
  readonly parents: readonly WorldParent[]
  readonly refunds: readonly Refund[]
  readonly byHand: readonly (readonly [number, number])[]
}

function worldOf(seed: number): World {
  const roll = dice(seed)
  for (let skipped = 0; skipped < 10; skipped += 1) roll(2)
  const one = <T>(of: readonly T[]): T => of[roll(of.length)] as T
  const parents = Array.from({ length: PARENTS }, (_, at): WorldParent => {
    const made = 2 + roll(NIGHTS - 2)
    return {
      id: String(100 * (at + 1)),
      price: one(PRICES),
      model: one(['runs', 'itself', 'whole'] as const),
      runs: 1 + roll(3),
      made,
      found: made + (roll(3) === 0 ? 1 : 0),
      isDated: roll(3) > 0,
    }
  })
  const refunds = Array.from({ length: 2 }, (_, at): Refund => {
    const canceled = 2 + roll(NIGHTS - 1)
    return { id: String(11 + at), price: REFUNDS[at] ?? 0, canceled, credited: canceled + roll(3) }
  })
  return { parents, refunds, byHand: [[2 + roll(2), one(BY_HAND)] as const, [3 + roll(3), one(BY_HAND)] as const] }
}

function text(cents: number): string {
  return (cents / 100).toFixed(2)
}

function runsOn({ made, runs }: WorldParent, night: number): number {
  return Math.max(0, Math.min(runs, night - made + 1))
}

function walletOn({ parents, refunds, byHand }: World, night: number): number {
  let wallet = 100_000
  for (const parent of parents) {
    if (parent.made > night) continue
    wallet -= parent.model === 'runs' ? (parent.price / parent.runs) * runsOn(parent, night) : parent.price
  }
  for (const { price, credited } of refunds) wallet += credited <= night ? 0 : -price
  for (const [on, amount] of byHand) wallet += on <= night ? amount : 0
  return wallet
}

/** What is booked otherwise than it was charged, and not excepted; and how many parents were decided. */
async function run(
  database: Database,
  seed: number,
): Promise<{ readonly wrong: readonly string[]; readonly decided: number }> {
  const world = worldOf(seed)
  const { parents, refunds } = world
  const book = await scriptedBook(database, { panelMore: 'sweepLimit: 0' })
  const { rig, vendors } = book
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,1000.00,USD,,'))
  const listedOn = async (night: number, rows: readonly (readonly [string, number])[]): Promise<void> => {
    if (rows.length === 0) return
    const csv = rows.map(([id, made]) => `${id},2026-03-0${made} 10:00:00,http://x,,0,1000,1,In progress,1000`)
    await rig.importOrders(nightMs(night), 'panel', history(...csv))
  }
  await listedOn(
    1,
    refunds.map(({ id }) => [id, 1] as const),
  )
  const wrong: string[] = []
  let decided = 0
  for (let night = 1; night <= NIGHTS + 1; night += 1) {
    const found = parents.filter((parent) => parent.found === night)
    await listedOn(
      night,
      found.flatMap(({ id, made, isDated }) => (isDated ? [[id, made] as const] : [])),
    )
    const undated = found.filter(({ isDated }) => !isDated).map(({ id }) => id)
    if (undated.length > 0) await rig.addOrders(nightMs(night), 'panel', undated)
    for (const { id, price, canceled } of refunds) {
      const status = canceled <= night ? 'Canceled' : 'In progress'
      vendors.orders.set(id, { status, charge: text(price), remains: '1000' })
    }
    for (const parent of parents) {
      const ids = Array.from({ length: runsOn(parent, night) }, (_, at) => String(Number(parent.id) + at + 1))
      if (parent.made <= night)
        vendors.orders.set(parent.id, { status: 'In progress', charge: text(parent.price), orders: ids })
      const shown = parent.model === 'itself' ? 0 : parent.price / parent.runs
      for (const id of ids) vendors.orders.set(id, { status: 'In progress', charge: text(shown) })
    }
    vendors.balance = text(walletOn(world, night))
    await rig.night(nightMs(night))
    const excepted = new Set(await openCodes(rig))
    const orders = await ordersOf(rig, 'panel')
    decided = 0
    for (const { id, model, price } of parents) {
      const order = orders.get(id)
      const isOpen = excepted.has(`panel PARENT_CHARGE order:${id}`)
      if (order === undefined || order.status === null) continue
      if (!isOpen) decided += 1
      // Of what is debited whole and shown as its runs, the runs are in the books, and the whole never beside them.
      const due = model === 'itself' ? price : 0
      const isRight = order.charged === BigInt(due) * 1_000_000n
      if (!isOpen && !isRight) wrong.push(`night ${night}: ${model} ${id} at ${text(price)}: ${order.charged}`)
    }
  }
  await expectReplays(rig, await opened(newSqliteUrl()))
  return { wrong, decided }
}

describeDatabases('no parent is booked otherwise than it was charged without an exception', (fresh) => {
  it.each([19, 25, 29])('in world %i', async (seed) => {
    const { wrong, decided } = await run(await fresh(), seed)
    expect(wrong).toEqual([])
    expect(decided).toBeGreaterThan(0)
  })
})
