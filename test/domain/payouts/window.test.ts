import { describe, expect, it } from 'vitest'
import { dueBy, takenUpOn, windowOf } from '../../../src/domain/payouts/window.ts'

const DAYS = { dueDays: 10, payoutDays: 5, topUpDays: 2 }

describe('the days on which a statement may show', () => {
  // 2026-03-18 is a Wednesday.
  it.each([
    ['payout', { date: '2026-03-17', lastDate: '2026-04-03' }],
    ['payout-return', { date: '2026-03-17', lastDate: '2026-03-25' }],
    ['top-up', { date: '2026-03-16', lastDate: '2026-03-20' }],
    ['transfer', { date: '2026-03-17', lastDate: '2026-03-25' }],
  ] as const)('a %s', (kind, expected) => {
    expect(windowOf(kind, '2026-03-18', DAYS)).toEqual(expected)
  })

  it.each(['payout', 'transfer', 'settlement', 'wallet-refund'] as const)(
    'give back the day a %s was taken up',
    (kind) => {
      expect(takenUpOn(kind, windowOf(kind, '2026-03-18', DAYS).date)).toBe('2026-03-18')
    },
  )

  it('say when a payout is due by', () => {
    expect(dueBy(windowOf('payout', '2026-03-18', DAYS).date, 10)).toBe('2026-03-28')
  })
})
