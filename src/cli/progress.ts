/**
 * One line on stderr that says how far each step is, redrawn in place. Only on a terminal: a log file or a pipe gets
 * nothing, and stdout is never touched.
 */
import { machine } from '../machine/machine.ts'
import type { TextSink } from './io.ts'

export interface Progress {
  /** Adds rows done to a step. */
  readonly add: (step: string, rows: number) => void
  /** Clears the line, so that what is printed next starts clean. */
  readonly clear: () => void
}

const REDRAW_EVERY_MS = 100

export function createProgress(sink: TextSink, monotonicMs: () => number = () => machine().monotonicMs()): Progress {
  if (!sink.isTty) return { add: () => undefined, clear: () => undefined }
  const done = new Map<string, number>()
  let drawnAtMs = Number.NEGATIVE_INFINITY
  const add = (step: string, rows: number): void => {
    done.set(step, (done.get(step) ?? 0) + rows)
    if (monotonicMs() - drawnAtMs < REDRAW_EVERY_MS) return
    drawnAtMs = monotonicMs()
    const text = [...done].map(([name, count]) => `${name} ${count.toLocaleString('en-US')}`).join(' · ')
    sink.write(`\r\u001b[K${text.slice(0, (sink.columns ?? 80) - 1)}`)
  }
  return { add, clear: () => sink.write('\r\u001b[K') }
}
