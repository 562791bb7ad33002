/**
 * Simulated time: what is to happen, in order of its instant and, within one, in an order that the seed draws. Nothing
 * here waits for the machine's clock. Work of JavaScript itself (microtasks, files: files-at-once.ts) takes no simulated time.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRandom, type Random } from '../../../src/sandbox/world/random.ts'

export interface Timeline {
  /** UTC milliseconds. */
  readonly nowMs: () => number
  /** Calls `task`, on the machine that asked, once that instant has come; the function it gives takes it back. */
  readonly at: (ms: number, task: () => void) => () => void
  /** Lets time pass until `work` has settled. Throws Stuck when nothing is left that could settle it. */
  readonly drive: <T>(work: Promise<T>) => Promise<T>
  /** Lets everything happen that is due up to `ms`. */
  readonly passTo: (ms: number) => Promise<void>
}

/** Something waits for what never comes. */
export class Stuck extends Error {}

interface Event {
  readonly ms: number
  readonly tie: number
  readonly task: () => void
  isCancelled: boolean
}

const IDLE_TURNS = 200

/** Requests to the file system are the only real ones. */
const REAL_WORK = /^(FSReq|CloseReq|FileHandle|DirHandle|TCPConnectWrap|TCPSocketWrap|WriteWrap|ShutdownWrap)/

export function createTimeline(seed: number, startMs: number): Timeline {
  const ties: Random = createRandom(seed, 'ties')
  const events: Event[] = []
  let nowMs = startMs

  const at: Timeline['at'] = (ms, task) => {
    const event: Event = {
      ms: Math.max(ms, nowMs),
      tie: ties.next(),
      task: AsyncLocalStorage.bind(task),
      isCancelled: false,
    }
    let low = 0
    let high = events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(events[middle], event)) low = middle + 1
      else high = middle
    }
    events.splice(low, 0, event)
    return () => void (event.isCancelled = true)
  }

  /** The next one happens; false when there is none up to `untilMs`. */
  const step = (untilMs: number): boolean => {
    for (;;) {
      const next = events[0]
      if (next === undefined || next.ms > untilMs) return false
      events.shift()
      if (next.isCancelled) continue
      nowMs = next.ms
      next.task()
      return true
    }
  }

  return {
    nowMs: () => nowMs,
    at,
    drive: async (work) => {
      const state = { isSettled: false }
      const settled = (): void => void (state.isSettled = true)
      work.then(settled, settled)
      for (;;) {
        await quiet()
        if (state.isSettled) return work
        if (step(Number.POSITIVE_INFINITY)) continue
        // Loading a module, for example, takes turns of its own.
        for (let turn = 0; turn < IDLE_TURNS && !state.isSettled && events.length === 0; turn += 1) await quiet()
        if (!state.isSettled && events.length === 0) {
          throw new Stuck('nothing is left to happen, and the work has not ended')
        }
      }
    },
    passTo: async (ms) => {
      await quiet()
      while (step(ms)) await quiet()
      nowMs = Math.max(nowMs, ms)
    },
  }
}

function isBefore(one: Event | undefined, other: Event): boolean {
  if (one === undefined) return false
  return one.ms < other.ms || (one.ms === other.ms && one.tie <= other.tie)
}

/** Resolves when every microtask has run and no file is being read or written. */
async function quiet(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve))
  while (process.getActiveResourcesInfo().some((name) => REAL_WORK.test(name)))
}
