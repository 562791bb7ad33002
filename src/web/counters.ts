/** What this process counts for /metrics: requests by outcome, and how long they took, in buckets of seconds. */

export interface WebCounters {
  readonly count: (what: string, outcome: string) => void
  readonly observe: (what: string, seconds: number) => void
  readonly counts: () => readonly { readonly what: string; readonly outcome: string; readonly count: number }[]
  readonly durations: () => readonly Durations[]
}

export interface Durations {
  readonly what: string
  readonly count: number
  readonly sumSeconds: number
  /** Upper bound in seconds to how many took no longer. */
  readonly buckets: readonly (readonly [number, number])[]
}

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1] as const

interface Timed {
  count: number
  sum: number
  readonly buckets: number[]
}

export function createWebCounters(): WebCounters {
  const counts = new Map<string, { readonly what: string; readonly outcome: string; count: number }>()
  const timings = new Map<string, Timed>()
  return {
    count: (what, outcome) => {
      const key = `${what}/${outcome}`
      const counted = counts.get(key) ?? { what, outcome, count: 0 }
      counted.count += 1
      counts.set(key, counted)
    },
    observe: (what, seconds) => {
      const timed = timings.get(what) ?? { count: 0, sum: 0, buckets: BOUNDS.map(() => 0) }
      timed.count += 1
      timed.sum += seconds
      for (const [index, bound] of BOUNDS.entries())
        if (seconds <= bound) timed.buckets[index] = (timed.buckets[index] ?? 0) + 1
      timings.set(what, timed)
    },
    counts: () => [...counts.values()],
    durations: () =>
      [...timings].map(([what, { count, sum, buckets }]) => ({
        what,
        count,
        sumSeconds: sum,
        buckets: BOUNDS.map((bound, index) => [bound, buckets[index] ?? 0] as const),
      })),
  }
}
