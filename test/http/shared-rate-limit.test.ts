/** A pace that processes share through the database, on a clock that moves only when somebody waits. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reserveSlots } from '../../src/db/rate-slots.ts'
import { createSharedRateLimiter } from '../../src/http/shared-rate-limit.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'

const ORIGIN = 'https://panel.example'
const PER_MINUTE = 1000

/** The most starts within any 60 seconds. */
function busiestMinute(starts: readonly number[]): number {
  let from = 0
  let most = 0
  for (const [at, start] of starts.entries()) {
    while (start - (starts[from] ?? start) >= 60_000) from += 1
    most = Math.max(most, at - from + 1)
  }
  return most
}

describe('a shared limiter', () => {
  /** What the database does, without one. */
  function slots(nowMs: () => number) {
    let nextMs = 0
    return (count: number, intervalMs: number): Promise<number> => {
      const start = Math.max(nextMs, nowMs())
      nextMs = start + count * intervalMs
      return Promise.resolve(start - nowMs())
    }
  }

  it('never lets more than the limit start in any minute, whoever asks, however late timers fire and however long it stalls', async () => {
    const turn = fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      stallMs: fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, fc.integer({ min: 0, max: 20_000 })),
      count: fc.integer({ min: 1, max: 120 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 90 }),
        fc.array(turn, { minLength: 1, maxLength: 12 }),
        async (perMinute, turns) => {
          const clock = { nowMs: 0 }
          const nowMs = (): number => clock.nowMs
          const reserve = slots(nowMs)
          const sleep = async (ms: number): Promise<void> => {
            clock.nowMs += ms + 3
          }
          const limiters = [0, 1, 2].map(() => createSharedRateLimiter({ perMinute, reserve, nowMs, sleep }))
          const starts: number[] = []
          for (const { who, stallMs, count } of turns) {
            clock.nowMs += stallMs
            for (let n = 0; n < count; n += 1) {
              await limiters[who]?.acquire()
              starts.push(clock.nowMs)
            }
          }
          expect(busiestMinute(starts)).toBeLessThanOrEqual(perMinute)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('uses at least 95 % of the limit while somebody asks', async () => {
    const clock = { nowMs: 0 }
    const nowMs = (): number => clock.nowMs
    const sleep = async (ms: number): Promise<void> => {
      clock.nowMs += ms + 2
    }
    const limiter = createSharedRateLimiter({ perMinute: PER_MINUTE, reserve: slots(nowMs), nowMs, sleep })
    for (let n = 0; n < 10_000; n += 1) await limiter.acquire()
    expect(10_000 / (clock.nowMs / 60_000)).toBeGreaterThanOrEqual(0.95 * PER_MINUTE)
    expect(10_000 / (clock.nowMs / 60_000)).toBeLessThanOrEqual(PER_MINUTE)
  })

  it('gives up waiting when it is told to stop', async () => {
    const stop = new AbortController()
    const sleep = async (_ms: number, signal?: AbortSignal): Promise<void> => {
      stop.abort(new Error('stopped'))
      signal?.throwIfAborted()
    }
    const limiter = createSharedRateLimiter({ perMinute: 1, reserve: async () => 60_000, nowMs: () => 0, sleep })
    await expect(limiter.acquire(stop.signal)).rejects.toThrow('stopped')
  })
})

describeOnBothEngines('slots in the database', (fresh) => {
  const intervalMs = 61

  it('follow one another, whoever reserves them, and start now after a pause', async () => {
    const { kysely } = await fresh()
    const nowUs = 1_000_000_000_000n
    expect(await reserveSlots(kysely, ORIGIN, 10, intervalMs, nowUs)).toBe(0)
    expect(await reserveSlots(kysely, ORIGIN, 1, intervalMs, nowUs)).toBe(610)
    expect(await reserveSlots(kysely, ORIGIN, 1, intervalMs, nowUs + 200_000n)).toBe(471)
    expect(await reserveSlots(kysely, 'https://other.example', 1, intervalMs, nowUs)).toBe(0)
    // A minute apart: far ahead is not a clock set back.
    for (const slot of [0, 1, 2, 3]) {
      expect(await reserveSlots(kysely, 'https://slow.example', 1, 61_000, nowUs)).toBe(slot * 61_000)
    }
    expect(await reserveSlots(kysely, ORIGIN, 1, intervalMs, nowUs + 3_600_000_000n)).toBe(0)
  })

  it('do not wait for a clock that has been set back', async () => {
    const { kysely } = await fresh()
    await reserveSlots(kysely, ORIGIN, 1, intervalMs, 9_000_000_000_000n)
    expect(await reserveSlots(kysely, ORIGIN, 1, intervalMs, 8_999_999_000_000n)).toBe(1000 + intervalMs)
    expect(await reserveSlots(kysely, ORIGIN, 1, intervalMs, 1_000_000_000_000n)).toBe(0)
  })

  it("are timed by the database's own clock", async () => {
    const { kysely } = await fresh()
    expect(await reserveSlots(kysely, ORIGIN, 2, 30_000)).toBe(0)
    const wait = await reserveSlots(kysely, ORIGIN, 1, 30_000)
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(60_000)
  })

  it('of one vendor are given out once to reservations made at the same time', async () => {
    const { kysely } = await fresh()
    const nowUs = 5_000_000_000n
    const waits = await Promise.all(
      Array.from({ length: 20 }, () => reserveSlots(kysely, ORIGIN, 5, intervalMs, nowUs)),
    )
    expect(waits.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n * 5 * intervalMs))
  })
})
