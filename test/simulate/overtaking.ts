/**
 * A process that stands still beyond its lease is overtaken: somebody starts the night again, so that both are at work
 * when the first one goes on.
 */
import { createRandom } from '../../src/sandbox/world/random.ts'
import type { CommandEnd } from './kernel/computer.ts'
import type { Timeline } from './kernel/timeline.ts'

export interface Overtaking {
  /** A process stands still for that long from now on. */
  readonly begin: (frozenMs: number) => void
  /** How those ended that were started since the last call; nobody is at work then. */
  readonly settled: () => Promise<readonly CommandEnd[]>
}

/** At once: more would make a night long. */
const MOST = 2
/** How much earlier or later than the first one goes on. */
const EARLIER_MS = [-1000, 10_000] as const

export function createOvertaking(seed: number, timeline: () => Timeline, start: () => Promise<CommandEnd>): Overtaking {
  const random = createRandom(seed, 'overtaking')
  const ends: Promise<CommandEnd>[] = []
  return {
    begin: (frozenMs) => {
      if (ends.length >= MOST) return
      const { promise, resolve } = Promise.withResolvers<CommandEnd>()
      ends.push(promise)
      const { at, nowMs } = timeline()
      at(nowMs() + frozenMs - random.int(...EARLIER_MS), () => void start().then(resolve))
    },
    settled: async () => {
      const settled: CommandEnd[] = []
      // Those who overtake may stand still themselves, and be overtaken meanwhile.
      while (ends.length > 0) settled.push(...(await timeline().drive(Promise.all(ends.splice(0)))))
      return settled
    },
  }
}
