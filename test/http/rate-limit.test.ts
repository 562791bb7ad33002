import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateLimiter, type RateLimiter } from '../../src/http/rate-limit.ts'

interface FakeClock {
  nowMs: number
  readonly limiter: RateLimiter
}

/** A clock that moves only when the limiter waits, a little late as timers are. */
function fakeLimiter(perMinute: number, burst: number, lateMs = 0): FakeClock {
  const clock = { nowMs: 1_000_000 }
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    clock.nowMs += ms + lateMs
    return Promise.resolve()
  }
  const limiter = createRateLimiter({ perMinute, burst, nowMs: () => clock.nowMs, sleep })
  return Object.assign(clock, { limiter })
}

/** The most starts within any 60 seconds, ends included. */
function busiestMinute(starts: readonly number[]): number {
  let from = 0
  let most = 0
  for (const [at, start] of starts.entries()) {
    while (start - (starts[from] ?? start) > 60_000) from += 1
    most = Math.max(most, at - from + 1)
  }
  return most
}

describe('the rate limiter', () => {
  it('never lets more than the limit start in any 60 seconds, whatever the pauses, bursts and clock jumps', async () => {
    const step = fc.record({
      pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90_000 })),
      count: fc.integer({ min: 1, max: 80 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 40 }),
        fc.array(step, { minLength: 1, maxLength: 8 }),
        async (perMinute, burst, lateMs, steps) => {
          const clock = fakeLimiter(perMinute, burst, lateMs)
          const starts: number[] = []
          for (const { pauseMs, count } of steps) {
            clock.nowMs += pauseMs
            for (let n = 0; n < count; n += 1) {
              await clock.limiter.acquire()
              starts.push(clock.nowMs)
            }
          }
          expect(busiestMinute(starts)).toBeLessThanOrEqual(perMinute)
        },
      ),
    )
  })

  it.each([
    [1000, 1],
    [1000, 50],
    [1000, 1000],
    [10, 1],
    [7, 3],
  ])('reaches at least 95%% of %s a minute with a burst of %s', async (perMinute, burst) => {
    const clock = fakeLimiter(perMinute, burst)
    const startMs = clock.nowMs
    const count = perMinute * 20
    for (let n = 0; n < count; n += 1) await clock.limiter.acquire()
    expect((count / (clock.nowMs - startMs)) * 60_000).toBeGreaterThanOrEqual(perMinute * 0.95)
  })

  it('lets a burst through at once and paces the rest', async () => {
    const clock = fakeLimiter(60, 3)
    const waits: number[] = []
    for (let n = 0; n < 5; n += 1) {
      const beforeMs = clock.nowMs
      await clock.limiter.acquire()
      waits.push(clock.nowMs - beforeMs)
    }
    expect(waits.slice(0, 3)).toEqual([0, 0, 0])
    expect(waits.slice(3).every((ms) => ms > 900 && ms < 1100)).toBe(true)
  })

  it('serves callers in the order they asked', async () => {
    const { limiter } = fakeLimiter(30, 1)
    const order: number[] = []
    await Promise.all([1, 2, 3, 4].map((n) => limiter.acquire().then(() => order.push(n))))
    expect(order).toEqual([1, 2, 3, 4])
  })

  it('goes on at its pace when the clock is set back', async () => {
    const clock = fakeLimiter(60, 1)
    await clock.limiter.acquire()
    clock.nowMs -= 3_600_000
    const beforeMs = clock.nowMs
    await clock.limiter.acquire()
    expect(clock.nowMs - beforeMs).toBeGreaterThan(900)
    expect(clock.nowMs - beforeMs).toBeLessThan(1100)
  })

  it('gives up at once when aborted while others are served, and uses up no place', async () => {
    let release = (): void => undefined
    let nowMs = 0
    const limiter = createRateLimiter({
      perMinute: 60,
      burst: 1,
      nowMs: () => nowMs,
      sleep: (ms) =>
        new Promise((resolve) => {
          release = () => {
            nowMs += ms
            resolve()
          }
        }),
    })
    await limiter.acquire()
    const next = limiter.acquire()
    const stop = new AbortController()
    const abandoned = limiter.acquire(stop.signal)
    stop.abort(new Error('stopping'))
    await expect(abandoned).rejects.toThrow('stopping')
    await expect(limiter.acquire(AbortSignal.abort(new Error('already')))).rejects.toThrow('already')
    release()
    await next
    expect(nowMs).toBeLessThan(1100)
  })

  it('refuses a limit that is not a whole number', () => {
    expect(() => fakeLimiter(0, 1)).toThrow(RangeError)
    expect(() => fakeLimiter(1.5, 1)).toThrow(RangeError)
  })
})
