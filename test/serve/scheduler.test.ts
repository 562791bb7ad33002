/**
 * Years of nights on a simulated clock: two schedulers on one database, processes that die in the middle, a clock that
 * jumps. No night is run by two at once or finished twice, and none is lost that somebody was there to run.
 */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { lastDueMs, LONGEST_RETRY_MS, nextDueMs } from '../../src/domain/time/schedule.ts'
import { createScheduler, type ScheduledBook, type Wake } from '../../src/pipeline/serve/scheduler.ts'
import { lastTick, type NightOutcome } from '../../src/pipeline/serve/ticks.ts'
import { advanceStep, finishRun, startRun } from '../../src/pipeline/runs.ts'
import { createRandom, type Random } from '../../src/sandbox/world/random.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { newBook } from '../support/ledger.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NIGHTS = { sqlite: 2_000, postgres: 300 }
const SCHEDULE = { at: '02:30', timeZone: 'Europe/Berlin' }

interface Simulation {
  readonly book: ScheduledBook
  readonly clock: { nowMs: number }
  /** Wakes one of the processes; null when it died during the night it had started. */
  readonly wake: (
    process: number,
    fate: NightOutcome['kind'] | 'dies',
    during?: () => Promise<void>,
  ) => Promise<Wake | null>
  /** Due instants in the order they were finished. */
  readonly finished: number[]
  /** Due instants in the order they were started, with each attempt. */
  readonly started: number[]
}

async function simulate(database: Database, processes: number): Promise<Simulation> {
  const { id } = await newBook(database)
  const book = { id, name: 'acme', schedule: SCHEDULE }
  const clock = { nowMs: Date.UTC(2026, 0, 1, 12) }
  const dead = new Set<string>()
  const running = new Set<number>()
  const finished: number[] = []
  const started: number[] = []
  let lives = 0
  let fateOf: () => Promise<NightOutcome> = () => Promise.reject(new Error('nobody has been woken'))
  const born = () => {
    const holder = `machine/${(lives += 1)}/test`
    const runNight = async (_book: ScheduledBook, dueAtMs: number): Promise<NightOutcome> => {
      expect(running.has(dueAtMs), 'the night is running already').toBe(false)
      expect(finished).not.toContain(dueAtMs)
      running.add(dueAtMs)
      started.push(dueAtMs)
      const outcome = await fateOf()
      running.delete(dueAtMs)
      if (outcome.kind === 'done') finished.push(dueAtMs)
      return outcome
    }
    const parts = {
      db: database.kysely,
      nowMs: () => clock.nowMs,
      holder,
      mayLive: (each: string) => !dead.has(each),
      runNight,
    }
    return { holder, scheduler: createScheduler(parts) }
  }
  const alive = Array.from({ length: processes }, born)
  const wake: Simulation['wake'] = async (process, fate, during) => {
    const one = alive[process]
    if (one === undefined) throw new RangeError(`there is no process ${process}`)
    const death = Promise.withResolvers<null>()
    fateOf = async () => {
      await during?.()
      if (fate !== 'dies') return { kind: fate, detail: fate }
      dead.add(one.holder)
      running.clear()
      alive[process] = born()
      death.resolve(null)
      return new Promise<never>(() => undefined)
    }
    return Promise.race([one.scheduler.wake(book), death.promise])
  }
  return { book, clock, wake, finished, started }
}

function drawFate(random: Random): NightOutcome['kind'] | 'dies' {
  return random.pick(['done', 'done', 'done', 'transient', 'busy', 'crashed', 'incomplete', 'stopped', 'dies'] as const)
}

describeOnSqlite('the scheduler', (fresh) => {
  it('finishes every night once, whatever dies and whoever wakes', async () => {
    const database = await fresh()
    const { clock, wake, finished } = await simulate(database, 2)
    const random = createRandom(17)
    await wake(0, 'done')
    const due: number[] = []
    for (let night = 0; night < NIGHTS[database.dialect]; night += 1) {
      const dueAtMs = nextDueMs(SCHEDULE, clock.nowMs)
      due.push(dueAtMs)
      clock.nowMs = dueAtMs + random.int(0, 120) * 60_000
      for (let left = random.int(0, 3); left > 0; left -= 1) {
        await wake(random.int(0, 1), drawFate(random))
        clock.nowMs += random.int(1, 120) * 60_000
      }
      clock.nowMs += LONGEST_RETRY_MS
      await wake(random.int(0, 1), 'done')
    }
    expect(finished).toEqual(due)
    const { kysely } = database
    const rows = await kysely.selectFrom('schedule_tick').select(['due_at_ms', 'status']).orderBy('due_at_ms').execute()
    expect(rows).toEqual(due.map((at) => ({ due_at_ms: BigInt(at), status: 'done' })))
  })

  it('catches up once after days away, with one run for all of them', async () => {
    const { clock, wake, started } = await simulate(await fresh(), 1)
    await wake(0, 'done')
    clock.nowMs += 9 * DAY_MS
    const newest = lastDueMs(SCHEDULE, clock.nowMs)
    expect(await wake(0, 'done')).toMatchObject({ kind: 'ran', tick: { dueAtMs: newest, attempts: 1 } })
    expect(await wake(0, 'done')).toMatchObject({ kind: 'waiting', nextDueAtMs: nextDueMs(SCHEDULE, newest) })
    expect(started).toEqual([newest])
  })

  it.each([
    ['is due', { night: '2025-12-30' }, -1, true],
    ['was run by hand', { night: '2025-12-31' }, 1, false],
    ['was run by hand for one source only', { night: '2025-12-31', source: 'netpanel' }, 1, true],
  ])(
    'starts, where others ran the nights before, from the last one that finished: the newest %s',
    async (_name, args, hours, runs) => {
      const database = await fresh()
      const { book, clock, wake } = await simulate(database, 1)
      const dueAtMs = lastDueMs(SCHEDULE, clock.nowMs)
      const { kysely } = database
      const finish = async (finishedAtMs: number, args: Readonly<Record<string, string>>) =>
        finishRun(kysely, await startRun(kysely, book.id, 'sync', args, finishedAtMs), 'finished', '{}', finishedAtMs)
      await finish(dueAtMs + hours * HOUR_MS, args)
      // Run again later, under the clock of an older day: it is not the last night for that.
      await finish(dueAtMs - 40 * DAY_MS, { night: '2025-11-21' })
      expect(await wake(0, 'done')).toMatchObject(runs ? { kind: 'ran', tick: { dueAtMs } } : { kind: 'waiting' })
      clock.nowMs = nextDueMs(SCHEDULE, clock.nowMs)
      expect(await wake(0, 'done')).toMatchObject({ kind: 'ran' })
    },
  )

  it('lets a second process wait while the first runs the night', async () => {
    const { clock, wake, started } = await simulate(await fresh(), 2)
    await wake(0, 'done')
    clock.nowMs += DAY_MS
    let second: Wake | null = null
    await wake(0, 'done', async () => {
      second = await wake(1, 'done')
    })
    expect(second).toMatchObject({ kind: 'elsewhere' })
    expect(started.length).toBe(1)
  })

  it('takes up at once the night of a process that has died', async () => {
    const { clock, wake } = await simulate(await fresh(), 2)
    await wake(0, 'done')
    clock.nowMs += DAY_MS
    expect(await wake(0, 'dies')).toBeNull()
    expect(await wake(1, 'done')).toMatchObject({ kind: 'ran', tick: { attempts: 2 } })
  })

  it('tries a transient failure again after a minute, then two, until it is done', async () => {
    const { clock, wake } = await simulate(await fresh(), 1)
    await wake(0, 'done')
    clock.nowMs = nextDueMs(SCHEDULE, clock.nowMs)
    expect(await wake(0, 'transient')).toMatchObject({ kind: 'ran' })
    clock.nowMs += 59_000
    expect(await wake(0, 'done')).toMatchObject({ kind: 'waiting', nextDueAtMs: clock.nowMs + 1000 })
    clock.nowMs += 1000
    expect(await wake(0, 'transient')).toMatchObject({ kind: 'ran', tick: { attempts: 2 } })
    clock.nowMs += 120_000
    expect(await wake(0, 'done')).toMatchObject({ kind: 'ran', tick: { attempts: 3 } })
    expect(await wake(0, 'done')).toMatchObject({ kind: 'waiting' })
  })

  it.each(['crashed', 'busy'] as const)('tries a night that ended as %s again after a minute', async (kind) => {
    const { clock, wake } = await simulate(await fresh(), 1)
    await wake(0, 'done')
    clock.nowMs = nextDueMs(SCHEDULE, clock.nowMs)
    await wake(0, kind)
    expect(await wake(0, 'done')).toMatchObject({ kind: 'waiting', nextDueAtMs: clock.nowMs + 60_000 })
    clock.nowMs += 60_000
    // What it was is known while it is tried again.
    expect(await wake(0, 'done')).toMatchObject({ kind: 'ran', tick: { attempts: 2, outcome: kind } })
  })

  it.each([
    ['closed', { night: '2026-01-01' }, 'finished', 0, 'finished', false],
    ['closed for one source only', { night: '2026-01-01', source: 'netpanel' }, 'finished', 0, 'finished', true],
    ['closed without one of its sources', { night: '2026-01-01' }, 'finished', 0, 'running', true],
    ['given up', { night: '2026-01-01' }, 'failed', 0, 'finished', true],
    ['closed before it was due', { night: '2025-12-31' }, 'finished', -24, 'finished', true],
    ['closed under a clock that was ahead', { night: '2026-03-01' }, 'finished', 240, 'finished', true],
  ] as const)(
    'looks, before it tries again, at what others did meanwhile: a run that was %s',
    async (_name, args, status, hours, step, runsAgain) => {
      const database = await fresh()
      const { book, clock, wake, started } = await simulate(database, 2)
      await wake(0, 'done')
      clock.nowMs = nextDueMs(SCHEDULE, clock.nowMs)
      await wake(0, 'dies')
      const { kysely } = database
      clock.nowMs += 60_000
      const endedAtMs = clock.nowMs + hours * HOUR_MS
      const run = await startRun(kysely, book.id, 'sync', args, endedAtMs)
      await advanceStep(kysely, run, 'poll:netpanel', { status: step })
      await finishRun(kysely, run, status, '{}', endedAtMs)
      clock.nowMs += 60_000
      expect(await wake(1, 'done')).toMatchObject({ kind: 'ran', outcome: { kind: 'done' } })
      expect(started.length).toBe(runsAgain ? 2 : 1)
      expect(await wake(1, 'done')).toMatchObject({ kind: 'waiting' })
    },
  )

  it('does not try again what a person has to put right', async () => {
    const { clock, wake, started } = await simulate(await fresh(), 1)
    await wake(0, 'done')
    clock.nowMs += DAY_MS
    await wake(0, 'failed')
    clock.nowMs += HOUR_MS
    expect(await wake(0, 'done')).toMatchObject({ kind: 'waiting' })
    expect(started.length).toBe(1)
  })

  it.each([
    ['closed', {}, 'finished', 'done', 'done'],
    ['closed without one of its sources', {}, 'running', 'retry', 'incomplete'],
    ['closed for one source only', { source: 'netpanel' }, 'finished', 'failed', 'failed'],
  ] as const)(
    'takes a night that failed and was then run by hand for what that run was: %s',
    async (_name, args, step, status, outcome) => {
      const database = await fresh()
      const { book, clock, wake, started } = await simulate(database, 1)
      const { kysely } = database
      await wake(0, 'done')
      clock.nowMs = nextDueMs(SCHEDULE, clock.nowMs)
      await wake(0, 'failed')
      clock.nowMs += HOUR_MS
      const run = await startRun(kysely, book.id, 'sync', { night: '2026-01-01', ...args }, clock.nowMs)
      await advanceStep(kysely, run, 'poll:netpanel', { status: step })
      await finishRun(kysely, run, 'finished', '{}', clock.nowMs)
      clock.nowMs += 60_000
      const wakes = [await wake(0, 'done'), await wake(0, 'done')]
      expect(wakes.map((each) => each?.kind)).toEqual([status === 'failed' ? 'waiting' : 'ran', 'waiting'])
      expect(started.length).toBe(1)
      expect(await lastTick(kysely, book.id)).toMatchObject({ status, outcome })
    },
  )

  it('does not wait to try again for a night that was run by hand meanwhile', async () => {
    const database = await fresh()
    const { book, clock, wake, started } = await simulate(database, 1)
    const { kysely } = database
    await wake(0, 'done')
    clock.nowMs = nextDueMs(SCHEDULE, clock.nowMs)
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await wake(0, 'crashed')
      clock.nowMs += HOUR_MS
    }
    await wake(0, 'crashed')
    clock.nowMs += 60_000
    const run = await startRun(kysely, book.id, 'sync', { night: '2026-01-01' }, clock.nowMs)
    await finishRun(kysely, run, 'finished', '{}', clock.nowMs)
    expect(await wake(0, 'done')).toMatchObject({ kind: 'ran', outcome: { kind: 'done' } })
    expect(started.length).toBe(9)
    expect(await lastTick(kysely, book.id)).toMatchObject({ status: 'done', outcome: 'done' })
  })

  it('neither loses nor doubles a night when the clock jumps', async () => {
    const { book, clock, wake, finished } = await simulate(await fresh(), 2)
    const random = createRandom(29)
    await wake(0, 'done')
    const startMs = clock.nowMs
    let trueMs = startMs
    for (let step = 0; step < 400; step += 1) {
      trueMs += random.int(1, 6) * HOUR_MS
      const isWrong = random.chance(0.2)
      clock.nowMs = isWrong ? trueMs + random.int(-400, 400) * DAY_MS : trueMs
      await wake(random.int(0, 1), 'done')
      if (isWrong || lastDueMs(book.schedule, trueMs) < startMs) continue
      // With the right time the newest night is done after the wake, whatever the wrong times have led to.
      expect(finished).toContain(lastDueMs(book.schedule, trueMs))
    }
    expect(new Set(finished).size).toBe(finished.length)
  })
})
