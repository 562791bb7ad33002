/**
 * Panels that lower the charge of partial orders and leave that of canceled ones, and whose credits come late or never: a
 * fall that is booked before its credit hides no canceled order's refund. Figures are of canceled orders.
 */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../../support/databases.ts'
import type { Database } from '../../../src/db/database.ts'
import { expectReplays } from '../counters-support.ts'
import { ordersOf } from '../reads.ts'
import { panelBook } from './book.ts'
import { provenByHand } from './oracle.ts'
import type { PanelPlan } from './panel.ts'

const USUAL = { nights: 33, rounding: 'half-up', nets: 'partial', canceled: 25, partial: 25 } as const
const FIVE = { charge: 5, wallet: 5, refund: 5 }
const LATE = { ...USUAL, decimals: FIVE, ordersPerNight: 4, late: 40 } as const
const NEVER: Omit<PanelPlan, 'seed'> = {
  ...USUAL,
  decimals: FIVE,
  ordersPerNight: 3,
  late: 20,
  denied: 10,
  byHand: [
    [6, '-0.77'],
    [13, '5.00'],
    [21, '-12.50'],
  ],
}

/** `before`: how many were booked when a fall counted as credited at once. */
interface World {
  readonly name: string
  readonly plan: PanelPlan
  readonly proven: number
  readonly before: number
}

const WORLDS: readonly World[] = [
  { name: 'late, 7', plan: { ...LATE, seed: 7 }, proven: 38, before: 38 },
  { name: 'late, 41', plan: { ...LATE, seed: 41 }, proven: 27, before: 15 },
  { name: 'late, 42', plan: { ...LATE, seed: 42 }, proven: 34, before: 30 },
  { name: 'late, 43', plan: { ...LATE, seed: 43 }, proven: 32, before: 30 },
  { name: 'never, 7', plan: { ...NEVER, seed: 7 }, proven: 23, before: 15 },
  { name: 'never, 41', plan: { ...NEVER, seed: 41 }, proven: 22, before: 14 },
  { name: 'never, 42', plan: { ...NEVER, seed: 42 }, proven: 23, before: 15 },
  { name: 'never, 43', plan: { ...NEVER, seed: 43 }, proven: 17, before: 16 },
]

interface Figures {
  readonly proven: number
  readonly booked: number
  readonly wrong: readonly string[]
}

async function figuresOf(database: Database, plan: PanelPlan): Promise<Figures> {
  const book = await panelBook(database, plan)
  for (let night = 1; night <= plan.nights; night += 1) await book.night(night)
  await expectReplays(book.rig, await opened(newSqliteUrl()))
  const held = await ordersOf(book.rig, 'panel')
  const canceled = new Map(book.orders.filter(({ lowersCharge }) => !lowersCharge).map((order) => [order.id, order]))
  const wrong = [...canceled.values()].filter(({ id, credits }) => {
    const refunded = held.get(id)?.refunded ?? 0n
    return refunded !== 0n && refunded !== credits[0]?.amount
  })
  const proven = [...provenByHand(plan, book.orders)].filter(([id]) => canceled.has(id))
  const booked = proven.filter(([id, amount]) => held.get(id)?.refunded === amount)
  return { proven: proven.length, booked: booked.length, wrong: wrong.map(({ id }) => id) }
}

it.each(WORLDS)('books the refunds of canceled orders beside late falls: $name', async ({ plan, proven, before }) => {
  const figures = await figuresOf(await opened(newSqliteUrl()), plan)
  expect(figures).toMatchObject({ proven, wrong: [] })
  expect(figures.booked / proven).toBeGreaterThanOrEqual(0.95)
  expect(figures.booked).toBeGreaterThanOrEqual(before)
})

describeOnSqlite('a mixed panel whose credits come late', (fresh) => {
  it('has every refund of a canceled order booked that trying everything finds', async () => {
    const { proven, booked, wrong } = await figuresOf(await fresh(), { ...LATE, seed: 41, nights: 12 })
    expect({ booked, wrong }).toEqual({ booked: proven, wrong: [] })
    expect(proven).toBeGreaterThan(0)
  })
})
