/** How long a command starts again from its marks while its database cannot be used, and what it says meanwhile. */
import { machine } from '../machine/machine.ts'
import type { Patience } from '../pipeline/again.ts'
import type { CliIo } from './io.ts'

const MOST_MS = 10 * 60_000

/** Ctrl-C ends the wait. */
export function patienceOf({ signal, stderr }: Pick<CliIo, 'signal' | 'stderr'>): Patience {
  const { monotonicMs, sleep } = machine()
  return {
    mostMs: MOST_MS,
    nowMs: monotonicMs,
    wait: (ms) => sleep(ms, signal),
    tell: (sentence) => stderr.write(`${sentence}\n`),
  }
}
