/**
 * How large and how deep the answers of others may be, judged before anything parses them. The numbers are settings and
 * are landed with a version: a replay reads old bytes by the rules that were in force when they came.
 */

export interface ReadLimits {
  /** Of the rules themselves. 1: limits as below, and no key of an object may be there twice. */
  readonly version: 1
  /** Lists and objects inside one another. */
  readonly depth: number
  readonly bytes: number
  /** Values in lists and objects, however deep. */
  readonly values: number
}

/** Far above what vendors send: a status answer is 2 deep, a catalogue of 10,000 services has some 120,000 values. */
export const READ_LIMITS: ReadLimits = { version: 1, depth: 64, bytes: 64 << 20, values: 2_000_000 }

/** Whatever the settings: deeper, the parser itself would run out of stack. */
export const DEEPEST = 1000
