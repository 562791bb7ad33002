import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  daysBetween,
  isIsoDate,
  isoDateInZone,
  isTimeZone,
  parseInstant,
  previousDate,
  startOfDayMs,
} from '../../../src/domain/time/dates.ts'
import { detectDayOrder, parseLocalDateTime } from '../../../src/domain/time/local-time.ts'

const zones = [
  'UTC',
  'Asia/Kolkata',
  'America/New_York',
  'Europe/Berlin',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
]
const instants = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2060, 0, 1) })

describe('calendar dates', () => {
  it.each([
    ['2026-02-28', true],
    ['2028-02-29', true],
    ['2026-02-29', false],
    ['1900-02-29', false],
    ['2000-02-29', true],
    ['2026-13-01', false],
    ['2026-00-10', false],
    ['2026-04-31', false],
    ['2026-4-3', false],
    ['2026-04-03T00:00', false],
  ])('%s: is it a date of the calendar? %s', (text, is) => {
    expect(isIsoDate(text)).toBe(is)
  })

  it('steps over month, year and leap-day borders', () => {
    expect(previousDate('2026-01-01')).toBe('2025-12-31')
    expect(previousDate('2028-03-01')).toBe('2028-02-29')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(daysBetween('2026-03-01', '2026-02-01')).toBe(-28)
  })

  it('adds and subtracts to the same date', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -40_000, max: 40_000 }), (ms, days) => {
        const date = isoDateInZone(ms, 'UTC')
        expect(date).toBe(new Date(ms).toISOString().slice(0, 10))
        expect(addDays(addDays(date, days), -days)).toBe(date)
        expect(daysBetween(date, addDays(date, days))).toBe(days)
      }),
    )
  })
})

describe('days in a zone', () => {
  it('an instant lies between the start of its date and the start of the next', () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (ms, zone) => {
        const date = isoDateInZone(ms, zone)
        expect(startOfDayMs(date, zone)).toBeLessThanOrEqual(ms)
        expect(ms).toBeLessThan(startOfDayMs(addDays(date, 1), zone))
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    [Date.UTC(2026, 2, 13, 18, 29), 'Asia/Kolkata', '2026-03-13'],
    [Date.UTC(2026, 2, 13, 18, 30), 'Asia/Kolkata', '2026-03-14'],
    [Date.UTC(2026, 2, 14, 3, 59), 'America/New_York', '2026-03-13'],
  ])('%s in %s is %s, asked once or again', (ms, zone, date) => {
    expect([isoDateInZone(ms, zone), isoDateInZone(ms, zone)]).toEqual([date, date])
  })

  it('a day of a clock change is 23 or 25 hours long', () => {
    const hours = (date: string): number =>
      (startOfDayMs(addDays(date, 1), 'Europe/Berlin') - startOfDayMs(date, 'Europe/Berlin')) / 3_600_000
    expect([hours('2026-03-29'), hours('2026-10-25'), hours('2026-10-26')]).toEqual([23, 25, 24])
  })

  it.each([
    ['Asia/Kolkata', true],
    ['UTC', true],
    ['+05:30', true],
    ['Mars/Phobos', false],
    ['', false],
  ])('knows whether "%s" is a time zone', (zone, is) => {
    expect(isTimeZone(zone)).toBe(is)
  })
})

describe('parseInstant', () => {
  it.each([
    ['2026-03-13T20:55:00Z', Date.UTC(2026, 2, 13, 20, 55)],
    ['2026-03-13T20:55:00.250+05:30', Date.UTC(2026, 2, 13, 15, 25, 0, 250)],
    ['2026-03-13 20:55Z', Date.UTC(2026, 2, 13, 20, 55)],
    ['2026-03-13T20:55:00', null],
    ['2026-02-30T20:55:00Z', null],
    ['2026-03-13', null],
    ['yesterday', null],
  ])('%s', (text, ms) => {
    expect(parseInstant(text)).toBe(ms)
  })
})

describe('parseLocalDateTime', () => {
  it.each([
    ['2026-03-13 20:55:00', null, Date.UTC(2026, 2, 13, 20, 55), true],
    ['2026-03-13T20:55:00.123', null, Date.UTC(2026, 2, 13, 20, 55), true],
    ['2026/03/13', null, Date.UTC(2026, 2, 13), false],
    ['13.03.2026 20:55', null, Date.UTC(2026, 2, 13, 20, 55), true],
    ['03.04.2026', 'month-first', Date.UTC(2026, 3, 3), false],
    ['03/04/2026', 'month-first', Date.UTC(2026, 2, 4), false],
    ['03/04/2026', 'day-first', Date.UTC(2026, 3, 3), false],
    ['13/03/2026', null, Date.UTC(2026, 2, 13), false],
    ['3/13/2026, 8:55 PM', null, Date.UTC(2026, 2, 13, 20, 55), true],
    ['3-13-2026 12:05 am', null, Date.UTC(2026, 2, 13, 0, 5), true],
    ['2026-03-13T20:55:00+05:30', null, Date.UTC(2026, 2, 13, 15, 25), true],
  ] as const)('reads %s (%s)', (text, order, ms, hasTime) => {
    expect(parseLocalDateTime(text, 'UTC', order)).toEqual({ ok: true, ms, hasTime, afterGapMs: null })
  })

  it.each([
    '',
    '03/04/2026',
    '2026-02-30',
    '31/04/2026',
    '13/13/2026',
    '03/04/26',
    '2026-03-13 24:00',
    '2026-03-13 10:61',
    '1:00 13 PM',
    '13/03-2026',
    '2026-03-13 13:00 PM',
  ])('gives a reason for "%s" instead of guessing', (text) => {
    expect(parseLocalDateTime(text, 'UTC', null).ok).toBe(false)
  })

  it.each<readonly [string, number, number | null, string]>([
    ['2026-03-29 02:00:00', Date.UTC(2026, 2, 29, 0), Date.UTC(2026, 2, 29, 1), 'the first time the clock skips'],
    ['2026-03-29 02:30:00', Date.UTC(2026, 2, 29, 0, 30), Date.UTC(2026, 2, 29, 1), 'a time the clock skips'],
    ['2026-03-29 03:00:00', Date.UTC(2026, 2, 29, 1), null, 'the first time after the gap'],
    ['2026-10-25 02:30:00', Date.UTC(2026, 9, 25, 0, 30), null, 'a time the clock repeats'],
    ['2026-07-01 12:00:00', Date.UTC(2026, 6, 1, 10), null, 'an ordinary time'],
    // Before zones had whole quarters nothing is kept.
    ['1916-04-30 23:30:00', Date.UTC(1916, 3, 30, 21, 30), Date.UTC(1916, 3, 30, 22), 'a time skipped long ago'],
  ])('takes the earlier instant and says where a gap ends: %s in Berlin', (text, ms, afterGapMs) => {
    expect(parseLocalDateTime(text, 'Europe/Berlin', null)).toMatchObject({ ok: true, ms, afterGapMs })
    expect(parseLocalDateTime(text, 'Europe/Berlin', null)).toMatchObject({ ok: true, ms, afterGapMs })
  })

  it.each([
    [['2026-03-13', '13.03.2026', 'not a date'], { ok: true, order: null }],
    [['03/04/2026', '13/04/2026'], { ok: true, order: 'day-first' }],
    [['03/04/2026', '04/13/2026'], { ok: true, order: 'month-first' }],
    [[], { ok: true, order: null }],
  ])('finds the day order of %j', (samples, expected) => {
    expect(detectDayOrder(samples)).toEqual(expected)
  })

  it('does not decide a column that proves nothing, or two things', () => {
    expect(detectDayOrder(['03/04/2026', '05/06/2026'])).toMatchObject({ ok: false })
    expect(detectDayOrder(['13/04/2026', '04/13/2026'])).toMatchObject({ ok: false })
  })
})
