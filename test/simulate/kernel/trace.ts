/** What happened, line by line, and one hash over all of it: two runs of a seed are the same when the hashes are. */
import { createHash } from 'node:crypto'

export interface TraceLine {
  readonly text: string
  /** What was asked and answered, or printed: for people who read of a failure. Not in the hash. */
  readonly detail: string
}

export interface Trace {
  readonly add: (text: string, detail?: string) => void
  /** An oracle has found something: the lines around the first one are kept. */
  readonly addFound: (oracle: string, says: string) => void
  /** Oldest first: up to what was found first and as many after it, or the newest. */
  readonly kept: () => readonly TraceLine[]
  readonly lines: () => number
  /** Hex. */
  readonly digest: () => string
}

/** Begins what such a line says. */
export const FOUND = 'FOUND '

const KEPT = 8000
const DETAIL_CHARS = 2000

export function createTrace(nowMs: () => number): Trace {
  const hash = createHash('sha256')
  const kept: TraceLine[] = []
  let lines = 0
  /** Since the first was found. */
  let after: number | null = null
  const add: Trace['add'] = (said, detail = '') => {
    const text = `${new Date(nowMs()).toISOString()} ${said}`
    hash.update(text).update('\n')
    lines += 1
    if (after !== null && after >= KEPT) return
    kept.push({ text, detail: detail.slice(0, DETAIL_CHARS) })
    if (after !== null) after += 1
    else if (kept.length > 2 * KEPT) kept.splice(0, KEPT)
  }
  return {
    add,
    addFound: (oracle, says) => {
      add(`${FOUND}${oracle}`, says)
      after ??= 0
    },
    kept: () => kept,
    lines: () => lines,
    digest: () => hash.copy().digest('hex'),
  }
}
