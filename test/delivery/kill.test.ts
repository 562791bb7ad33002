/**
 * kill -9 at drawn HTTP boundaries of a delivery to QuickBooks and Xero, before and after the vendor has worked: the next
 * delivery ends with each journal exactly once in both (crash.test.ts goes through all of them without a process of its
 * own). Two deliveries at once, and tokens that run out in between, change nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/sandbox/world/random.ts'
import type { DeliveryJob } from './delivering-child.ts'
import { documentsAt, ENV, NAMES, prepare, watchedEmulators, type Emulated } from './emulated-book.ts'
import type { Harm } from './in-between.ts'

const CHILD = join(import.meta.dirname, 'delivering-child.ts')
const ONE = ['ACMEADS-20261101-1']

function start(config: string, database: string): ChildProcess {
  const job: DeliveryJob = { config, database }
  return spawn(process.execPath, [CHILD, JSON.stringify(job)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...ENV },
  })
}

async function end(child: ChildProcess): Promise<'killed' | 'ended'> {
  const said = child.stderr === null ? '' : text(child.stderr)
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal === 'SIGKILL') return 'killed'
  if (code !== 0) throw new Error(await said)
  return 'ended'
}

async function expectOnce(emulated: Emulated, documents: readonly string[]): Promise<void> {
  for (const name of NAMES) expect(await documentsAt(emulated, name)).toEqual(documents)
}

/** What the n-th request meets. */
async function harmed(copy: () => Promise<string>, at: number, how: Harm): Promise<void> {
  const emulated = await watchedEmulators()
  const database = await copy()
  const first = start(emulated.configPath, database)
  emulated.between.harm = { at, how, strike: () => first.kill('SIGKILL') }
  expect(await end(first)).toBe('killed')
  emulated.between.harm = null
  await end(start(emulated.configPath, database))
  await expectOnce(emulated, ONE)
}

describe.each([
  ['SQLite', 'sqlite', 4],
  ['PostgreSQL', 'postgres', 2],
] as const)('a delivery on %s', (_name, engine, kills) => {
  it('that is killed at any request ends with each journal once', async () => {
    const { copy } = await prepare(engine, 1)
    const whole = await watchedEmulators()
    await end(start(whole.configPath, await copy()))
    await expectOnce(whole, ONE)
    const random = createRandom(engine, 'kill')
    for (let kill = 0; kill < kills; kill += 1) {
      await harmed(copy, random.int(1, whole.between.count()), kill % 2 === 0 ? 'after' : 'before')
    }
  }, 120_000)

  it('beside another at the same time, with tokens that run out meanwhile, puts each journal there once', async () => {
    const { copy } = await prepare(engine, 4)
    const emulated = await watchedEmulators()
    const database = await copy()
    const running = [start(emulated.configPath, database), start(emulated.configPath, database)]
    let strikes = 0
    const expire = async (): Promise<void> => {
      for (const name of NAMES) await emulated.talk.control(`${name}/expire`, { tokens: 'access' })
    }
    emulated.between.harm = { at: 5, how: 'lose', strike: () => (strikes += 1) }
    await expire()
    expect(await Promise.all(running.map(end))).toEqual(['ended', 'ended'])
    emulated.between.harm = null
    await expire()
    await end(start(emulated.configPath, database))
    expect(strikes).toBe(0)
    await expectOnce(emulated, ['ACMEADS-20261101-1', 'ACMEADS-20261102-1', 'ACMEADS-20261103-1', 'ACMEADS-20261104-1'])
  }, 60_000)
})
