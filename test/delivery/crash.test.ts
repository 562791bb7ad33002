/**
 * A delivery to both accounting systems that dies just before any of its database statements, in the middle of a
 * transaction too, or at any of its requests, or loses any answer: the next one finds each journal exactly once in each system, equal, and nothing is left open.
 */
import { hostname } from 'node:os'
import { CompiledQuery, type KyselyPlugin } from 'kysely'
import { describe, expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { withWork } from '../../src/pipeline/delivery/deliver-book.ts'
import { deliverTarget } from '../../src/pipeline/delivery/deliver-target.ts'
import { tieOut } from '../../src/targets/outbox/tie-out.ts'
import type { Work } from '../../src/targets/outbox/work.ts'
import { environmentOf } from './delivered-book.ts'
import {
  bookOf,
  documentsAt,
  emulators,
  ENV,
  NAMES,
  prepare,
  watchedEmulators,
  type Emulated,
} from './emulated-book.ts'
import type { Harm } from './in-between.ts'
import { START_MS } from './support.ts'

const DOCUMENTS = ['ACMEADS-20261101-1']
/** A process of this machine that is not there any more: what a crash leaves behind. */
const DEAD = `${hostname()}/999999999/dead`

class Crashed extends Error {}

interface Mortal {
  readonly database: Database
  readonly statements: () => number
  /** From now on nothing reaches the database, as when the process is gone. */
  readonly die: () => void
}

/** Dies by itself just before the n-th statement. */
function mortal(database: Database, at = Number.POSITIVE_INFINITY): Mortal {
  let statements = 0
  let isDead = false
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      statements += 1
      if (isDead || statements >= at) throw new Crashed()
      return node
    },
    transformResult: async ({ result }) => result,
  }
  // A plugin changes no row type; the union of the engines is lost in the spread.
  const wrapped = { ...database, kysely: database.kysely.withPlugin(plugin) } as Database
  return { database: wrapped, statements: () => statements, die: () => (isDead = true) }
}

async function eachTarget(database: Database, emulated: Emulated, work: (work: Work) => Promise<void>): Promise<void> {
  const { config, book } = emulated
  const row = await bookOf(database)
  const request = { config, book, env: ENV }
  const environment = environmentOf({ database, clock: { ms: START_MS } })
  const mappings = loadMappings()
  for (const target of book.targets) await withWork(environment, { book: row, request, target, mappings }, work)
}

async function deliverAll(database: Database, emulated: Emulated, holder?: string): Promise<void> {
  await eachTarget(database, emulated, async (work) => {
    await deliverTarget(holder === undefined ? work : { ...work, holder }, { limit: null, drift: 'no' })
  })
}

async function expectDelivered(database: Database, emulated: Emulated): Promise<void> {
  for (const name of NAMES) expect(await documentsAt(emulated, name)).toEqual(DOCUMENTS)
  await eachTarget(database, emulated, async (work) => {
    const answer = await tieOut(work)
    expect(answer).toMatchObject({ ok: true, tieOut: { isTied: true, explanations: [], strange: [] } })
  })
  const { rows } = await database.kysely.executeQuery<{ readonly state: string }>(
    CompiledQuery.raw('select state from outbox'),
  )
  expect(rows.map(({ state }) => state)).toEqual(['verified', 'verified'])
}

/** What the n-th request meets: a sender that is gone before or after the vendor has worked, or an answer that is lost. */
async function harmed(copy: () => Promise<string>, at: number, how: Harm): Promise<void> {
  const emulated = await watchedEmulators()
  const url = await copy()
  const first = await openDatabase(url)
  const { database, die } = mortal(first)
  emulated.between.harm = { at, how, strike: die }
  const delivery = deliverAll(database, emulated, DEAD)
  if (how === 'lose') await delivery
  else await expect(delivery).rejects.toThrow(Crashed)
  await first.close()
  emulated.between.harm = null
  const second = await openDatabase(url)
  await deliverAll(second, emulated)
  await expectDelivered(second, emulated)
  await second.close()
}

describe.each([
  ['SQLite', 'sqlite', 1],
  ['PostgreSQL', 'postgres', 3],
] as const)('a delivery on %s', (_name, engine, step) => {
  it('that dies before any statement is finished by the next, each journal once', async () => {
    const prepared = await prepare(engine, 1)
    const whole = await openDatabase(await prepared.copy())
    const counted = mortal(whole)
    const undisturbed = await emulators()
    await deliverAll(counted.database, undisturbed)
    await expectDelivered(whole, undisturbed)
    await whole.close()
    const statements = counted.statements()
    expect(statements).toBeGreaterThan(40)
    for (let at = 1; at < statements; at += step) {
      const url = await prepared.copy()
      const emulated = await emulators()
      const first = await openDatabase(url)
      await expect(deliverAll(mortal(first, at).database, emulated, DEAD)).rejects.toThrow(Crashed)
      await first.close()
      const second = await openDatabase(url)
      await deliverAll(second, emulated)
      await expectDelivered(second, emulated)
      await second.close()
      await emulated.talk.server.close()
    }
  }, 180_000)

  it('that dies or is not heard at any request is finished by the next, each journal once', async () => {
    const { copy } = await prepare(engine, 1)
    const whole = await watchedEmulators()
    const database = await openDatabase(await copy())
    await deliverAll(database, whole)
    await database.close()
    const requests = whole.between.count()
    expect(requests).toBeGreaterThanOrEqual(8)
    for (let at = 1; at <= requests; at += 1) {
      for (const how of ['before', 'after', 'lose'] as const) await harmed(copy, at, how)
    }
  }, 180_000)
})
