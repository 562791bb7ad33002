/** A payout that no reading showed proves that the counter is a lifetime total; anything less proves nothing. */
import { expect, it } from 'vitest'
import { outlivedPayout, type DayChange } from '../../../src/domain/counters/counter-lifetime.ts'
import { COUNTER_LIMITS } from '../../../src/domain/counters/counter-policy.ts'

const PAYOUT = { key: 'payout:P', reference: 'P', amount: 6000n, date: '2026-03-05' }
const POLICY = { ...COUNTER_LIMITS, payoutDays: 2 }

/** One change a day from the third of March. */
function days(...changes: readonly number[]): readonly DayChange[] {
  return changes.map((change, index) => ({ change: BigInt(change), day: `2026-03-0${index + 3}`, days: 1n }))
}

it.each([
  ['every day rose', days(2500, 2500, 2500, 2500, 2500), 2500n, true],
  ['a day fell by little', days(2500, 2500, -400, 2500, 2500), 2500n, true],
  ['a day fell by the payout', days(2500, 2500, -6000, 2500, 2500), 2500n, false],
  ['a day fell by the payout less what a day brings', days(2500, 2500, -3500, 2500, 2500), 2500n, false],
  ['a day was not booked', days(2500, 2500, 2500, 2500), 2500n, false],
  ['a day brings more than half the payout, which would hide it', days(3000, 3000, 3000, 3000, 3000), 3000n, false],
  ['what a day brings is not known', days(2500, 2500, 2500, 2500, 2500), 0n, false],
  ['nothing was booked', [], 2500n, false],
] as const)('%s', (_name, changes, usual, isProof) => {
  expect(outlivedPayout([PAYOUT], changes, usual, POLICY)).toEqual(isProof ? PAYOUT : null)
})

it('measures a change of several days by its days', () => {
  const span = { change: 7500n, day: '2026-03-05', days: 3n }
  const rest = days(0, 0, 0, 2500, 2500).slice(3)
  expect(outlivedPayout([PAYOUT], [span, ...rest], 2500n, POLICY)).toBeNull()
  expect(outlivedPayout([{ ...PAYOUT, amount: 16_000n }], [span, ...rest], 2500n, POLICY)).not.toBeNull()
})
