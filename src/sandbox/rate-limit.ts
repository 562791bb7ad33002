/**
 * The vendors' limit as their documents word it: so many requests per minute and client address, counted in fixed
 * windows of 60 seconds. The clock is passed in, so a test can stand still inside one window.
 */

const WINDOW_MS = 60_000

export interface RateLimiter {
  /** Counts the request and says whether it is still within the limit. */
  readonly allow: (client: string) => boolean
}

export function createRateLimiter(perMinute: number, nowMs: () => number): RateLimiter {
  const counts = new Map<string, number>()
  let windowIndex = Number.NaN
  return {
    allow: (client) => {
      const current = Math.floor(nowMs() / WINDOW_MS)
      if (current !== windowIndex) {
        counts.clear()
        windowIndex = current
      }
      const count = (counts.get(client) ?? 0) + 1
      counts.set(client, count)
      return count <= perMinute
    },
  }
}
