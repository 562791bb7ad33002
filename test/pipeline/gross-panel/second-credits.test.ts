/**
 * Refunds that a rule booked and that the panel credits twice: to suspense with an exception of their own, never to the
 * order, and only where nothing else comes to the same. Back to zero when the panel takes them back, or by a person's word.
 */
import { expect, it } from 'vitest'
import type { Database } from '../../../src/db/database.ts'
import type { ResolutionName } from '../../../src/domain/exceptions/resolutions.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../../support/databases.ts'
import { expectReplays } from '../counters-support.ts'
import { nightMs } from '../harness.ts'
import { history } from '../scripted-book.ts'
import { balanceOf, exceptionsOf, openCodes, ordersOf } from '../reads.ts'
import type { PanelBook } from './book.ts'
import type { PanelOrder, PanelPlan } from './panel.ts'
import { acceptedBook, decided, expectProven, PERSON, PLAN } from './rule-book.ts'

const A = 'panel REFUND_TWICE second-credit:9001'
const AMOUNT = 123_457_000n

function canceled(id: string, placed: number, gross: bigint, credits: readonly number[]): PanelOrder {
  const told = { quantity: 1000n, status: 'Canceled', remains: 1000n, lowersCharge: false } as const
  return { ...told, id, placed, ends: placed + 1, gross, credits: credits.map((night) => ({ night, amount: gross })) }
}

interface World {
  readonly orders: readonly PanelOrder[]
  readonly byHand?: PanelPlan['byHand']
  readonly until: number
}

/** Orders of the plan through night 11, then these alone; the rule is in force from night 9. */
async function lived(database: Database, { orders, byHand, until }: World) {
  const plan = { ...PLAN, byHand: byHand ?? [] }
  const changed = (all: readonly PanelOrder[]) => [...all.filter(({ ends }) => ends <= 11), ...orders]
  const { book, night: first } = await acceptedBook(database, plan, changed)
  for (let night = first + 1; night <= until; night += 1) await nightOf(book, plan, night)
  return { book, plan }
}

async function nightOf(book: PanelBook, plan: PanelPlan, night: number): Promise<void> {
  await book.night(night)
  await expectProven(book, plan, night)
  // What is in suspense is what the exceptions say.
  const open = (await exceptionsOf(book.rig)).filter(({ code }) => code === 'REFUND_TWICE')
  expect(-(await balanceOf(book.rig, '1901'))).toBe(open.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n))
}

async function said({ land }: PanelBook, night: number, as: ResolutionName): Promise<void> {
  const exception = { source: 'panel', code: 'REFUND_TWICE', object: 'second-credit:9001' }
  const word = { decide: 'resolve', as, amount: null, reference: null, date: null, exception, ...PERSON }
  await land([decided('exception-decision', 'panel', night, word)])
}

const TWICE = canceled('9001', 11, AMOUNT, [12, 14])

describeOnSqlite('a second credit of a refund that a rule booked', (fresh) => {
  it('waits in suspense, never with the order, and comes back to zero when the panel takes it back', async () => {
    const world = { orders: [TWICE], byHand: [[16, '-1.23457']] as const, until: 15 }
    const { book, plan } = await lived(await fresh(), world)
    expect(await openCodes(book.rig)).toEqual([A])
    expect((await exceptionsOf(book.rig))[0]).toMatchObject({ amount: AMOUNT, currency: 'USD' })
    expect((await ordersOf(book.rig, 'panel')).get('9001')).toMatchObject({ refunded: AMOUNT, refundDue: 0n })
    await nightOf(book, plan, 16)
    expect(await openCodes(book.rig)).toEqual([])
    expect(await balanceOf(book.rig, '1901')).toBe(0n)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it.each([
    ['adjustment', -AMOUNT, []],
    ['not-twice', 0n, ['panel MISSING_IN_BOOKS wallet']],
  ] as const)('is decided by a person as %s', async (as, income, left) => {
    const { book, plan } = await lived(await fresh(), { orders: [TWICE], until: 14 })
    await said(book, 14, as)
    expect(await openCodes(book.rig)).toEqual([])
    expect(await balanceOf(book.rig, '1901')).toBe(0n)
    expect(await balanceOf(book.rig, '4800')).toBe(income)
    for (const night of [15, 16]) {
      await nightOf(book, plan, night)
      expect(await openCodes(book.rig)).toEqual(left)
    }
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

const MISSING = 'panel MISSING_IN_BOOKS wallet'
const IN_SUSPENSE = new Map([['9001', AMOUNT]])

const WORLDS: readonly (World & { readonly name: string; readonly codes: readonly string[] })[] = [
  {
    name: 'credited twice at once',
    orders: [canceled('9001', 11, AMOUNT, [12, 12])],
    until: 13,
    codes: [A],
  },
  {
    name: 'credited twice beside the refund of another order',
    orders: [TWICE, canceled('9002', 13, 345_678_000n, [14])],
    until: 15,
    codes: [A],
  },
  {
    name: 'taken back in the night another refund is credited',
    orders: [TWICE, canceled('9002', 15, 345_678_000n, [16])],
    byHand: [[16, '-1.23457']],
    until: 16,
    codes: [],
  },
  {
    name: 'a credit that may as well be of another order, refunded by just so much',
    orders: [TWICE, canceled('9002', 11, AMOUNT, [12])],
    until: 15,
    codes: [MISSING],
  },
  {
    name: 'a credit that two second credits come to, with one that waits',
    orders: [TWICE, canceled('9002', 11, 223_457_000n, [12]), canceled('9003', 12, 100_000_000n, [])],
    byHand: [[14, '1.00']],
    until: 14,
    codes: [MISSING],
  },
  {
    name: 'a debit that may as well be a second charge of another order',
    orders: [TWICE, { ...canceled('9002', 14, AMOUNT, []), status: 'Completed', remains: 0n, ends: 18 }],
    byHand: [[16, '-1.23457']],
    until: 16,
    codes: [MISSING, A],
  },
  {
    name: 'credited a third time',
    orders: [canceled('9001', 11, AMOUNT, [12, 14, 15])],
    until: 15,
    codes: [MISSING, A],
  },
]

it.each(WORLDS)('tells a second credit: $name', async ({ codes, ...world }) => {
  const { book } = await lived(await opened(newSqliteUrl()), world)
  expect((await openCodes(book.rig)).filter((code) => !code.includes(' order:'))).toEqual(codes)
  const held = await ordersOf(book.rig, 'panel')
  for (const { id, gross, credits, status } of world.orders)
    expect(held.get(id)).toMatchObject({
      refunded: status === 'Completed' ? 0n : gross,
      refundDue: credits.length === 0 && status === 'Canceled' ? gross : 0n,
    })
  expect(-(await balanceOf(book.rig, '1901'))).toBe(codes.includes(A) ? IN_SUSPENSE.get('9001') : 0n)
  await expectReplays(book.rig, await opened(newSqliteUrl()))
})

it('is not said to be taken back before the wallet shows it', async () => {
  const { book, plan } = await lived(await opened(newSqliteUrl()), { orders: [TWICE], until: 14 })
  await said(book, 14, 'refund-taken-back')
  expect(await openCodes(book.rig)).toEqual([A])
  await nightOf(book, plan, 15)
  expect(await openCodes(book.rig)).toEqual([A])
})

it('that a person says was taken back leaves nothing open', async () => {
  const orders = [TWICE, { ...canceled('9002', 14, AMOUNT, []), status: 'Completed', remains: 0n, ends: 18 } as const]
  const { book, plan } = await lived(await opened(newSqliteUrl()), { orders, byHand: [[16, '-1.23457']], until: 16 })
  await said(book, 16, 'refund-taken-back')
  for (const night of [17, 18]) {
    await nightOf(book, plan, night)
    expect(await openCodes(book.rig)).toEqual([])
  }
})

it.each([
  ['without it', canceled('9001', 11, AMOUNT, [12]), null],
  ['with it in the span', TWICE, 'CHARGE_SEMANTICS_AMBIGUOUS'],
] as const)('is no part of a tie that is evidence for net: %s', async (_name, order, pending) => {
  // Listed partial already: 2.40 may be what was left of it, or its price.
  const net: PanelOrder = { ...canceled('9004', 13.5, 240_000_000n, []), ends: 14, status: 'Partial', remains: 400n }
  const other: PanelOrder = { ...canceled('9005', 14, 100_000_000n, []), ends: 18 }
  const { book, plan } = await lived(await opened(newSqliteUrl()), { orders: [order, net, other], until: 13 })
  const row = '9004,2026-03-14 08:00:00,http://x,2.40000,0,1000,1,Partial,400'
  await book.rig.importOrders(nightMs(13) + 3_600_000, 'panel', history(row))
  for (const night of [14, 15, 16]) await nightOf(book, plan, night)
  expect((await ordersOf(book.rig, 'panel')).get('9004')?.pending).toBe(pending)
})

it.each([
  [51, 2, 2, 2],
  [52, 3, 2, 1],
  [53, 2, 2, 2],
  [54, 3, 1, 1],
])('are told among late credits: panel %i', async (seed, ordersPerNight, doubled, told) => {
  const plan = { ...PLAN, seed, ordersPerNight, nights: 40, canceled: 60, partial: 15, doubled: 12, late: 15 }
  const { book, night: first } = await acceptedBook(await opened(newSqliteUrl()), plan)
  for (let night = first + 1; night <= plan.nights; night += 1) await nightOf(book, plan, night)
  const twice = book.orders.filter(
    ({ credits: [, again], ends, status }) =>
      again !== undefined && again.night <= plan.nights && ends > first && status === 'Canceled',
  )
  const open = (await exceptionsOf(book.rig)).filter(({ code }) => code === 'REFUND_TWICE')
  const wrong = open.filter(
    ({ object, amount }) => twice.find(({ id }) => object === `second-credit:${id}`)?.gross !== amount,
  )
  expect({ doubled: twice.length, told: open.length, wrong }).toEqual({ doubled, told, wrong: [] })
})
