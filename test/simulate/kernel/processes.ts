/**
 * Processes of one simulated computer. A process that is killed stops at the await it stands at and never goes on; its
 * timers are gone, its transaction is rolled back, what it has on the wire still arrives.
 */
import { createRandom } from '../../../src/sandbox/world/random.ts'
import type { Machine } from '../../../src/machine/machine.ts'
import type { Timeline } from './timeline.ts'

export interface SimProcess {
  readonly id: number
  readonly isAlive: () => boolean
  /** Resolves when it has been killed. */
  readonly killed: Promise<'killed'>
  readonly kill: () => void
  /** Called once, when it is killed. */
  readonly onKill: (task: () => void) => void
  /** `work` as long as the process lives; afterwards a promise that never settles. */
  readonly whileAlive: <T>(work: Promise<T>) => Promise<T>
  /** Waits that long; for ever in a process that is killed meanwhile. */
  readonly pause: (ms: number) => Promise<void>
  /** Nothing of it goes on for that long, as if it were stopped or its machine asleep: no timer, no answer, no statement. */
  readonly freeze: (ms: number) => void
  /** At once in a process that is not frozen. */
  readonly thawed: () => Promise<void>
}

export interface Processes {
  readonly start: () => SimProcess
  readonly isAlive: (id: number) => boolean
  /** The clocks, timers and chance of a process; the way out and the engine are added to it. */
  readonly machineOf: (process: SimProcess) => Omit<Machine, ProcessPorts>
}

/** What the computer adds. */
type ProcessPorts = 'openTransport' | 'sdkAdapter' | 'openEngine' | 'everyMinute' | 'listen' | 'startChild'

const NEVER = new Promise<never>(() => undefined)

export interface ProcessOptions {
  readonly skewMs: () => number
  /** Each runs in a container, or on a machine, of its own: none can see whether another one lives. */
  readonly isAlone: boolean
}

export function createProcesses(seed: number, timeline: Timeline, { skewMs, isAlone }: ProcessOptions): Processes {
  const alive = new Map<number, boolean>()
  let last = 100

  const start = (): SimProcess => {
    last += 1
    const id = last
    const killed = Promise.withResolvers<'killed'>()
    const tasks: (() => void)[] = []
    alive.set(id, true)
    let frozenUntilMs = 0
    const isAlive = (): boolean => alive.get(id) === true
    const thawed = async (): Promise<void> => {
      while (timeline.nowMs() < frozenUntilMs)
        await new Promise<void>((resolve) => void timeline.at(frozenUntilMs, resolve))
    }
    const whileAlive = async <T>(work: Promise<T>): Promise<T> => {
      const settle = work.then(
        (value) => ({ ok: true as const, value }),
        (error: unknown) => ({ ok: false as const, error }),
      )
      const result = await settle
      await thawed()
      if (!isAlive()) return NEVER
      if (result.ok) return result.value
      throw result.error
    }
    return {
      id,
      isAlive,
      killed: killed.promise,
      kill: () => {
        if (!isAlive()) return
        alive.set(id, false)
        for (const task of tasks) task()
        killed.resolve('killed')
      },
      onKill: (task) => void tasks.push(task),
      whileAlive,
      freeze: (ms) => void (frozenUntilMs = Math.max(frozenUntilMs, timeline.nowMs() + ms)),
      thawed,
      pause: (ms) => whileAlive(new Promise((resolve) => void timeline.at(timeline.nowMs() + ms, () => resolve()))),
    }
  }

  return {
    start,
    isAlive: (id) => alive.get(id) === true,
    machineOf: (process) => {
      const random = createRandom(seed, 'process', process.id)
      const bytes = (count: number): Buffer => Buffer.from(Array.from({ length: count }, () => random.int(0, 255)))
      return {
        nowMs: () => timeline.nowMs() + skewMs(),
        monotonicMs: timeline.nowMs,
        sleep: (ms, signal) => sleepOn(timeline, process, ms, signal),
        every: (ms, task) => repeatOn(timeline, process, ms, task),
        random: random.next,
        randomBytes: bytes,
        uuid: () => asUuid(bytes(16)),
        host: isAlone ? `container-${process.id}` : 'simulated',
        processId: process.id,
        isAlive: (id) => alive.get(id) === true,
      }
    },
  }
}

function sleepOn(timeline: Timeline, process: SimProcess, ms: number, signal?: AbortSignal): Promise<void> {
  return process.whileAlive(
    new Promise((resolve, reject) => {
      const giveUp = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
      if (signal?.aborted === true) return giveUp()
      const cancel = timeline.at(timeline.nowMs() + ms, () => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      })
      signal?.addEventListener('abort', () => {
        cancel()
        giveUp()
      })
    }),
  )
}

function repeatOn(timeline: Timeline, process: SimProcess, ms: number, task: () => void): () => void {
  let cancel: () => void = () => undefined
  let isOver = false
  const next = (): void => {
    cancel = timeline.at(timeline.nowMs() + ms, () => {
      void process.thawed().then(() => {
        if (!process.isAlive() || isOver) return
        next()
        task()
      })
    })
  }
  next()
  process.onKill(() => cancel())
  return () => {
    isOver = true
    cancel()
  }
}

function asUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
