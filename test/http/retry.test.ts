import { describe, expect, it } from 'vitest'
import type { FailureReason } from '../../src/machine/transport.ts'
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

const patient = { ...policy, limits: { windowMs: 61_000, noAnswerMs: 5000, totalMs: 900_000 } }

describe('waiting for a limit', () => {
  it.each<[string, SendResult, number | undefined, number | 'done']>([
    ['a limit of a minute that does not say how long', answer(429), undefined, 61_000],
    ['the same in a body', { ...answer(200), verdict: 'limited' } as SendResult, undefined, 61_000],
    ['a limit that says so', answer(429, '7'), undefined, 7000],
    ['one that says more than a backoff may take', answer(429, '120'), undefined, 120_000],
    ['a service that says when it is back', answer(503, '90'), undefined, 90_000],
    ['a date', answer(429, 'Fri, 13 Mar 2026 12:00:09 GMT'), undefined, 9000],
    ['more than is left of the night', answer(429, '120'), 119_999, 'done'],
    ['exactly what is left of it', answer(429, '120'), 120_000, 120_000],
    ['a minute when less is left', answer(429), 60_000, 'done'],
    ['a body that is no answer', { ...answer(200), verdict: 'again' } as SendResult, undefined, 5000],
    ['the same with status 500', { ...answer(500), verdict: 'again' } as SendResult, undefined, 5000],
    ['a refused key', { ...answer(401), verdict: 'answer' } as SendResult, undefined, 'done'],
  ])('%s', (_, result, waitableMs, expected) => {
    const decision = decideRetry(result, patient, { ...context, ...(waitableMs === undefined ? {} : { waitableMs }) })
    expect(decision.kind === 'done' ? 'done' : decision.delayMs).toBe(expected)
    expect(decideRetry(result, patient, { ...context, attempt: 4 }).kind).toBe('done')
    expect(decideRetry(result, patient, { ...context, idempotent: false }).kind).toBe('done')
  })
})

it('waits for the next minute when the limit is met again after a Retry-After', () => {
  const again = { ...context, attempt: 2 }
  expect(decideRetry(answer(429, '0'), patient, context)).toMatchObject({ delayMs: 0 })
  expect(decideRetry(answer(429, '0'), patient, again)).toMatchObject({ delayMs: 61_000 })
  expect(decideRetry(answer(429, '90'), patient, again)).toMatchObject({ delayMs: 90_000 })
  expect(decideRetry(answer(503, '7'), patient, again)).toMatchObject({ delayMs: 7000 })
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
