/** Waiting for a database on a clock of its own, which moves only when somebody waits. */
import type { OutageSettings } from '../../src/db/outage.ts'

export interface FakeOutage extends OutageSettings {
  readonly waitedMs: () => number
  /** Every sentence, in order. */
  readonly told: readonly string[]
}

/** `onWait` is called before each wait with the time waited so far. */
export function fakeOutage(onWait: (waitedMs: number) => void = () => undefined): FakeOutage {
  const told: string[] = []
  let nowMs = 0
  return {
    mostMs: 600_000,
    nowMs: () => nowMs,
    wait: async (ms) => {
      onWait(nowMs)
      nowMs += ms
    },
    tell: (sentence) => void told.push(sentence),
    waitedMs: () => nowMs,
    told,
  }
}
