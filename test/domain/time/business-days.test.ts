import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addBusinessDays, businessDaysBetween, weekdayOf } from '../../../src/domain/time/business-days.ts'
import { addDays } from '../../../src/domain/time/dates.ts'

describe('business days', () => {
  it.each([
    ['2026-03-16', 1],
    ['2026-03-20', 5],
    ['2026-03-22', 7],
    ['1969-12-28', 7],
  ] as const)('know the weekday of %s', (date, weekday) => {
    expect(weekdayOf(date)).toBe(weekday)
  })

  it.each([
    ['2026-03-18', 2, '2026-03-20'],
    ['2026-03-18', 3, '2026-03-23'],
    ['2026-03-21', 1, '2026-03-23'],
    ['2026-03-23', -1, '2026-03-20'],
    ['2026-03-22', 0, '2026-03-22'],
  ] as const)('are added to %s: %i', (date, days, expected) => {
    expect(addBusinessDays(date, days)).toBe(expected)
  })

  it('end with the calendar', () => {
    expect(addBusinessDays('9999-12-31', 2)).toBe('9999-12-31')
    expect(addBusinessDays('9999-12-28', 9)).toBe('9999-12-31')
    expect(addBusinessDays('0001-01-01', -2)).toBe('0001-01-01')
    expect(businessDaysBetween('9999-12-30', '9999-12-31')).toBe(0)
  })

  it('between two dates are the weekdays after the first, up to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 60 }), (start, length) => {
        const from = addDays('1970-01-01', start)
        const days = Array.from({ length }, (_, index) => addDays(from, index + 1))
        const weekdays = days.filter((day) => weekdayOf(day) <= 5).length
        expect(businessDaysBetween(from, addDays(from, length))).toBe(weekdays)
      }),
    )
  })

  it('added and counted are the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 60 }), (start, days) => {
        const from = addDays('1970-01-01', start)
        expect(businessDaysBetween(from, addBusinessDays(from, days))).toBe(days)
      }),
    )
  })
})
