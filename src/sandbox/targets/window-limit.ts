/**
 * Requests counted in fixed windows of one length, per key: the next window starts from nothing. The clock is passed in;
 * a clock that stands still stays in its window.
 */
export interface WindowLimit {
  /** Counts one and says how many remain, below zero when it was one too many. */
  readonly count: (key: string, limit: number, nowMs: number) => number
  /** Until the window of this instant is over. */
  readonly secondsLeft: (nowMs: number) => number
}

export function createWindowLimit(windowMs: number): WindowLimit {
  const counts = new Map<string, { index: number; count: number }>()
  return {
    count: (key, limit, nowMs) => {
      const index = Math.floor(nowMs / windowMs)
      const known = counts.get(key)
      const entry = known?.index === index ? known : { index, count: 0 }
      entry.count += 1
      counts.set(key, entry)
      return limit - entry.count
    },
    secondsLeft: (nowMs) => Math.ceil((windowMs - (nowMs % windowMs)) / 1000),
  }
}
