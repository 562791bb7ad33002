/** Openings that stay at home: what is left out balances, in whole minor units, and no fraction of a cent is lost. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { unitsPerMinor } from '../../../src/domain/money/money.ts'
import { linesWithout, negated, NO_OPENINGS, openingsOf, sharesWithout } from '../../../src/targets/build/openings.ts'

const CENT = unitsPerMinor('USD')

it('takes whole cents of both sides out of the lines', () => {
  const openings = openingsOf(
    [
      { account: '1310:netpanel', amount: 100n * CENT + 3n },
      { account: '3900', amount: -100n * CENT - 3n },
    ],
    'USD',
  )
  const lines = [
    { account: '1310:netpanel', exact: 90n * CENT + 3n, rounded: 90n * CENT },
    { account: '3900', exact: -100n * CENT - 3n, rounded: -100n * CENT },
    { account: '5100', exact: 10n * CENT, rounded: 10n * CENT },
  ]
  expect(linesWithout(lines, openings)).toEqual([
    { account: '1310:netpanel', exact: -10n * CENT + 3n, rounded: -10n * CENT },
    { account: '3900', exact: -3n, rounded: 0n },
    lines[2],
  ])
  expect(linesWithout(linesWithout(lines, openings), negated(openings))).toEqual(lines)
  expect(linesWithout(lines, NO_OPENINGS)).toEqual(lines)
})

it('leaves a balanced journal balanced, and within a cent for each opening of what is exact', () => {
  const amounts = fc.array(fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }), { maxLength: 6 })
  fc.assert(
    fc.property(amounts, (openings) => {
      const postings = openings.flatMap((amount, index) => [
        { account: `1310:${index % 2}`, amount },
        { account: '3900', amount: -amount },
      ])
      const out = openingsOf(postings, 'USD')
      const sum = [...out.values()].reduce((total, amount) => total + amount, 0n)
      expect(sum).toBe(0n)
      for (const [account, amount] of out) {
        const own = postings.filter((each) => each.account === account)
        const rest = own.reduce((total, each) => total + each.amount, 0n) - amount
        expect(amount % CENT).toBe(0n)
        expect(rest < 0n ? -rest : rest).toBeLessThan(CENT * BigInt(own.length))
      }
    }),
  )
})

it('takes them out of what no order has a part in', () => {
  const shares = [
    { service: 'likes', client: null, exact: 5n },
    { service: null, client: null, exact: 7n },
  ]
  const sums = new Map([
    ['1310:a', shares],
    ['5100', shares],
  ])
  expect(sharesWithout(sums, new Map([['1310:a', 4n]]))).toEqual(
    new Map([
      [
        '1310:a',
        [
          { service: null, client: null, exact: 3n },
          { service: 'likes', client: null, exact: 5n },
        ],
      ],
      ['5100', shares],
    ]),
  )
})
