import { describe, expect, it } from 'vitest'
import { dateOfChange, spanOfChange } from '../../../src/domain/time/effective-date.ts'

function ms(text: string): number {
  return Date.parse(text)
}

describe('dateOfChange', () => {
  it.each([
    ['a nightly reading speaks of the day that ended', '2026-03-01T00:05Z', '2026-03-02T00:05Z', 'UTC', '2026-03-01'],
    ['a second reading on one day speaks of that day', '2026-03-02T00:05Z', '2026-03-02T12:00Z', 'UTC', '2026-03-02'],
    [
      'a reading at midnight itself belongs to the new day',
      '2026-03-02T00:00Z',
      '2026-03-02T00:01Z',
      'UTC',
      '2026-03-02',
    ],
    ['a first reading speaks of the day before', null, '2026-03-02T12:00Z', 'UTC', '2026-03-01'],
    ['several days count on the last that ended', '2026-02-20T00:05Z', '2026-03-02T00:05Z', 'UTC', '2026-03-01'],
    ['the day is that of the zone', '2026-03-01T18:35Z', '2026-03-02T18:35Z', 'Asia/Kolkata', '2026-03-02'],
    [
      'a late night in another zone is still today',
      '2026-03-01T18:35Z',
      '2026-03-02T18:25Z',
      'Asia/Kolkata',
      '2026-03-02',
    ],
    ['a day of 23 hours is a day', '2026-03-28T23:05Z', '2026-03-29T22:05Z', 'Europe/Berlin', '2026-03-29'],
    ['a day of 25 hours is a day', '2026-10-24T22:05Z', '2026-10-25T23:05Z', 'Europe/Berlin', '2026-10-25'],
    ['a year ends like a day', '2025-12-31T00:05Z', '2026-01-01T00:05Z', 'UTC', '2025-12-31'],
  ])('%s', (_name, before, now, zone, expected) => {
    expect(dateOfChange(before === null ? null : ms(before), ms(now), zone)).toBe(expected)
  })
})

describe('spanOfChange', () => {
  it.each([
    ['one night is no span', '2026-03-01T00:05Z', '2026-03-02T00:05Z', 'UTC', null],
    ['one day is no span', '2026-03-02T00:05Z', '2026-03-02T12:00Z', 'UTC', null],
    ['a missed night is one', '2026-03-01T00:05Z', '2026-03-03T00:05Z', 'UTC', ['2026-03-01', '2026-03-02']],
    ['an evening and a night later is no span', '2026-03-01T22:00Z', '2026-03-02T00:05Z', 'UTC', null],
    ['a week is one', '2026-02-25T00:05Z', '2026-03-04T00:05Z', 'UTC', ['2026-02-25', '2026-03-03']],
    ['the days are those of the zone', '2026-03-01T18:35Z', '2026-03-02T18:35Z', 'Asia/Kolkata', null],
  ])('%s', (_name, before, now, zone, expected) => {
    const span = expected === null ? null : { from: expected[0], to: expected[1] }
    expect(spanOfChange(ms(before), ms(now), zone)).toEqual(span)
  })
})
