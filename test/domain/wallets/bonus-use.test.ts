import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowanceOf, monthEndBy } from '../../../src/domain/payouts/allowance.ts'
import { owedBack } from '../../../src/domain/payouts/owed-back.ts'
import { bonusUsed, type Funding } from '../../../src/domain/wallets/bonus-use.ts'
import { units } from '../settlement/support.ts'

function paid(amount: string): Funding {
  return { kind: 'paid', amount: units(amount) }
}

function bonus(amount: string): Funding {
  return { kind: 'bonus', amount: units(amount) }
}

describe('a bonus', () => {
  it.each([
    ['in proportion to what was used', [paid('200'), bonus('10')], '52.50', '2.50'],
    ['whole, when all is used', [paid('200'), bonus('10')], '210', '10'],
    ['and not twice, when more was used', [paid('200'), bonus('10')], '400', '10'],
    ['not at all, while nothing is', [paid('200'), bonus('10')], '0', '0'],
    ['not below nothing', [paid('200'), bonus('10')], '-5', '0'],
    ['after the money paid in before it', [paid('100'), paid('200'), bonus('10')], '152.50', '2.50'],
    ['layer by layer', [paid('100'), bonus('5'), paid('100'), bonus('20')], '165', '15'],
    ['and is not touched by a later top-up', [paid('200'), bonus('10'), paid('1000')], '52.50', '2.50'],
    ['by itself, without any top-up', [bonus('10')], '4', '4'],
  ] as const)('is used %s', (_, funding, consumed, expected) => {
    expect(bonusUsed(funding, units(consumed))).toBe(units(expected))
  })

  it('is used no less for using more, and never beyond what was given', () => {
    const funding = fc.array(
      fc.record({
        kind: fc.constantFrom('paid' as const, 'bonus' as const),
        amount: fc.bigInt({ min: 1n, max: 10n ** 12n }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    const amount = fc.bigInt({ min: 0n, max: 10n ** 13n })
    fc.assert(
      fc.property(funding, amount, amount, (layers, one, other) => {
        const given = layers.reduce((sum, each) => (each.kind === 'bonus' ? sum + each.amount : sum), 0n)
        const [less, more] = one < other ? [one, other] : [other, one]
        expect(bonusUsed(layers, less) <= bonusUsed(layers, more)).toBe(true)
        expect(bonusUsed(layers, more) <= given).toBe(true)
      }),
    )
  })
})

describe('what is owed back to a network', () => {
  it.each([
    ['nothing while it owes us', '10', '0', '0'],
    ['nothing while a payout on its way covers it', '-10', '150', '0'],
    ['what is left after that', '-200', '150', '50'],
    ['all that was clawed back of nothing', '-6.40', '0', '6.40'],
  ] as const)('is %s', (_, accrued, requested, expected) => {
    expect(owedBack(units(accrued), units(requested))).toBe(units(expected))
  })
})

describe("a month's allowance", () => {
  it.each([
    ['131.87', 200, '2.64'],
    ['-6.40', 200, '0'],
    ['0', 200, '0'],
  ] as const)('of %s at %i basis points is %s', (earned, basisPoints, expected) => {
    expect(allowanceOf(units(earned), basisPoints, 'USD')).toBe(units(expected))
  })

  it.each([
    ['2026-03-31', '2026-03-31'],
    ['2026-03-30', '2026-02-28'],
    ['2028-03-01', '2028-02-29'],
    ['2026-01-15', '2025-12-31'],
  ] as const)('on %s is of the month that ended on %s', (day, expected) => {
    expect(monthEndBy(day)).toBe(expected)
  })
})
