/** How many deliveries a source may send: a bucket for each, refilled every moment, as large as one second's worth. */

export interface SourceRate {
  /** True, and one delivery used up, while the source keeps within its rate. */
  readonly allow: (source: string) => boolean
}

interface Bucket {
  left: number
  atMs: number
}

/** `nowMs` need not be the time of day; it should not be set back. */
export function createSourceRate(perSecond: number, nowMs: () => number): SourceRate {
  const buckets = new Map<string, Bucket>()
  return {
    allow: (source) => {
      const now = nowMs()
      const bucket = buckets.get(source) ?? { left: perSecond, atMs: now }
      bucket.left = Math.min(perSecond, bucket.left + (Math.max(0, now - bucket.atMs) * perSecond) / 1000)
      bucket.atMs = now
      buckets.set(source, bucket)
      if (bucket.left < 1) return false
      bucket.left -= 1
      return true
    },
  }
}
