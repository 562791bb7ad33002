import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apportion } from '../../../src/domain/journals/apportion.ts'

const shares = fc.array(fc.bigInt({ min: -10_000n, max: 10_000n }), { minLength: 1, maxLength: 20 })
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n)

describe('whole units out of exact shares', () => {
  it('sum to the total they are given, whatever it is', () => {
    fc.assert(
      fc.property(
        shares,
        fc.bigInt({ min: 1n, max: 500n }),
        fc.bigInt({ min: -50n, max: 50n }),
        (of, divisor, total) => {
          expect(sum(apportion(of, divisor, total))).toBe(total)
        },
      ),
    )
  })

  it('are less than one unit away from their shares when the total is theirs', () => {
    fc.assert(
      fc.property(shares, fc.bigInt({ min: 1n, max: 500n }), (of, divisor) => {
        const rest = sum(of) % divisor
        const balanced = [...of, -rest]
        for (const [index, whole] of apportion(balanced, divisor, sum(balanced) / divisor).entries()) {
          const away = whole * divisor - (balanced[index] ?? 0n)
          expect(away < divisor && away > -divisor).toBe(true)
        }
      }),
    )
  })

  it.each<[string, bigint[], bigint, bigint[]]>([
    ['the largest remainder goes up', [15n, 18n, 17n], 5n, [1n, 2n, 2n]],
    ['a tie goes to the earlier', [15n, 15n], 3n, [2n, 1n]],
    ['exact shares are left alone', [10n, 20n, 5n, 5n], 4n, [1n, 2n, 1n, 0n]],
    ['more than there is goes round', [10n, 10n], 5n, [3n, 2n]],
    ['less than there is goes round', [10n, 10n], 0n, [0n, 0n]],
  ])('%s', (_, of, total, expected) => {
    expect(apportion(of, 10n, total)).toEqual(expected)
  })

  it('of nobody is nothing, and anything else is a mistake', () => {
    expect(apportion([], 10n, 0n)).toEqual([])
    expect(() => apportion([], 10n, 1n)).toThrow('1 cannot be divided among nobody')
  })
})
