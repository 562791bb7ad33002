/**
 * Kills of the daemon in its night, and of the night's own process: the tick is not done, it says so wherever somebody
 * looks, and the next start completes the night once.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { findBook } from '../../src/ledger/books.ts'
import { booksDigest } from '../../src/ledger/digest.ts'
import { knownSince } from '../../src/pipeline/serve/ticks.ts'
import { configText, daemon, type Daemon } from './daemon.ts'
import { newFolder, type Folder } from './support.ts'

const BEFORE = '2026-03-20T12:00:00Z'
const DUE = '2026-03-23T08:00:00Z'
const LATER = '2026-03-23T09:00:00Z'
/** Balance, catalogue, the order, balance. */
const REQUESTS_OF_A_NIGHT = 4

interface Panel {
  readonly url: string
  /** Called before the n-th request is answered, from 1; the answer waits for it. */
  readonly before: (listener: (n: number) => Promise<void> | void) => void
  readonly asked: () => number
}

async function panel(): Promise<Panel> {
  let listener: (n: number) => Promise<void> | void = () => undefined
  let asked = 0
  const server = createServer((message, response) => {
    const parts: Buffer[] = []
    message.on('data', (part: Buffer) => parts.push(part))
    message.on('end', () => {
      const action = new URLSearchParams(Buffer.concat(parts).toString()).get('action')
      asked += 1
      void Promise.resolve(listener(asked)).then(() => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(ANSWERS[action ?? ''] ?? ANSWERS['status']))
      })
    })
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return { url: `http://127.0.0.1:${address.port}/`, before: (next) => (listener = next), asked: () => asked }
}

const ORDER = { status: 'Partial', charge: '0.60', start_count: '5', remains: '4', currency: 'USD' }
const ANSWERS: Readonly<Record<string, unknown>> = {
  balance: { balance: '99.40', currency: 'USD' },
  services: [],
  status: { '17': ORDER },
}

/** A book with one order whose last night the daemon knows of, so that the next one is due at DUE. */
async function prepared(vendor: Panel): Promise<{ readonly folder: Folder; readonly database: Database }> {
  const folder = newFolder(configText().replace('http://127.0.0.1:1/', vendor.url).replace('1000', '60000'))
  const database = await folder.database()
  expect((await folder.run('orders', 'add', '17', '--source', 'netpanel')).exitCode).toBe(0)
  const { id } = await findBook(database.kysely, 'agency')
  await knownSince(database.kysely, id, Date.parse(BEFORE))
  return { folder, database }
}

async function stop({ child }: Daemon): Promise<void> {
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** The process that works on the book. */
async function nightProcess({ kysely }: Database): Promise<number> {
  const { holder } = await kysely.selectFrom('lease').select('holder').executeTakeFirstOrThrow()
  return Number(holder.split('/')[1])
}

async function whatIsThere(database: Database) {
  const { kysely } = database
  const runs = await kysely.selectFrom('run').select(['status']).where('kind', '=', 'sync').orderBy('id').execute()
  const ticks = await kysely.selectFrom('schedule_tick').select(['status', 'outcome']).execute()
  return { runs, ticks, digest: await booksDigest(kysely, await findBook(kysely, 'agency')) }
}

const DONE = { runs: [{ status: 'finished' }], ticks: [{ status: 'done', outcome: 'done' }] }
let whole: Promise<string> | undefined

/** The digest of a night nobody killed. */
function undisturbed(): Promise<string> {
  return (whole ??= (async () => {
    const vendor = await panel()
    const { folder, database } = await prepared(vendor)
    const served = await daemon(folder, '--now', DUE)
    await served.logged('Done.')
    expect(vendor.asked()).toBe(REQUESTS_OF_A_NIGHT)
    const { digest, ...rest } = await whatIsThere(database)
    expect(rest).toEqual(DONE)
    await stop(served)
    return digest
  })())
}

describe("a night's process", () => {
  it.each([1, 4])(
    'that is killed at its request %i is an error, and the next start completes the night',
    async (at) => {
      const vendor = await panel()
      const { folder, database } = await prepared(vendor)
      vendor.before(async (n) => {
        if (n === at) process.kill(await nightProcess(database), 'SIGKILL')
      })
      const served = await daemon(folder, '--now', DUE)
      expect(await served.logged('Its process was ended by SIGKILL.')).toMatchObject({
        level: 'error',
        what: 'night',
        outcome: 'crashed',
      })
      expect((await whatIsThere(database)).ticks).toEqual([{ status: 'retry', outcome: 'crashed' }])
      const health = await fetch(`${served.url}/healthz`)
      expect(health.status).toBe(503)
      expect(await health.text()).toContain('crashed and is tried again: Its process was ended by SIGKILL.')
      await stop(served)
      const status = await folder.run('status', '--now', DUE)
      expect(status.stdout).toMatch(
        /CRASHED and is tried again at 2026-03-23T08:0\d:\S+: Its process was ended by SIGKILL\./,
      )
      const again = await daemon(folder, '--now', LATER)
      await again.logged('Done.')
      expect(await whatIsThere(database)).toEqual({ ...DONE, digest: await undisturbed() })
      expect((await fetch(`${again.url}/healthz`)).status).toBe(200)
      await stop(again)
    },
  )

  it('that crashes with the exit code of findings is no night that is done', async () => {
    const vendor = await panel()
    const { folder, database } = await prepared(vendor)
    // As Node.js ends what it cannot catch: half-way, and with 1.
    const breaking = join(folder.path, 'breaking.mjs')
    writeFileSync(breaking, `if (process.argv.includes('sync')) setTimeout(() => process.exit(1), 1500)`)
    vendor.before((n) => (n === 2 ? new Promise(() => undefined) : undefined))
    process.env['NODE_OPTIONS'] = `--import=${breaking}`
    try {
      const served = await daemon(folder, '--now', DUE)
      await served.logged('Its process ended with exit code 1, but no run of the night was closed.')
      await stop(served)
    } finally {
      delete process.env['NODE_OPTIONS']
    }
    expect((await whatIsThere(database)).ticks).toEqual([{ status: 'retry', outcome: 'crashed' }])
  })
})

describe('the daemon', () => {
  it('that is killed in its night leaves the night to end by itself, and does not run it again', async () => {
    const vendor = await panel()
    const { folder, database } = await prepared(vendor)
    const goOn = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    vendor.before((n) => {
      if (n === 2) reached.resolve()
      return n === 2 ? goOn.promise : undefined
    })
    const served = await daemon(folder, '--now', DUE)
    await reached.promise
    served.child.kill('SIGKILL')
    await once(served.child, 'exit')
    goOn.resolve()
    const night = await nightProcess(database)
    await ended(night)
    const again = await daemon(folder, '--now', LATER)
    await again.logged('Done by run 2, which this daemon did not see end.')
    expect(vendor.asked()).toBe(REQUESTS_OF_A_NIGHT)
    expect(await whatIsThere(database)).toEqual({ ...DONE, digest: await undisturbed() })
    await stop(again)
  })

  it('that is killed with its night, as by a power cut, completes it after the next start', async () => {
    const vendor = await panel()
    const { folder, database } = await prepared(vendor)
    const reached = Promise.withResolvers<void>()
    vendor.before((n) => {
      if (n === 3) reached.resolve()
      return n === 3 ? new Promise(() => undefined) : undefined
    })
    const served = await daemon(folder, '--now', DUE)
    await reached.promise
    const night = await nightProcess(database)
    served.child.kill('SIGKILL')
    process.kill(night, 'SIGKILL')
    await once(served.child, 'exit')
    await ended(night)
    expect((await whatIsThere(database)).ticks).toEqual([{ status: 'running', outcome: '' }])
    const again = await daemon(folder, '--now', LATER)
    await again.logged('Done.')
    expect(await whatIsThere(database)).toEqual({ ...DONE, digest: await undisturbed() })
    await stop(again)
  })
})

/** Of a process that is no child of this one there is no event. */
async function ended(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    // It runs at a lower priority, and would wait for a loop that never rests.
    await setTimeout(20)
  }
}
