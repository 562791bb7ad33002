/** Medians, and rates between readings taken at uneven times. */
import { describe, expect, it } from 'vitest'
import { exceeds, medianAmount, medianOf, ratesPerDay } from '../../src/domain/alerts/alert-series.ts'
import { ageText, instantText } from '../../src/domain/alerts/alert-text.ts'

const HOUR_MS = 3_600_000
const readings = (...points: readonly (readonly [hour: number, count: number])[]) =>
  points.map(([hour, count]) => ({ atMs: hour * HOUR_MS, count: BigInt(count) }))

describe('rates per day', () => {
  it.each([
    ['nothing', readings(), []],
    ['one reading', readings([0, 5]), []],
    ['nightly readings', readings([0, 0], [24, 100], [48, 150]), [100, 50]],
    ['a missed night', readings([0, 0], [48, 300]), [150]],
    ['a night a little early', readings([0, 0], [23, 96]), [(96 * 24) / 23]],
    ['an extra run at noon', readings([0, 0], [24, 100], [36, 150], [48, 200]), [100, 100]],
    ['a run at noon as the newest', readings([0, 0], [24, 100], [36, 120]), [80]],
    ['a counter that fell', readings([0, 500], [24, 0], [48, 100]), [100]],
  ] as const)('%s', (_what, given, rates) => {
    expect(ratesPerDay(given)).toEqual(rates)
  })
})

describe('medians', () => {
  it('are the middle, and never made up for amounts', () => {
    expect([medianOf([]), medianOf([3]), medianOf([3, 1, 2]), medianOf([1, 2, 3, 4])]).toEqual([null, 3, 2, 2.5])
    expect([medianAmount([]), medianAmount([3n, 1n, 2n]), medianAmount([1n, 2n, 9n, 10n])]).toEqual([null, 2n, 2n])
  })

  it('are exceeded to the last unit', () => {
    expect([exceeds(250n, 2.5, 100n), exceeds(251n, 2.5, 100n), exceeds(1n, 5, 0n), exceeds(0n, 5, 0n)]).toEqual([
      false,
      true,
      true,
      false,
    ])
  })
})

describe('times in sentences', () => {
  it('are short and in UTC', () => {
    expect(instantText(Date.UTC(2026, 2, 20, 0, 15))).toBe('2026-03-20 00:15 UTC')
    expect([0, 60_000, 119 * 60_000, 2 * HOUR_MS, 47 * HOUR_MS, 48 * HOUR_MS].map(ageText)).toEqual([
      '0 minutes',
      '1 minute',
      '119 minutes',
      '2 hours',
      '47 hours',
      '2 days',
    ])
  })
})
