/** A change over missed days that cross a month's end: whose month is how much, and never a unit lost. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitByMonth } from '../../../src/domain/counters/counter-split.ts'

const at = (text: string): number => Date.parse(text)

describe('splitByMonth', () => {
  it('leaves a span within one month whole', () => {
    expect(splitByMonth(100n, { from: '2026-03-02', to: '2026-03-09' }, [], 'UTC')).toBeNull()
  })

  it('splits by time when no reading lies in between', () => {
    expect(splitByMonth(100n, { from: '2026-03-31', to: '2026-04-02' }, [], 'UTC')).toEqual({
      by: 'time',
      parts: [
        { from: '2026-03-31', date: '2026-03-31', amount: 33n },
        { from: '2026-04-01', date: '2026-04-02', amount: 67n },
      ],
    })
  })

  it('gives nothing to days that have been booked from their own totals', () => {
    const span = { from: '2026-03-29', to: '2026-04-01' }
    const booked = new Set(['2026-03-30', '2026-03-31'])
    expect(splitByMonth(100n, span, [], 'UTC', booked)?.parts).toEqual([
      { from: '2026-03-29', date: '2026-03-29', amount: 50n },
      { from: '2026-04-01', date: '2026-04-01', amount: 50n },
    ])
    expect(splitByMonth(100n, span, [], 'UTC', new Set(['2026-03-29', ...booked]))).toBeNull()
    expect(splitByMonth(100n, span, [], 'UTC', new Set(['2026-04-01', ...booked]))?.parts).toEqual([
      { from: '2026-03-29', date: '2026-03-29', amount: 100n },
    ])
  })

  it('splits by impressions when a reading in between knows them', () => {
    const points = [
      { atMs: at('2026-03-31T00:05:00Z'), impressions: 1000n },
      { atMs: at('2026-04-01T00:00:00Z'), impressions: 1900n },
      { atMs: at('2026-04-03T00:05:00Z'), impressions: 2000n },
    ]
    expect(splitByMonth(100n, { from: '2026-03-31', to: '2026-04-02' }, points, 'UTC')).toEqual({
      by: 'impressions',
      parts: [
        { from: '2026-03-31', date: '2026-03-31', amount: 90n },
        { from: '2026-04-01', date: '2026-04-02', amount: 10n },
      ],
    })
  })

  it.each([
    ['impressions that fall', [1000n, 2500n, 2000n]],
    ['impressions that stand', [1000n, 1000n, 1000n]],
  ])('goes by time over %s', (_name, counts) => {
    const times = ['2026-03-31T00:05:00Z', '2026-04-01T00:05:00Z', '2026-04-03T00:05:00Z']
    const points = times.map((time, index) => ({ atMs: at(time), impressions: counts[index] ?? 0n }))
    expect(splitByMonth(100n, { from: '2026-03-31', to: '2026-04-02' }, points, 'UTC')?.by).toBe('time')
  })

  it("knows the vendor's months, a year's end and a day of 23 hours", () => {
    const year = splitByMonth(1000n, { from: '2025-12-31', to: '2026-01-01' }, [], 'Asia/Kolkata')
    expect(year?.parts.map(({ amount }) => amount)).toEqual([500n, 500n])
    const summer = splitByMonth(1190n, { from: '2026-03-28', to: '2026-04-01' }, [], 'Europe/Berlin')
    expect(summer?.parts.map(({ amount }) => amount)).toEqual([950n, 240n])
  })

  it('always adds up to the whole, in parts that never change sides', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((each) => String(each).padStart(2, '0'))
    const grows = fc.array(fc.nat(5000), { minLength: 3, maxLength: 9 })
    fc.assert(
      fc.property(
        fc.bigInt(1n, 10n ** 15n),
        day,
        day,
        fc.integer({ min: 1, max: 4 }),
        grows,
        (amount, a, b, months, steps) => {
          const span = { from: `2026-01-${a}`, to: `2026-0${1 + months}-${b}` }
          const [start, end] = [at(`${span.from}T00:05:00Z`), at(`${span.to}T00:05:00Z`)]
          let impressions = 0n
          const points = steps.map((step, index) => ({
            atMs: Math.round(start + ((end - start) * index) / (steps.length - 1)),
            impressions: (impressions += BigInt(step)),
          }))
          const split = splitByMonth(amount, span, points, 'UTC')
          const parts = split?.parts ?? []
          expect(parts.reduce((sum, part) => sum + part.amount, 0n)).toBe(amount)
          expect(parts.every((part) => part.amount > 0n)).toBe(true)
          expect(parts.every((part) => part.from.slice(0, 7) === part.date.slice(0, 7))).toBe(true)
        },
      ),
    )
  })
})
