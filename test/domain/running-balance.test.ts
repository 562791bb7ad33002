/** Following printed balances: any order of rows that can follow is found, and a wrong one is named. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { followBalances, type BalanceRow } from '../../src/domain/statements/running-balance.ts'

const row = (line: number, amount: bigint, balance: bigint | null, moment = 0): BalanceRow => {
  return { line, amount, balance, moment }
}

describe('printed balances', () => {
  it.each<[string, readonly BalanceRow[], bigint, bigint, readonly number[]]>([
    ['oldest first', [row(1, 5n, 5n, 1), row(2, 3n, 8n, 2)], 0n, 8n, []],
    ['newest first', [row(1, 3n, 8n, 2), row(2, 5n, 5n, 1)], 0n, 8n, []],
    ['of one moment in any order', [row(1, 3n, 8n), row(2, -2n, 6n), row(3, 5n, 5n)], 0n, 6n, []],
    ['of days in no order', [row(1, 3n, 8n, 2), row(2, 5n, 5n, 1), row(3, 1n, 9n, 3)], 0n, 9n, []],
    ['with one missing in between', [row(1, 5n, 5n, 1), row(2, 1n, null, 2), row(3, 1n, 7n, 3)], 0n, 7n, []],
    ['missing at the ends', [row(1, 2n, null, 1), row(2, 3n, 8n, 2), row(3, 4n, null, 3)], 3n, 12n, []],
    ['with a circle beside the way', [row(1, 1n, 1n), row(2, 5n, 6n), row(3, -5n, 1n), row(4, 2n, 3n)], 0n, 3n, []],
    ['of one moment through zero, oldest first', [row(1, 19n, 19n), row(2, -19n, 0n)], 0n, 0n, []],
    ['of one moment through zero, newest first', [row(1, -19n, 0n), row(2, 19n, 19n)], 0n, 0n, []],
    ['of two moments through zero', [row(1, -19n, 0n, 1), row(2, 19n, 19n, 2)], 19n, 19n, []],
    ['with one amount wrong', [row(1, 5n, 5n, 1), row(2, 4n, 8n, 2), row(3, 1n, 9n, 3)], 0n, 9n, [2]],
    ['with one wrong among one moment', [row(1, 5n, 5n), row(2, 4n, 8n), row(3, 1n, 9n)], 0n, 9n, [2]],
    ['with one missing row', [row(1, 5n, 5n, 1), row(2, 1n, 9n, 2)], 0n, 9n, [2]],
  ])('%s', (_title, rows, opening, closing, wrong) => {
    const followed = followBalances(rows)
    expect(followed).toMatchObject({ opening, closing })
    expect(followed?.breaks.map(({ line }) => line)).toEqual(wrong)
  })

  it('prove nothing where there are none', () => {
    expect(followBalances([row(1, 5n, null)])).toBeNull()
    expect(followBalances([])).toBeNull()
    expect(followBalances([row(1, 5n, 5n)])?.compared).toBe(0)
  })

  it('follow however the rows of a moment are shuffled', () => {
    const amounts = fc.array(fc.bigInt({ min: -20n, max: 20n }), { minLength: 1, maxLength: 12 })
    const cases = amounts.chain((all) => {
      let balance = 0n
      const rows = all.map((amount, at) => row(at + 1, amount, (balance += amount), 7))
      const first = row(0, 0n, 0n, 1)
      return fc
        .shuffledSubarray(rows, { minLength: rows.length })
        .map((shuffled) => ({ rows: [first, ...shuffled], balance }))
    })
    fc.assert(
      fc.property(cases, ({ rows, balance }) => {
        expect(followBalances(rows)).toMatchObject({ opening: 0n, closing: balance, breaks: [] })
      }),
    )
  })
})
