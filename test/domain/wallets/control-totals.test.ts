import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addTotals,
  foots,
  NO_TOTALS,
  startTally,
  type ControlTotals,
} from '../../../src/domain/wallets/control-totals.ts'

const entry = fc.record({
  outcome: fc.constantFrom('posted', 'unchanged', 'quarantined', 'excepted' as const),
  currency: fc.constantFrom('USD', 'INR', 'EUR'),
  amount: fc.option(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n })),
  rows: fc.integer({ min: 0, max: 500 }),
})
type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never

function tallied(entries: readonly Entry[]): ControlTotals {
  const tally = startTally()
  for (const { outcome, currency, amount, rows } of entries) tally.add(outcome, currency, amount, rows)
  return tally.totals()
}

describe('control totals', () => {
  it('foot, whatever is counted', () => {
    fc.assert(fc.property(fc.array(entry), (entries) => foots(tallied(entries))))
  })

  it('count every row once and every amount by its size', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const { rows, money } = tallied(entries)
        expect(rows.in).toBe(BigInt(entries.reduce((sum, { rows }) => sum + rows, 0)))
        for (const currency of ['USD', 'INR', 'EUR']) {
          const amounts = entries.filter((each) => each.currency === currency).map(({ amount }) => amount ?? 0n)
          const total = amounts.reduce((sum, amount) => sum + (amount < 0n ? -amount : amount), 0n)
          expect(money[currency]?.in ?? 0n).toBe(total)
        }
      }),
    )
  })

  it('of two parts add up to those of the whole', () => {
    fc.assert(
      fc.property(fc.array(entry), fc.array(entry), (left, right) => {
        const sum = addTotals(tallied(left), tallied(right))
        expect(sum.rows).toEqual(tallied([...left, ...right]).rows)
        expect(foots(sum)).toBe(true)
        expect(addTotals(sum, NO_TOTALS)).toEqual(sum)
      }),
    )
  })

  it('do not foot when a row or an amount is missing', () => {
    const whole = tallied([{ outcome: 'posted', currency: 'USD', amount: 5n, rows: 1 }])
    expect(foots({ ...whole, rows: { ...whole.rows, posted: 0n } })).toBe(false)
    const usd = whole.money['USD']
    expect(usd && foots({ ...whole, money: { USD: { ...usd, in: 6n } } })).toBe(false)
  })

  it('do not change after they were read', () => {
    const tally = startTally()
    tally.add('posted', 'USD', 5n)
    const before = tally.totals()
    tally.add('posted', 'USD', 7n)
    expect(before.rows.in).toBe(1n)
    expect(before.money['USD']?.in).toBe(5n)
  })
})
