/**
 * The promise of webhooks: whatever becomes of them on the way (any order, twice, lost, garbled, when the panel is away),
 * the books after the next pass say what they would have said without any.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { countHints } from '../../src/evidence/order-hints.ts'
import { booksDigest } from '../../src/ledger/digest.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { HOUR_MS, nightMs } from '../pipeline/harness.ts'
import { differencesOf } from '../pipeline/reads.ts'
import { payments, scriptedBook, type ScriptedOrder } from '../pipeline/scripted-book.ts'
import { deliver, hooksPass, orderUpdate } from './deliveries.ts'

const IDS = ['11', '12', '13', '14'] as const
const RUNS = 8

/** Where each order stands on the day of the webhooks, and in the end. */
const STORY: Readonly<Record<string, readonly ScriptedOrder[]>> = {
  '11': [
    { status: 'In progress', charge: '4.50' },
    { status: 'Completed', charge: '4.50' },
  ],
  '12': [
    { status: 'Pending', charge: '2.00' },
    { status: 'Partial', charge: '1.50', remains: '250' },
  ],
  '13': [
    { status: 'In progress', charge: '1.00' },
    { status: 'Canceled', charge: '0.00' },
  ],
  '14': [
    { status: 'In progress', charge: '0.75' },
    { status: 'Completed', charge: '0.75' },
  ],
}

interface Event {
  readonly id: string
  /** What it claims, which need not be true. */
  readonly status: string
  readonly charge: number
  readonly hour: number
  readonly copies: number
}

const event: fc.Arbitrary<Event> = fc.record({
  id: fc.constantFrom(...IDS),
  status: fc.constantFrom('Completed', 'Partial', 'Canceled', 'In progress', 'nonsense'),
  charge: fc.constantFrom(0, 0.75, 1.5, 4.5, 999),
  hour: fc.integer({ min: 1, max: 20 }),
  copies: fc.integer({ min: 1, max: 3 }),
})

interface Day {
  readonly events: readonly Event[]
  /** Hours at which a pass takes in what has come; in some of them the panel is away. */
  readonly passes: readonly { readonly hour: number; readonly away: boolean }[]
  /** From this hour on the panel tells how the orders ended. */
  readonly turn: number
}

const day: fc.Arbitrary<Day> = fc.record({
  events: fc.array(event, { maxLength: 12 }),
  passes: fc.array(fc.record({ hour: fc.integer({ min: 1, max: 21 }), away: fc.boolean() }), { maxLength: 4 }),
  turn: fc.integer({ min: 0, max: 22 }),
})

async function live(database: Database, { events, passes, turn }: Day) {
  const { rig, vendors } = await scriptedBook(database)
  const tell = (step: 0 | 1): void => {
    for (const id of IDS) vendors.orders.set(id, STORY[id]?.[step] ?? 'left out')
  }
  tell(0)
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,108.25,USD,open,'))
  await rig.addOrders(nightMs(1), 'panel', IDS)
  await rig.night(nightMs(1))
  for (let hour = 0; hour < 23; hour += 1) {
    const atMs = nightMs(1) + hour * HOUR_MS
    if (hour === turn) tell(1)
    const told = events.filter((each) => each.hour === hour)
    const bodies = told.flatMap(({ id, status, charge, copies }) =>
      Array.from({ length: copies }, () => orderUpdate(Number(id), status, charge)),
    )
    if (bodies.length > 0)
      await deliver(
        rig,
        bodies.map((body) => ({ source: 'panel', body, atMs })),
      )
    for (const { away } of passes.filter((each) => each.hour === hour)) {
      if (away) vendors.dead.add('panel')
      await hooksPass(rig, atMs + 1000)
      vendors.dead.clear()
    }
  }
  tell(1)
  vendors.balance = '101.50000'
  const report = await rig.night(nightMs(2))
  const book = await rig.bookRow()
  const hints = await countHints(rig.database.kysely, book.id)
  return {
    digest: await booksDigest(rig.database.kysely, book),
    unconfirmed: hints.size,
    difference: differencesOf(report)['panel'],
  }
}

describeOnSqlite('webhooks in any order, twice, false or lost', (fresh) => {
  it('lead to the same books as none at all, and nothing stays unconfirmed', async () => {
    const without = await live(await fresh(), { events: [], passes: [], turn: 22 })
    expect(without.difference).toBe('0.00000000')
    await fc.assert(
      fc.asyncProperty(day, async (drawn) => {
        expect(await live(await fresh(), drawn)).toEqual({ ...without, unconfirmed: 0 })
      }),
      { numRuns: RUNS },
    )
  })
})
