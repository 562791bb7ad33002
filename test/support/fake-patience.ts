/** Waiting for a database on a clock of its own, which moves only when somebody waits. */
import type { Patience } from '../../src/pipeline/again.ts'

export interface FakePatience extends Patience {
  readonly waitedMs: () => number
  /** Every sentence, in order. */
  readonly told: readonly string[]
}

/** `onWait` is called before each wait with the time waited so far. */
export function fakePatience(onWait: (waitedMs: number) => void | Promise<void> = () => undefined): FakePatience {
  const told: string[] = []
  let nowMs = 0
  return {
    mostMs: 600_000,
    nowMs: () => nowMs,
    wait: async (ms) => {
      await onWait(nowMs)
      nowMs += ms
    },
    tell: (sentence) => void told.push(sentence),
    waitedMs: () => nowMs,
    told,
  }
}
