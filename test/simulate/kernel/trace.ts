/** What happened, line by line, and one hash over all of it: two runs of a seed are the same when the hashes are. */
import { createHash } from 'node:crypto'

export interface TraceLine {
  readonly text: string
  /** What was asked and answered, or printed: for people who read of a failure. Not in the hash. */
  readonly detail: string
}

export interface Trace {
  readonly add: (text: string, detail?: string) => void
  /** The newest lines, oldest first. */
  readonly kept: () => readonly TraceLine[]
  readonly lines: () => number
  /** Hex. */
  readonly digest: () => string
}

const KEPT = 8000
const DETAIL_CHARS = 2000

export function createTrace(nowMs: () => number): Trace {
  const hash = createHash('sha256')
  const kept: TraceLine[] = []
  let lines = 0
  return {
    add: (said, detail = '') => {
      const text = `${new Date(nowMs()).toISOString()} ${said}`
      hash.update(text).update('\n')
      lines += 1
      kept.push({ text, detail: detail.slice(0, DETAIL_CHARS) })
      if (kept.length > 2 * KEPT) kept.splice(0, KEPT)
    },
    kept: () => kept.slice(-KEPT),
    lines: () => lines,
    digest: () => hash.copy().digest('hex'),
  }
}
