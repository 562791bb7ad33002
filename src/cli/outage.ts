/** How long a command's work waits for a database that cannot be used, and what it says meanwhile. */
import type { OutageSettings } from '../db/outage.ts'
import { machine } from '../machine/machine.ts'
import type { CliIo } from './io.ts'

const MOST_MS = 10 * 60_000

/** Ctrl-C ends the wait. */
export function outageOf(
  { signal, stderr }: Pick<CliIo, 'signal' | 'stderr'>,
  tell: (sentence: string) => void = (sentence) => stderr.write(`${sentence}\n`),
): OutageSettings {
  const { monotonicMs, sleep } = machine()
  return {
    mostMs: MOST_MS,
    nowMs: monotonicMs,
    wait: (ms) => sleep(ms, signal),
    tell,
  }
}
