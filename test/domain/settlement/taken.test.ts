/** What may be taken of a payout on its way, as shares of it: a tax is kept of all, and a processor sees what is left. */
import { expect, it } from 'vitest'
import { grossesOf, takenInTurn, takenRules, WHOLE_SHARE } from '../../../src/domain/settlement/taken.ts'

const CENT = 1_000_000n
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

it('is found again in what arrives, though tax and fee are each rounded to the cent', () => {
  const fees = [{ name: 'paypal', basisPoints: 200, flat: 0n }]
  const rule = takenRules({ isBank: false, fees, withholdingBasisPoints: 1000 }).at(-1)
  for (let cents = 5_000n; cents < 6_000n; cents += 1n) {
    const gross = cents * CENT
    const taken = takenInTurn(rule?.parts ?? [], gross, 'USD').reduce((sum, { amount }) => sum + amount, 0n)
    expect(grossesOf(gross - taken, rule === undefined ? [] : [rule], CENT)).toContain(gross)
  }
  // 150.35 less 15.04 is 135.31, and less 2.71 is 132.60.
  expect(takenInTurn(rule?.parts ?? [], 15_035n * CENT, 'USD').map(({ amount }) => amount)).toEqual([
    1504n * CENT,
    271n * CENT,
  ])
})
