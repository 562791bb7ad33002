/** What happened, line by line, and one hash over all of it: two runs of a seed are the same when the hashes are. */
import { createHash } from 'node:crypto'

export interface Trace {
  readonly add: (line: string) => void
  /** The newest lines, oldest first. */
  readonly tail: (count: number) => readonly string[]
  readonly lines: () => number
  /** Hex. */
  readonly digest: () => string
}

const KEPT = 4000

export function createTrace(nowMs: () => number): Trace {
  const hash = createHash('sha256')
  const kept: string[] = []
  let lines = 0
  return {
    add: (text) => {
      const line = `${new Date(nowMs()).toISOString()} ${text}`
      hash.update(line).update('\n')
      lines += 1
      kept.push(line)
      if (kept.length > 2 * KEPT) kept.splice(0, KEPT)
    },
    tail: (count) => kept.slice(-count),
    lines: () => lines,
    digest: () => hash.copy().digest('hex'),
  }
}
