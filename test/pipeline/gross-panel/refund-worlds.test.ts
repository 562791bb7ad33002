/** Thirty-three nights of panels that leave their charges, against an oracle that tries everything. */
import { expect, it } from 'vitest'
import type { Database } from '../../../src/db/database.ts'
import { openChanges } from '../../../src/evidence/wallet-changes.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../../support/databases.ts'
import { expectReplays } from '../counters-support.ts'
import { balanceOf, exceptionsOf, ordersOf } from '../reads.ts'
import { panelBook, type PanelBook } from './book.ts'
import { provenByHand } from './oracle.ts'
import { busyNights, walletOn, type PanelPlan } from './panel.ts'

const USUAL = { nights: 33, ordersPerNight: 4, rounding: 'half-up', nets: 'none', canceled: 25, partial: 25 } as const
const FIVE = { charge: 5, wallet: 5, refund: 5 }
const BY_HAND: PanelPlan['byHand'] = [
  [6, '-0.77'],
  [13, '5.00'],
  [21, '-12.50'],
]

const WORLDS: Readonly<Record<string, PanelPlan>> = {
  'one debit by hand on day 2': { ...USUAL, seed: 1, decimals: FIVE, byHand: [[2, '-0.77']] },
  'refunds of two decimals on charges of four, entries by hand': {
    ...USUAL,
    seed: 2,
    decimals: { charge: 4, wallet: 4, refund: 2 },
    rounding: 'floor',
    byHand: BY_HAND,
  },
  'credits up to five nights late': { ...USUAL, seed: 3, ordersPerNight: 3, decimals: FIVE, late: 40, byHand: BY_HAND },
  'a tenth of the refunds denied': { ...USUAL, seed: 4, decimals: FIVE, denied: 10, byHand: BY_HAND },
  'an undelivered part rounded to six places first': {
    ...USUAL,
    seed: 5,
    decimals: { charge: 4, wallet: 4, refund: 4 },
    rounding: 'ratio-6',
    byHand: BY_HAND,
  },
  'half even to two decimals of a wallet with two': {
    ...USUAL,
    seed: 6,
    ordersPerNight: 2,
    decimals: { charge: 2, wallet: 2, refund: 2 },
    rounding: 'half-even',
    byHand: BY_HAND,
  },
  'partial refunds net, canceled ones gross': { ...USUAL, seed: 7, nets: 'partial', decimals: FIVE, byHand: BY_HAND },
  'a busy wallet, some credited twice': {
    ...USUAL,
    seed: 8,
    ordersPerNight: 2,
    decimals: FIVE,
    busy: 30,
    doubled: 8,
    late: 20,
    rounding: 'ceil',
  },
}

interface Result {
  readonly proven: number
  readonly booked: number
  readonly wrong: readonly string[]
}

async function lived(book: PanelBook, plan: PanelPlan): Promise<Result> {
  for (let night = 1; night <= plan.nights; night += 1) {
    await book.night(night)
    await expectDifferenceOpen(book, plan, night)
  }
  const held = await ordersOf(book.rig, 'panel')
  const wrong: string[] = []
  for (const { id, credits } of book.orders) {
    const refunded = held.get(id)?.refunded ?? 0n
    const credited = credits[0]?.amount ?? 0n
    if (refunded !== 0n && refunded !== credited) wrong.push(`${id}: ${refunded} booked, ${credited} credited`)
  }
  const proven = provenByHand(plan, book.orders)
  const booked = [...proven].filter(([id, amount]) => held.get(id)?.refunded === amount)
  return { proven: proven.size, booked: booked.length, wrong }
}

/** Whatever the wallet holds beyond the books is open, to the last digit. */
async function expectDifferenceOpen({ rig, orders }: PanelBook, plan: PanelPlan, night: number): Promise<void> {
  const difference = walletOn(plan, orders, night) - (await balanceOf(rig, '1310:panel'))
  const open = (await exceptionsOf(rig)).filter(({ object }) => object === 'wallet')
  expect(open.map(({ amount }) => amount)).toEqual(difference === 0n ? [] : [difference])
  if (busyNights(plan).has(night)) return
  const { id } = await rig.bookRow()
  const [source] = await rig.database.kysely.selectFrom('source').select('id').where('name', '=', 'panel').execute()
  const changes = await openChanges(rig.database.kysely, id, source?.id ?? 0n)
  expect(changes.reduce((sum, { amount }) => sum + amount, 0n)).toBe(difference)
}

async function expectProven(database: Database, plan: PanelPlan): Promise<void> {
  const book = await panelBook(database, plan)
  const { proven, booked, wrong } = await lived(book, plan)
  expect(wrong).toEqual([])
  expect(proven).toBeGreaterThan(0)
  expect(booked / proven).toBeGreaterThanOrEqual(0.95)
  await expectReplays(book.rig, await opened(newSqliteUrl()))
}

it.each(Object.entries(WORLDS))('books what the wallet proves and nothing else: %s', async (_name, plan) => {
  await expectProven(await opened(newSqliteUrl()), plan)
})

describeOnSqlite('a panel with entries by hand', (fresh) => {
  it('has every refund booked that was credited in another night', async () => {
    const plan: PanelPlan = { ...USUAL, seed: 9, nights: 8, ordersPerNight: 3, decimals: FIVE, byHand: [[3, '-0.77']] }
    await expectProven(await fresh(), plan)
  })
})
