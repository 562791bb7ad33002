/** What may be taken of a payout on its way, as shares of it: a tax is kept of all, and a processor sees what is left. */
import { expect, it } from 'vitest'
import { takenRules, WHOLE_SHARE } from '../../../src/domain/settlement/taken.ts'

const paypal = { name: 'paypal', basisPoints: 349, flat: 49_000_000n }

it.each([
  { fees: [], withholdingBasisPoints: 0, expected: [] },
  { fees: [paypal], withholdingBasisPoints: 0, expected: ['paypal 3490000 49000000'] },
  { fees: [], withholdingBasisPoints: 1000, expected: ['withholding 10000000 0'] },
  {
    fees: [paypal],
    withholdingBasisPoints: 1000,
    // 10 %, and 3.49 % of the other 90 %.
    expected: ['paypal 3490000 49000000', 'withholding 10000000 0', 'withholding + paypal 13141000 49000000'],
  },
])('of $fees and $withholdingBasisPoints are $expected', ({ expected, ...settings }) => {
  const rules = takenRules({ isBank: false, ...settings })
  expect(rules.map(({ name, share, flat }) => `${name} ${share} ${flat}`)).toEqual(expected)
})

it('takes a tenth of a basis point where the two together come to one', () => {
  const fees = [{ name: 'odd', basisPoints: 1, flat: 0n }]
  const rule = takenRules({ isBank: false, fees, withholdingBasisPoints: 1001 }).at(-1)
  expect(rule?.share).toBe(WHOLE_SHARE - (WHOLE_SHARE * 8999n * 9999n) / 100_000_000n)
})
