import { expect, it } from 'vitest'
import { isBefore, type Begin } from '../../../src/domain/payouts/before-statements.ts'
import { windowOf } from '../../../src/domain/payouts/window.ts'

const DAYS = { dueDays: 10, payoutDays: 5, topUpDays: 2 }

// 2026-03-02 is a Monday. The payout's days end on 2026-03-19, the top-up's on 2026-03-04.
it.each([
  ['payout', '2026-03-02', 'settings', false],
  ['payout', '2026-03-03', 'settings', true],
  ['payout', '2026-03-19', 'statement', false],
  ['payout', '2026-03-20', 'statement', true],
  ['top-up', '2026-03-02', 'settings', false],
  ['top-up', '2026-03-03', 'settings', true],
  ['top-up', '2026-03-04', 'statement', false],
  ['top-up', '2026-03-05', 'statement', true],
] as const)('a %s of 2026-03-02 and statements from %s on, by the %s: %s', (kind, day, by, expected) => {
  const begin: Begin = { day, by }
  expect(isBefore({ kind, ...windowOf(kind, '2026-03-02', DAYS) }, begin)).toBe(expected)
})
