/**
 * A night whose PostgreSQL server is stopped, killed and started again, or has a standby take its place: real servers,
 * each of one test. What the night leaves is what a night nobody disturbed leaves, once.
 */
import { describe, expect, it, onTestFinished } from 'vitest'
import pg from 'pg'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { nightOutcome } from '../../src/cli/serve/night-outcome.ts'
import type { ChildEnd } from '../../src/cli/serve/child-command.ts'
import { TieoutError } from '../../src/domain/errors.ts'
import { goOn } from '../../src/pipeline/again.ts'
import type { NightReport } from '../../src/pipeline/night.ts'
import { closedNight } from '../../src/pipeline/serve/closing-word.ts'
import { createScheduler } from '../../src/pipeline/serve/scheduler.ts'
import { knownSince, lastTick } from '../../src/pipeline/serve/ticks.ts'
import { cuttingProxy, type Cut, type CuttingProxy, type Statement } from '../support/cutting-proxy.ts'
import { fakePatience, type FakePatience } from '../support/fake-patience.ts'
import { ownPostgres, type OwnPostgres, type StopMode } from '../support/own-postgres.ts'
import { createPostgresDatabase } from '../support/postgres-server.ts'
import { booksLeftBy, prepareNight, type Prepared } from './disturbed-night.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'

/** A book on a server of the test's own. */
async function prepareOn(server: OwnPostgres): Promise<Prepared> {
  const url = await createPostgresDatabase(server.url, 'books', null)
  const database = await openDatabase(url)
  await migrate(database, 0)
  await database.close()
  return prepareNight(url)
}

/** A copy of the book under another name; nothing may be connected to it. */
function copyOf(server: OwnPostgres, name: string): Promise<string> {
  return createPostgresDatabase(server.url, name, 'books')
}

/** Between statements, before a COMMIT, and after one that the server carried out and did not answer. */
const STOPS: readonly (readonly [StopMode, Cut, (statement: Statement) => boolean])[] = [
  ['fast', 'before', ({ n }) => n % 173 === 100],
  ['immediate', 'before', ({ n }) => n % 173 === 150],
  ['immediate', 'unanswered', ({ commit }) => commit !== null && commit % 12 === 5],
  ['fast', 'before', ({ commit }) => commit !== null && commit % 12 === 2],
  ['killed', 'unanswered', ({ commit }) => commit !== null && commit % 12 === 7],
]

interface Through {
  readonly rig: Rig
  readonly proxy: CuttingProxy
  readonly patience: FakePatience
  readonly night: (nowMs?: number) => Promise<NightReport>
}

interface Events {
  /** When the connection is cut, before the client notices. */
  readonly onCut?: () => Promise<void>
  /** Before each wait of the program, with the time it has waited so far. */
  readonly onWait?: (waitedMs: number) => Promise<void>
}

async function reach(prepared: Prepared, url: string, { onCut, onWait }: Events = {}): Promise<Through> {
  const proxy = await cuttingProxy(url, onCut)
  const patience = fakePatience(onWait)
  const database = await openDatabase(proxy.url)
  onTestFinished(() => database.close())
  const rig = rigOn(database, prepared.book.rig)
  const night: Through['night'] = (nowMs = nightMs(2)) =>
    goOn(patience, (moved) => rig.night(nowMs, { progress: moved }))
  return { rig, proxy, patience, night }
}

async function undisturbed(prepared: Prepared, url: string) {
  const { rig, night } = await reach(prepared, url)
  await night()
  const left = await booksLeftBy(rig)
  expect(left.runs.every(({ status }) => status === 'finished')).toBe(true)
  expect(left.journals).not.toEqual([])
  return left
}

async function ask(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

describe('a night whose PostgreSQL server is stopped and started again', () => {
  it('leaves what an undisturbed one leaves, wherever that was and however it was stopped', async () => {
    const server = await ownPostgres()
    const prepared = await prepareOn(server)
    const plain = await undisturbed(prepared, await copyOf(server, 'plain'))
    for (const [place, [mode, cut, isHere]] of STOPS.entries()) {
      const { rig, proxy, patience, night } = await reach(prepared, await copyOf(server, `disturbed_${place}`), {
        onCut: () => server.stop(mode),
        onWait: () => server.start(),
      })
      proxy.cutWhere((statement) => (isHere(statement) ? cut : null))
      await night()
      proxy.cutWhere(() => null)
      expect(proxy.cuts()).toBeGreaterThan(1)
      expect(await booksLeftBy(rig)).toEqual(plain)
      expect(patience.told[0]).toMatch(/^The connection to the PostgreSQL server at \S+ was lost/)
    }
  })
})

describe('a night whose PostgreSQL server is stopped for longer than ten minutes', () => {
  it('has failed with 75, its tick is not done, and the next attempt leaves what an undisturbed night leaves', async () => {
    const server = await ownPostgres()
    const prepared = await prepareOn(server)
    const plain = await undisturbed(prepared, await copyOf(server, 'plain'))
    const url = await copyOf(server, 'disturbed')
    const {
      rig,
      proxy,
      patience,
      night: attempt,
    } = await reach(prepared, url, { onCut: () => server.stop('immediate') })
    proxy.cutWhere(({ commit }) => (commit === 20 ? 'unanswered' : null))
    const night = { nowMs: nightMs(2) }
    const daemon = await openDatabase(url)
    onTestFinished(() => daemon.close())
    const scheduler = createScheduler({
      db: daemon.kysely,
      nowMs: () => night.nowMs,
      holder: 'a/1/x',
      mayLive: () => true,
      runNight: async ({ id }, _dueAtMs, startedAtMs) => {
        const end = await attempt(night.nowMs).then(
          () => ended(0),
          (error: unknown) => ended(error instanceof TieoutError ? error.exitCode : 70, error),
        )
        await server.start()
        return nightOutcome(
          end,
          await closedNight(rig.database.kysely, id, { fromMs: startedAtMs, throughMs: night.nowMs }),
        )
      },
    })
    const book = { id: (await rig.bookRow()).id, name: 'agency', schedule: { at: '00:04', timeZone: 'UTC' } }
    await knownSince(daemon.kysely, book.id, nightMs(1))
    const failed = await scheduler.wake(book)
    const detail = expect.stringMatching(/was lost \(.*It was tried again for 10 minutes\.$/) as string
    expect(failed).toMatchObject({ kind: 'ran', outcome: { kind: 'transient', detail } })
    expect(patience.waitedMs()).toBeLessThanOrEqual(600_000)
    expect(await lastTick(daemon.kysely, book.id)).toMatchObject({ status: 'retry', outcome: 'transient' })
    expect(await ask(url, "select status from run where kind = 'sync' order by id desc limit 1")).toEqual([
      { status: 'running' },
    ])
    night.nowMs += 60_000
    expect(await scheduler.wake(book)).toMatchObject({ kind: 'ran', outcome: { kind: 'done' } })
    expect(await lastTick(daemon.kysely, book.id)).toMatchObject({ status: 'done' })
    expect(await booksLeftBy(rig)).toEqual(plain)
  })
})

/** As the daemon sees the end of a night's process. */
function ended(exitCode: number, error: unknown = null): ChildEnd {
  const failure = error instanceof Error ? error.message : null
  return { exitCode, endedBy: null, said: [], failure, failureCode: null }
}

/** A primary and a standby that follows it; `isSynchronous` confirms nothing the standby does not have. */
async function pair(primary: OwnPostgres, isSynchronous: boolean): Promise<OwnPostgres> {
  const standby = await primary.makeStandby()
  await standby.start()
  if (isSynchronous) {
    await ask(primary.url, "alter system set synchronous_standby_names = 'standby'")
    await ask(primary.url, 'select pg_reload_conf()')
  }
  return standby
}

describe('a failover to a standby', () => {
  it('that is confirmed with every COMMIT loses nothing: the night leaves what an undisturbed one leaves', async () => {
    const primary = await ownPostgres()
    const prepared = await prepareOn(primary)
    const plain = await undisturbed(prepared, await copyOf(primary, 'plain'))
    const url = await copyOf(primary, 'disturbed')
    const standby = await pair(primary, true)
    const { rig, proxy, patience, night } = await reach(prepared, url, {
      onCut: async () => {
        await primary.stop('killed')
        proxy.leadTo(standby.url)
      },
      // It is a standby that takes no writes for a while, as long as nobody has promoted it.
      onWait: async (waitedMs) => {
        if (waitedMs > 20_000) await ask(standby.url, 'select pg_promote()')
      },
    })
    // Asked to read its settings again, the server does so in its own time.
    const state = (): Promise<unknown> => ask(primary.url, 'select sync_state from pg_stat_replication')
    await expect.poll(state, { timeout: 60_000 }).toEqual([{ sync_state: 'sync' }])
    proxy.cutWhere(({ commit }) => (commit === 20 ? 'unanswered' : null))
    await night()
    expect(proxy.cuts()).toBe(1)
    // Whether the lost connection or the standby is met first is a matter of milliseconds.
    expect(patience.told.join()).toMatch(/takes no writes: it is a standby|was lost/)
    expect(await ask(standby.url, 'select pg_is_in_recovery() as "isStandby"')).toEqual([{ isStandby: false }])
    expect(await booksLeftBy(rig)).toEqual(plain)
  })

  it('that has lost confirmed transactions leaves the books of an undisturbed night: it starts where the standby stands', async () => {
    const primary = await ownPostgres()
    const prepared = await prepareOn(primary)
    const plain = await undisturbed(prepared, await copyOf(primary, 'plain'))
    const url = await copyOf(primary, 'disturbed')
    const standby = await pair(primary, false)
    const fate: { over: Promise<unknown> } = { over: Promise.resolve() }
    const steps = [
      // From here on nothing reaches the standby.
      () => standby.stop('fast'),
      async () => {
        await primary.stop('killed')
        await standby.start()
        await ask(standby.url, 'select pg_promote()')
        proxy.leadTo(standby.url)
      },
    ]
    const { rig, proxy, night } = await reach(prepared, url, {
      onCut: async () => {
        fate.over = steps.shift()?.() ?? Promise.resolve()
        await fate.over
      },
      onWait: async () => {
        await fate.over
      },
    })
    proxy.cutWhere(({ commit }) => (commit === 20 || commit === 30 ? 'unanswered' : null))
    await night()
    expect(proxy.cuts()).toBe(2)
    expect(await booksLeftBy(rig)).toEqual(plain)
  })
})
