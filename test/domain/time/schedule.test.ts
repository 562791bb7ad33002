/** When a night is due, on ordinary days and on the days clocks change; and what follows from what has been done. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decideDue,
  isTimeOfDay,
  lastDueMs,
  lastSundayDueMs,
  LONGEST_RETRY_MS,
  nextDueMs,
  retryDelayMs,
  type NightSchedule,
  type TickState,
} from '../../../src/domain/time/schedule.ts'

const DAY_MS = 86_400_000
const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
  'Africa/Casablanca',
  'America/St_Johns',
]

function iso(ms: number): string {
  return new Date(ms).toISOString().replace(':00.000Z', 'Z')
}

describe('the next due instant', () => {
  it.each([
    ['UTC', '00:15', '2026-03-01T00:14Z', '2026-03-01T00:15Z', 'an ordinary day'],
    ['UTC', '00:15', '2026-03-01T00:15Z', '2026-03-02T00:15Z', 'after it, not at it'],
    ['Europe/Berlin', '00:15', '2026-03-01T00:00Z', '2026-03-01T23:15Z', 'local time'],
    ['America/New_York', '02:30', '2026-03-08T05:00Z', '2026-03-08T07:00Z', 'skipped: the first instant after the gap'],
    ['America/New_York', '02:30', '2026-03-08T07:00Z', '2026-03-09T06:30Z', 'and the next day as always'],
    ['America/New_York', '01:30', '2026-11-01T05:00Z', '2026-11-01T05:30Z', 'twice: the first time'],
    ['America/New_York', '01:30', '2026-11-01T05:30Z', '2026-11-02T06:30Z', 'and not the second'],
    ['Australia/Lord_Howe', '02:15', '2026-10-03T00:00Z', '2026-10-03T15:30Z', 'a gap of half an hour'],
    ['Pacific/Apia', '00:15', '2011-12-29T12:00Z', '2011-12-30T10:00Z', 'a day that never was'],
    ['Pacific/Apia', '00:15', '2011-12-30T10:00Z', '2011-12-30T10:15Z', 'and the day after it'],
    ['Africa/Casablanca', '02:30', '2026-02-15T00:00Z', '2026-02-15T01:30Z', 'twice, before a month of other time'],
  ])('in %s at %s, asked at %s, is %s: %s', (timeZone, at, now, expected) => {
    expect(iso(nextDueMs({ at, timeZone }, Date.parse(now)))).toBe(expected)
  })

  it.each([
    ['2026-03-22T00:15Z', '2026-03-22T00:15Z', 'at it'],
    ['2026-03-22T00:14Z', '2026-03-15T00:15Z', 'before it'],
    ['2026-03-28T23:59Z', '2026-03-22T00:15Z', 'days after it'],
  ])('of a Sunday, asked at %s, was last %s: %s', (now, expected) => {
    expect(iso(lastSundayDueMs({ at: '00:15', timeZone: 'UTC' }, Date.parse(now)))).toBe(expected)
  })

  it('lies after now, the last one at or before it, and nothing between them', () => {
    const schedule = fc.record({
      at: fc
        .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
        .map(([hour, minute]) => [hour, minute].map((each) => String(each).padStart(2, '0')).join(':')),
      timeZone: fc.constantFrom(...ZONES),
    })
    const now = fc.integer({ min: Date.UTC(2011, 0, 1), max: Date.UTC(2030, 0, 1) })
    fc.assert(
      fc.property(schedule, now, (drawn, nowMs) => {
        const last = lastDueMs(drawn, nowMs)
        const next = nextDueMs(drawn, nowMs)
        expect(last).toBeLessThanOrEqual(nowMs)
        expect(next).toBeGreaterThan(nowMs)
        expect(nextDueMs(drawn, last)).toBe(next)
        expect(lastDueMs(drawn, next - 1)).toBe(last)
      }),
      { numRuns: 500 },
    )
  })

  it.each(ZONES)('comes once for every day of ten years in %s', (timeZone) => {
    const schedule = { at: '02:30', timeZone }
    const endMs = Date.UTC(2036, 0, 1, 12)
    let days = 0
    for (let ms = Date.UTC(2026, 0, 1, 12); ; days += 1) {
      const next = nextDueMs(schedule, ms)
      if (next > endMs) break
      expect(next - ms).toBeLessThanOrEqual(2 * DAY_MS)
      ms = next
    }
    expect(days).toBe(3652)
  })
})

describe('what is to be done now', () => {
  const schedule: NightSchedule = { at: '00:15', timeZone: 'UTC' }
  const due = Date.UTC(2026, 2, 2, 0, 15)
  const now = due + 3_600_000
  const wait = { kind: 'wait', nextDueAtMs: due + DAY_MS }
  const start = { kind: 'start', dueAtMs: due }
  const retry = (retryAtMs: number): TickState => ({ status: 'retry', retryAtMs, attempts: 1 })

  it.each([
    ['a night never started', due - DAY_MS, null, start],
    ['a night due before the schedule was known', due + 1, null, wait],
    ['a night due at the very moment the schedule became known', due, null, wait],
    ['many missed nights: only the newest', due - 40 * DAY_MS, null, start],
    ['a night that is done', 0, { status: 'done' } as const, wait],
    ['a night that is running', 0, { status: 'running' } as const, wait],
    ['a night that failed for good', 0, { status: 'failed' } as const, wait],
    ['a retry whose time has come', 0, retry(now), start],
    ['a retry whose time has not come', 0, retry(now + 1), { kind: 'wait', nextDueAtMs: now + 1 }],
    ['a retry that a wrong clock put far ahead', 0, retry(now + LONGEST_RETRY_MS + 1), start],
  ])('%s', (_name, knownSinceMs, state, expected) => {
    expect(decideDue(schedule, knownSinceMs, now, state)).toEqual(expected)
  })
})

describe('waiting before another attempt', () => {
  it('doubles from a minute to an hour, and from a quarter of an hour to six when everything is asked again', () => {
    const minutes = (reason: 'transient' | 'incomplete') =>
      [1, 2, 3, 6, 7, 50].map((attempt) => retryDelayMs(reason, attempt) / 60_000)
    expect(minutes('transient')).toEqual([1, 2, 4, 32, 60, 60])
    expect(minutes('incomplete')).toEqual([15, 30, 60, 360, 360, 360])
  })
})

describe('a time of day', () => {
  it.each([
    ['00:15', true],
    ['23:59', true],
    ['24:00', false],
    ['7:30', false],
    ['07:60', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(isTimeOfDay(text)).toBe(expected)
  })
})
