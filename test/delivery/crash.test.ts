/**
 * What may happen to the requests of a delivery while it lives: an answer that is lost, tokens that run out just before
 * one, another delivery at the same time, which is killed or not. kill.test.ts has the deaths of a single one.
 */
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import {
  deliverAll,
  end,
  expectClosed,
  expectDelivered,
  expireTokens,
  finish,
  prepareHard,
  start,
} from './boundaries.ts'
import { contentAt, NAMES, watchedEmulators, type Emulated } from './emulated-book.ts'
import type { Harm } from './in-between.ts'

interface Met {
  readonly refusals: number
  readonly strikes: number
}

/** A delivery in this process to which that happens at the n-th request, and the next one; what the first one met. */
async function harmed(copy: () => Promise<string>, at: number, how: Harm): Promise<Met> {
  const emulated = await watchedEmulators('hard')
  const { between } = emulated
  const url = await copy()
  let strikes = 0
  const strike = async (): Promise<void> => {
    strikes += 1
    if (how === 'meanwhile') await expireTokens(emulated)
  }
  between.harm = { at: (n) => n === at, how, strike }
  const database = await openDatabase(url)
  await deliverAll(database, emulated)
  // Whoever is told that a token is good no more gets another one, and goes on.
  if (how === 'meanwhile') await expectDelivered(database, emulated)
  await database.close()
  const met = { refusals: between.refusals(), strikes }
  between.harm = null
  await finish(url, emulated)
  await emulated.talk.server.close()
  return met
}

async function contentOf(emulated: Emulated) {
  return Promise.all(NAMES.map((name) => contentAt(emulated, name)))
}

/** What is in both after a delivery of these days that nothing happened to. */
async function undisturbed(copy: () => Promise<string>) {
  const emulated = await watchedEmulators('hard')
  const database = await openDatabase(await copy())
  await deliverAll(database, emulated)
  const requests = emulated.between.count()
  await expectClosed(database, emulated)
  await database.close()
  return { content: await contentOf(emulated), requests }
}

describe.each([
  ['SQLite', 'sqlite'],
  ['PostgreSQL', 'postgres'],
] as const)('a delivery on %s', (_name, engine) => {
  it('that does not hear an answer is finished by the next, each journal once', async () => {
    const { copy } = await prepareHard(engine)
    const { requests } = await undisturbed(copy)
    expect(requests).toBeGreaterThanOrEqual(8)
    for (let at = 1; at <= requests; at += 1) {
      expect(await harmed(copy, at, 'lose')).toMatchObject({ strikes: 1 })
    }
  }, 120_000)

  it('goes on when the tokens run out before any of its requests, each journal once', async () => {
    const { copy } = await prepareHard(engine)
    const { requests } = await undisturbed(copy)
    for (let at = 1; at <= requests; at += 1) {
      const met = await harmed(copy, at, 'meanwhile')
      expect(met.strikes).toBe(1)
      expect(met.refusals).toBeGreaterThanOrEqual(1)
    }
  }, 120_000)

  it('beside another at the same time, with tokens that run out again and again, puts each journal there once', async () => {
    const { copy } = await prepareHard(engine, 4)
    const { content } = await undisturbed(copy)
    const emulated = await watchedEmulators('hard')
    const { between } = emulated
    const database = await copy()
    let strikes = 0
    const strike = async (): Promise<void> => {
      strikes += 1
      await expireTokens(emulated)
    }
    between.harm = { at: (n) => n % 6 === 3, how: 'meanwhile', strike }
    const running = [start(emulated, database), start(emulated, database)]
    expect(await Promise.all(running.map(end))).toEqual(['ended', 'ended'])
    between.harm = null
    expect(strikes).toBeGreaterThanOrEqual(3)
    expect(between.refusals()).toBeGreaterThanOrEqual(3)
    await endsAs(database, emulated, content)
  }, 60_000)

  it.each([3, 8])(
    'of two at the same time, one killed at request %i while tokens run out, puts each journal there once',
    async (at) => {
      const { copy } = await prepareHard(engine, 4)
      const { content } = await undisturbed(copy)
      const emulated = await watchedEmulators('hard')
      const { between } = emulated
      const database = await copy()
      const [first, second] = [start(emulated, database), start(emulated, database)]
      const strike = async (): Promise<void> => {
        // Who finds everything taken by the other may have ended already.
        const alive = first.exitCode === null ? first : second
        alive.kill('SIGKILL')
        await expireTokens(emulated)
      }
      between.harm = { at: (n) => n === at, how: 'meanwhile', strike }
      expect((await Promise.all([end(first), end(second)])).toSorted()).toEqual(['ended', 'killed'])
      expect(between.refusals()).toBeGreaterThanOrEqual(1)
      between.harm = null
      await endsAs(database, emulated, content)
    },
    60_000,
  )
})

/** The next delivery leaves both as if nothing had happened. */
async function endsAs(url: string, emulated: Emulated, content: unknown): Promise<void> {
  const database = await openDatabase(url)
  await deliverAll(database, emulated)
  await expectClosed(database, emulated)
  await database.close()
  expect(await contentOf(emulated)).toEqual(content)
}
