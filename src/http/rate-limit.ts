/**
 * A paced limiter: never more than `perMinute` requests in any 60 seconds, however they fall, and close to that many.
 * Two rules at once: a pace with a small burst, and a memory of the last `perMinute` starts. The memory is what makes the
 * promise hold for every window; a token bucket alone lets a burst plus a minute's refill through.
 */
import type { Sleep } from '../machine/machine.ts'

export interface RateLimiter {
  /** Resolves when one request may start; rejects with the signal's reason when aborted, using up nothing. */
  readonly acquire: (signal?: AbortSignal) => Promise<void>
}

export interface RateLimit {
  readonly perMinute: number
  /** How many may start at once after a pause. */
  readonly burst: number
  readonly nowMs: () => number
  readonly sleep: Sleep
}

/** One second more than a minute: the other side counts when a request arrives, and the network may bunch them up. */
export const WINDOW_MS = 61_000

export function createRateLimiter({ perMinute, burst, nowMs, sleep }: RateLimit): RateLimiter {
  if (!Number.isInteger(perMinute) || perMinute < 1)
    throw new RangeError(`perMinute must be a whole number from 1, not ${perMinute}`)
  const intervalMs = WINDOW_MS / perMinute
  const toleranceMs = intervalMs * (Math.max(1, Math.min(burst, perMinute)) - 1)
  const starts = new Float64Array(perMinute).fill(Number.NEGATIVE_INFINITY)
  let oldest = 0
  let lastReadMs = Number.NEGATIVE_INFINITY
  let setBackMs = 0
  /** When the pace allows the next start without using burst. */
  let pacedMs = Number.NEGATIVE_INFINITY

  /** A clock that never falls: where the system's was set back, the difference is carried along. */
  const steadyNowMs = (): number => {
    const read = nowMs()
    if (read < lastReadMs) setBackMs += lastReadMs - read
    lastReadMs = read
    return read + setBackMs
  }

  const take = async (signal: AbortSignal | undefined): Promise<void> => {
    for (;;) {
      signal?.throwIfAborted()
      const now = steadyNowMs()
      const waitMs = Math.max(pacedMs - toleranceMs, (starts[oldest] ?? 0) + WINDOW_MS) - now
      if (waitMs <= 0) {
        starts[oldest] = now
        oldest = (oldest + 1) % perMinute
        pacedMs = Math.max(pacedMs, now) + intervalMs
        return
      }
      await sleep(Math.ceil(waitMs), signal)
    }
  }

  return inTurn(take)
}

/** One after the other, in the order of asking; whoever gives up while waiting lets the next one come. */
export function inTurn(take: (signal: AbortSignal | undefined) => Promise<void>): RateLimiter {
  let queue: Promise<unknown> = Promise.resolve()
  return {
    acquire: (signal) => {
      const turn = queue.then(() => take(signal))
      queue = turn.catch(() => undefined)
      return signal === undefined ? turn : Promise.race([turn, whenAborted(signal, turn)])
    },
  }
}

/** Rejects when the signal fires; settles with the turn otherwise, so that no listener outlives it. */
function whenAborted(signal: AbortSignal, turn: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    turn
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
      .catch(() => undefined)
  })
}
