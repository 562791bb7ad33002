/** Which rise contains a returned payout: a table of what moved, what came back, and what a day usually brings. */
import { describe, expect, it } from 'vitest'
import { mayBeReturned, returnsIn } from '../../../src/domain/counters/counter-return.ts'

const USUAL = Array.from({ length: 5 }, () => ({ amount: 12n, days: 1, impressions: null, clicks: null }))

function back(amount: bigint, reference = 'PP-1', date = '2026-03-10') {
  return { key: `payout-returned:1:${reference}`, reference, amount, date }
}

describe('a rise near a return on record', () => {
  it.each([
    ['with a usual day beside it', 180n, [back(168n)], 1, ['PP-1']],
    ['with nothing beside it', 168n, [back(168n)], 1, ['PP-1']],
    ['with two usual days beside it', 192n, [back(168n)], 1, ['PP-1']],
    ['with three of them over two days', 204n, [back(168n)], 2, ['PP-1']],
    ['that is less than it', 167n, [back(168n)], 1, []],
    ['of two, only one fits', 180n, [back(168n), back(100n, 'PP-2')], 1, ['PP-1']],
    ['of two, only both together fit', 280n, [back(168n), back(100n, 'PP-2')], 1, ['PP-1', 'PP-2']],
    ['of two of the same amount it is the older one', 180n, [back(168n), back(168n, 'PP-2')], 1, ['PP-1']],
    ['that is a usual day before it came back', 20n, [back(15n, 'PP-1', '2026-03-12')], 1, []],
  ] as const)('%s', (_name, rise, returns, days, expected) => {
    const told = returnsIn(rise, { returns, history: USUAL, day: '2026-03-10', days })
    expect(told.kind === 'told' ? told.returned.map(({ reference }) => reference) : told.reason).toEqual(expected)
  })

  it.each([
    ['is asked about with more beside it than usual', 193n, [back(168n)], USUAL],
    ['is asked about where it is a usual day itself', 20n, [back(15n)], USUAL],
    ['is asked about where either of two fits', 180n, [back(168n), back(160n, 'PP-2')], USUAL],
    ['is asked about while nothing is usual', 180n, [back(168n)], USUAL.slice(1)],
  ] as const)('%s', (_name, rise, returns, history) => {
    expect(returnsIn(rise, { returns, history, day: '2026-03-10', days: 1 })).toMatchObject({
      kind: 'ambiguous',
      reason: expect.stringMatching(/^the counter rose by .* with .* earned besides, or all earned\. /) as string,
    })
  })

  it('is the return where it is just that, also while nothing is usual', () => {
    expect(returnsIn(168n, { returns: [back(168n)], history: [], day: '2026-03-10', days: 1 })).toEqual({
      kind: 'told',
      returned: [back(168n)],
    })
  })
})

describe('a rise near a payout of which nothing is known', () => {
  it.each([
    [180n, USUAL, true],
    [167n, USUAL, false],
    [193n, USUAL, false],
    [336n, [], true],
    [337n, [], false],
  ] as const)('of %d', (amount, history, expected) => {
    expect(mayBeReturned({ amount, days: 1 }, back(168n), history)).toBe(expected)
  })

  it('is a usual day first', () => {
    expect(mayBeReturned({ amount: 24n, days: 1 }, back(20n), USUAL)).toBe(false)
  })
})
