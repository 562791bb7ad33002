/** The rules of the queue as tables: business days, severity, what reopens a resolved exception, ages, and refunds looked at twice. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agingOf, bucketOf } from '../../../src/domain/exceptions/aging.ts'
import { standingOf, type QueuePolicy } from '../../../src/domain/exceptions/severity.ts'
import { factsOf, raisingOf, type Said } from '../../../src/domain/exceptions/transition.ts'
import { addBusinessDays, businessDaysBetween } from '../../../src/domain/time/business-days.ts'
import { addDays } from '../../../src/domain/time/dates.ts'

const UNIT = 100_000_000n
const FRIDAY_MS = Date.UTC(2026, 2, 6, 12)
const DAY_MS = 86_400_000
const POLICY: QueuePolicy = {
  reviewAbove: 25n * UNIT,
  escalateAbove: 250n * UNIT,
  escalateDays: 5,
  owners: new Map([['UNMAPPED', 'Bea']]),
  timeZone: 'UTC',
}

describe('business days', () => {
  it.each([
    ['2026-03-06', '2026-03-09', 1],
    ['2026-03-06', '2026-03-08', 0],
    ['2026-03-02', '2026-03-09', 5],
    ['2026-03-09', '2026-03-02', -5],
    ['2026-03-07', '2026-03-09', 1],
  ])('from %s to %s are %i', (from, to, days) => {
    expect(businessDaysBetween(from, to)).toBe(days)
  })

  it('added to a day and counted again are the same, and are counted like day by day', () => {
    const day = fc.integer({ min: 0, max: 20_000 }).map((n) => addDays('1990-01-01', n))
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 60 }), (from, days) => {
        const to = addBusinessDays(from, days)
        expect(businessDaysBetween(from, to)).toBe(days)
        let counted = 0
        for (let each = addDays(from, 1); each <= to; each = addDays(each, 1)) {
          const weekday = new Date(`${each}T00:00:00Z`).getUTCDay()
          if (weekday !== 0 && weekday !== 6) counted += 1
        }
        expect(counted).toBe(days)
      }),
    )
  })
})

describe('severity', () => {
  it.each([
    ['WALLET_DIFFERS', 25n * UNIT, 0, 'info'],
    ['WALLET_DIFFERS', -26n * UNIT, 0, 'review'],
    ['WALLET_DIFFERS', -251n * UNIT, 0, 'escalate'],
    ['WALLET_DIFFERS', 1n, 7, 'info'],
    ['WALLET_DIFFERS', 1n, 10, 'escalate'],
    ['SOURCE_FAILED', null, 0, 'review'],
    ['SOURCE_FAILED', null, 10, 'escalate'],
    ['A_NEWER_CODE', null, 0, 'review'],
  ])('of a %s of %s after %i days is %s', (code, amount, days, severity) => {
    const ageing = { code, object: 'wallet', amount, openedMs: FRIDAY_MS, owner: null }
    expect(standingOf(ageing, POLICY, FRIDAY_MS + days * DAY_MS).severity).toBe(severity)
  })

  it('comes with an owner: whom it was given to, else the configuration, else the role of its code', () => {
    const about = { object: 'wallet', amount: null, openedMs: FRIDAY_MS }
    const ownerOf = (code: string, owner: string | null) =>
      standingOf({ ...about, code, owner }, POLICY, FRIDAY_MS).owner
    expect([ownerOf('UNMAPPED', 'Cy'), ownerOf('UNMAPPED', null), ownerOf('SOURCE_FAILED', null)]).toEqual([
      'Cy',
      'Bea',
      'operations',
    ])
  })

  it('and with a day to settle it, late from the day after', () => {
    const ageing = { code: 'WALLET_DIFFERS', object: 'wallet', amount: 1n, openedMs: FRIDAY_MS, owner: null }
    expect(standingOf(ageing, POLICY, FRIDAY_MS + 4 * DAY_MS)).toMatchObject({ dueOn: '2026-03-10', isOverdue: false })
    expect(standingOf(ageing, POLICY, FRIDAY_MS + 5 * DAY_MS)).toMatchObject({ isOverdue: true })
  })
})

describe('an exception that is raised', () => {
  const REFUNDS = { code: 'REFUND_MISSING', object: 'refunds' }
  const said: Said = { amount: 5n, currency: 'USD', detail: 'a' }
  const closed = { ...said, status: 'closed' as const, resolvedFacts: null }
  const resolved = { ...closed, resolvedFacts: factsOf(REFUNDS, said) }

  it.each([
    ['for the first time', null, said, 'opened'],
    ['as it is', { ...closed, status: 'open' as const }, said, 'refreshed'],
    ['in other words', { ...closed, status: 'open' as const }, { ...said, detail: 'b' }, 'refreshed'],
    ['with another amount', { ...closed, status: 'open' as const }, { ...said, amount: 6n }, 'changed'],
    ['after it was closed', closed, said, 'reopened'],
    ['after a person resolved just this', resolved, { ...said, detail: 'b' }, 'refreshed'],
    ['after a person resolved another amount', resolved, { ...said, amount: 6n }, 'reopened'],
    ['after a person resolved it, in another currency', resolved, { ...said, currency: 'EUR' }, 'reopened'],
  ] as const)('%s', (_, before, raised, what) => {
    expect(raisingOf(REFUNDS, before, raised)).toBe(what)
  })
})

describe('aging', () => {
  it('puts each age into one bucket and sums what is known, per currency', () => {
    expect([0, 1, 2, 5, 6, 30, 31].map(bucketOf)).toEqual(['0-1d', '0-1d', '2-5d', '2-5d', '6-30d', '6-30d', '>30d'])
    const rows = agingOf([
      { amount: -3n, currency: 'USD', days: 0 },
      { amount: 4n, currency: 'USD', days: 1 },
      { amount: null, currency: 'USD', days: 40 },
      { amount: null, currency: null, days: 3 },
      { amount: 9n, currency: 'EUR', days: 6 },
    ])
    expect(rows.map(({ currency, amount, count, unknown }) => [currency, amount, count, unknown])).toEqual([
      ['EUR', 9n, 1, 0],
      ['USD', 7n, 3, 1],
      [null, 0n, 1, 1],
    ])
    expect(rows[1]?.buckets['0-1d']).toEqual({ count: 2, amount: 7n })
  })
})
