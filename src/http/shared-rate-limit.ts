/**
 * A limiter that many processes share: never more than `perMinute` requests in any 60 seconds to one vendor, whoever
 * sends them. Each process reserves evenly spaced slots in the database, a few at a time and more while it needs them. A
 * slot that comes too late is given up: it would bunch up with those of others.
 */
import { inTurn, WINDOW_MS, type RateLimiter } from './rate-limit.ts'
import type { Sleep } from '../machine/machine.ts'

export interface SharedRateLimit {
  readonly perMinute: number
  /** Reserves that many slots, `intervalMs` apart; tells in how many milliseconds the first one comes. */
  readonly reserve: (slots: number, intervalMs: number) => Promise<number>
  /** A clock that never falls, such as performance.now(). */
  readonly nowMs: () => number
  readonly sleep: Sleep
}

interface Reserved {
  readonly slots: number
  readonly firstMs: number
}

/** What the window is wider than a minute: a slot may be used this late and the minute still holds. */
const LATEST_MS = WINDOW_MS - 60_000
/** How far ahead a busy process reserves: what it dies with is lost to the others. */
const RESERVED_MS = 2_000

export function createSharedRateLimiter({ perMinute, reserve, nowMs, sleep }: SharedRateLimit): RateLimiter {
  if (!Number.isInteger(perMinute) || perMinute < 1)
    throw new RangeError(`perMinute must be a whole number from 1, not ${perMinute}`)
  const intervalMs = WINDOW_MS / perMinute
  const most = Math.max(1, Math.floor(RESERVED_MS / intervalMs))
  let size = 1
  let left = 0
  let slotMs = 0
  /** Reserved while the slots before it are used, so that nobody waits for the database at full pace. */
  let ahead: Promise<Reserved> | null = null

  const reserveNow = async (slots: number): Promise<Reserved> => {
    const asked = nowMs()
    return { slots, firstMs: asked + (await reserve(slots, intervalMs)) }
  }

  const nextSlot = async (): Promise<number> => {
    if (left === 0) {
      const reserved = await (ahead ?? reserveNow(size))
      ahead = null
      slotMs = reserved.firstMs
      left = reserved.slots
      size = Math.min(most, size * 2)
    }
    left -= 1
    slotMs += intervalMs
    if (ahead === null && size === most && left <= most / 2) {
      ahead = reserveNow(most)
      // Met by whoever takes the next slot; nobody may come.
      ahead.catch(() => undefined)
    }
    return slotMs - intervalMs
  }

  return inTurn(async (signal) => {
    for (;;) {
      signal?.throwIfAborted()
      const slot = await nextSlot()
      const waitMs = slot - nowMs()
      if (waitMs > 0) await sleep(Math.ceil(waitMs), signal)
      if (nowMs() - slot <= LATEST_MS) return
      // Nobody asked for a while: what was reserved is past, and so is the need for many at once.
      if (left === 0 && ahead === null) size = 1
    }
  })
}
