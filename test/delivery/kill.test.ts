/**
 * kill -9 just before every write of a delivery to QuickBooks and Xero, and just before every one of its requests reaches
 * them: the next delivery ends with each journal exactly once in both, line by line as it must be. After the vendor has
 * worked is before the next of either, so no moment that differs is left out. The tokens have run out, so that their
 * renewal is cut off too.
 */
import { describe, expect, it } from 'vitest'
import { end, expireTokens, finish, prepareHard, start } from './boundaries.ts'
import { watchedEmulators, type Watched } from './emulated-book.ts'

/** At once; each has its own database and its own emulators. */
const AT_ONCE = 3
/** More than a delivery ever has: a test that never comes to an end says so. */
const MOST = 200

async function expired(): Promise<Watched> {
  const emulated = await watchedEmulators('hard')
  await expireTokens(emulated)
  return emulated
}

/** Runs the cases 1, 1 + `every`, 1 + 2 × `every` … until one is beyond the last boundary; the number before that one. */
async function untilBeyond(every: number, run: (at: number) => Promise<'killed' | 'ended'>): Promise<number> {
  let next = 1
  let last = MOST
  const worker = async (): Promise<void> => {
    while (next <= last) {
      const mine = next
      next += every
      if ((await run(mine)) === 'ended') last = Math.min(last, mine - 1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  expect(last).toBeLessThan(MOST)
  return last
}

/**
 * Both engines are sent the same statements: every request on one, a sample on the other, where a server cleans up after
 * the dead; of the writes every second, since half of them are records of the log, in the transaction of the row.
 */
describe.each([
  ['SQLite', 'sqlite', { write: 2, request: 1 }],
  ['PostgreSQL', 'postgres', { write: 5, request: 3 }],
] as const)('a delivery on %s', (_name, engine, every) => {
  it('that is killed before any of its writes is finished by the next, each journal once', async () => {
    const { copy } = await prepareHard(engine)
    const writes = await untilBeyond(every.write, async (at) => {
      const emulated = await expired()
      const url = await copy()
      const became = await end(start(emulated, url, at))
      await finish(url, emulated)
      await emulated.talk.server.close()
      return became
    })
    expect(writes).toBeGreaterThan(20)
  }, 240_000)

  it('that is killed at any of its requests is finished by the next, each journal once', async () => {
    const { copy } = await prepareHard(engine)
    const requests = await untilBeyond(every.request, async (at) => {
      const emulated = await expired()
      const url = await copy()
      const first = start(emulated, url)
      emulated.between.harm = { at: (n) => n === at, how: 'before', strike: () => void first.kill('SIGKILL') }
      const became = await end(first)
      emulated.between.harm = null
      await finish(url, emulated)
      await emulated.talk.server.close()
      return became
    })
    expect(requests).toBeGreaterThanOrEqual(12)
  }, 240_000)
})
