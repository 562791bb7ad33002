import { describe, expect, it } from 'vitest'
import type { FailureReason } from '../../src/http/outcome.ts'
import { decideRetry, retryAfterMs, type SendResult } from '../../src/http/retry.ts'

const policy = { attempts: 4, baseDelayMs: 1000, maxDelayMs: 30_000 }
const context = { idempotent: true, attempt: 1, nowMs: Date.UTC(2026, 2, 13, 12), random: 0.5 }

function answer(status: number, retryAfter: string | null = null): SendResult {
  return { kind: 'answer', status, retryAfter }
}

function failed(reason: FailureReason): SendResult {
  return { kind: 'failed', reason }
}

describe('decideRetry', () => {
  it.each([
    [answer(200), 'done'],
    [answer(302), 'done'],
    [answer(400), 'done'],
    [answer(401), 'done'],
    [answer(402), 'done'],
    [answer(404), 'done'],
    [answer(429), 'retry'],
    [answer(500), 'done'],
    [answer(502), 'retry'],
    [answer(503), 'retry'],
    [answer(504), 'retry'],
    [failed('connect'), 'retry'],
    [failed('timeout'), 'retry'],
    [failed('reset'), 'retry'],
    [failed('body-too-large'), 'done'],
    [failed('aborted'), 'done'],
    [failed('bad-url'), 'done'],
    [failed('protocol'), 'done'],
  ])('a read after %j: %s; a write: done', (result, kind) => {
    expect(decideRetry(result, policy, context).kind).toBe(kind)
    expect(decideRetry(result, policy, { ...context, idempotent: false }).kind).toBe('done')
  })

  it.each([
    [1, 0, 0],
    [1, 0.999, 999],
    [2, 0.5, 1000],
    [3, 0.5, 2000],
  ])('after attempt %s with chance %s waits %s ms', (attempt, random, delayMs) => {
    expect(decideRetry(answer(503), policy, { ...context, attempt, random })).toMatchObject({ kind: 'retry', delayMs })
  })

  it('stops after the last attempt and never waits longer than the cap', () => {
    expect(decideRetry(answer(503), policy, { ...context, attempt: 4 }).kind).toBe('done')
    expect(
      decideRetry(answer(503), { ...policy, attempts: 50 }, { ...context, attempt: 40, random: 0.99 }),
    ).toMatchObject({ delayMs: 29_700 })
    expect(decideRetry(answer(429, '86400'), policy, context)).toMatchObject({ delayMs: 30_000 })
  })
})

describe('retryAfterMs', () => {
  it.each([
    [null, null],
    ['5', 5000],
    [' 0 ', 0],
    ['Fri, 13 Mar 2026 12:00:09 GMT', 9000],
    ['Fri, 13 Mar 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
  ])('%s', (header, ms) => {
    const delay = retryAfterMs(header, context.nowMs)
    expect(delay).toBe(ms)
  })
})
