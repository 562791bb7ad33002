/**
 * Worlds with planted errors of every code: each is found with its amount and its evidence, nothing is invented beside
 * them, and what evidence can settle closes by itself once it comes.
 */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { EXCEPTION_CODES } from '../../src/domain/exceptions/codes.ts'
import { openCodes } from '../pipeline/reads.ts'
import { sandboxBook, smallWorld } from '../pipeline/sandbox-book.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { COUNTER_WORLDS } from './planted-counters.ts'
import { DELIVERY_WORLDS, QUICKBOOKS_WORLD } from './planted-deliveries.ts'
import { MONEY_WORLDS } from './planted-money.ts'
import { ORDER_WORLDS } from './planted-orders.ts'
import { UNKNOWN_WORLD } from './planted-unknown.ts'
import { openIn, type PlantedWorld } from './planted.ts'
import { expectSameAfterReplay } from './support.ts'

const WORLDS: readonly PlantedWorld[] = [
  ...ORDER_WORLDS,
  ...COUNTER_WORLDS,
  ...MONEY_WORLDS,
  ...DELIVERY_WORLDS,
  UNKNOWN_WORLD,
]

async function expectFound({ plant, found, left }: PlantedWorld, fresh: Database): Promise<void> {
  const { database, mend, rig } = await plant(fresh)
  expect(await openIn(database)).toEqual(found.toSorted())
  await mend()
  expect(await openIn(database)).toEqual(left.toSorted())
  if (rig !== null) await expectSameAfterReplay(rig)
}

describeOnSqlite('every planted error is found, and nothing else:', (fresh) => {
  it.each(WORLDS)('$name', async (world) => expectFound(world, await fresh()))

  it('a clean world', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 11, days: 4, ordersPerDay: 20 }))
    for (const night of [1, 2, 3, 4]) await book.night(night)
    expect(await openCodes(book.rig)).toEqual([])
  })
})

// Its emulator has tests of its own on both engines.
it(`every planted error is found, and nothing else: ${QUICKBOOKS_WORLD.name}`, async () =>
  expectFound(QUICKBOOKS_WORLD, await opened(newSqliteUrl())))

it('knows of every code a planted error, whose it is, by when, and how it ends', () => {
  const codes = EXCEPTION_CODES.toSorted()
  const lines = [...WORLDS, QUICKBOOKS_WORLD].flatMap(({ found }) => found)
  expect(codes.filter((code) => !lines.some((line) => ` ${line}`.includes(` ${code} `)))).toEqual([])
})
