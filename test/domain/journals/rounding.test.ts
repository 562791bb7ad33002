import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { abs, unitsOf as units, unitsPerMinor } from '../../../src/domain/money/money.ts'
import { carryForward, roundJournal, type RunningTotal } from '../../../src/domain/journals/rounding.ts'

const CENT = unitsPerMinor('USD')

type Totals = ReadonlyMap<string, RunningTotal>
const none: Totals = new Map()

/** Amounts that crowd around halves and whole minor units, where rounding is hardest, and some that do not. */
function amountsOf(unit: bigint): fc.Arbitrary<bigint> {
  return fc.oneof(
    fc.bigInt({ min: -6n, max: 6n }).map((n) => (n * unit) / 2n),
    fc.bigInt({ min: -unit * 3n, max: unit * 3n }),
    fc.bigInt({ min: -unit * 1_000_000n, max: unit * 1_000_000n }),
  )
}

/** A journal as changes per account, balanced by the last account named. */
function journalOf(unit: bigint): fc.Arbitrary<ReadonlyMap<string, bigint>> {
  const change = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), amountsOf(unit))
  return fc.array(change, { minLength: 1, maxLength: 5 }).map((pairs) => {
    const changes = new Map(pairs)
    const last = pairs.at(-1)?.[0] ?? 'a'
    const rest = [...changes].filter(([account]) => account !== last).reduce((total, [, amount]) => total + amount, 0n)
    return rest === 0n ? new Map() : changes.set(last, -rest)
  })
}

function step(unit: bigint, before: Totals, changes: ReadonlyMap<string, bigint>): Totals {
  return carryForward(before, roundJournal(unit, before, changes))
}

describe('rounding a journal to minor units', () => {
  it('gives 0.40, 0.01, 0.33, 0.33, 0.34 for the worked example, and carries the rest', () => {
    const events = ['0.40332', '0.00410', '0.33333', '0.33333', '0.33333'].map(units)
    const delivered: bigint[] = []
    const carried: bigint[] = []
    let totals = none
    for (const event of events) {
      const changes = new Map([
        ['5100:netpanel', event],
        ['1310:netpanel', -event],
      ])
      const lines = roundJournal(CENT, totals, changes)
      totals = carryForward(totals, lines)
      const expense = totals.get('5100:netpanel') ?? { exact: 0n, rounded: 0n }
      delivered.push(lines.find((line) => line.account === '5100:netpanel')?.rounded ?? 0n)
      carried.push(expense.exact - expense.rounded)
    }
    expect(delivered).toEqual(['0.40', '0.01', '0.33', '0.33', '0.34'].map(units))
    expect(carried).toEqual(['0.00332', '-0.00258', '0.00075', '0.00408', '-0.00259'].map(units))
  })

  it.each([['USD'], ['JPY'], ['KWD']])('keeps every promise at every step in %s', (currency) => {
    const unit = unitsPerMinor(currency)
    fc.assert(
      fc.property(fc.array(journalOf(unit), { maxLength: 40 }), (journals) => {
        let totals = none
        for (const changes of journals) {
          const lines = roundJournal(unit, totals, changes)
          expect(lines.reduce((sum, line) => sum + line.rounded, 0n)).toBe(0n)
          expect(lines.reduce((sum, line) => sum + line.exact, 0n)).toBe(0n)
          for (const line of lines) expect(line.rounded % unit).toBe(0n)
          totals = carryForward(totals, lines)
          for (const total of totals.values()) expect(abs(total.rounded - total.exact)).toBeLessThan(unit)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('moves an untouched account only when the touched ones cannot absorb the difference', () => {
    fc.assert(
      fc.property(fc.array(journalOf(CENT), { minLength: 1, maxLength: 30 }), (journals) => {
        let totals = none
        for (const changes of journals) {
          const lines = roundJournal(CENT, totals, changes)
          const touched = [...changes].filter(([, change]) => change !== 0n).map(([account]) => account)
          if (lines.some((line) => line.exact === 0n)) expect(absorbable(totals, changes, touched)).toBe(false)
          totals = carryForward(totals, lines)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('moves the untouched account with the largest remainder up when the touched ones are already at their ceiling', () => {
    const half = CENT / 2n
    const totals: Totals = new Map([
      ['a1', { exact: -half, rounded: -CENT }],
      ['a2', { exact: -half + 1n, rounded: -CENT }],
      ['a3', { exact: -half - 1n, rounded: -CENT }],
      ['c1', { exact: half, rounded: CENT }],
      ['c2', { exact: half, rounded: CENT }],
      ['c3', { exact: half, rounded: CENT }],
    ])
    const changes = new Map([
      ['c1', half],
      ['c2', half],
      ['c3', -CENT],
    ])
    const lines = roundJournal(CENT, totals, changes)
    expect(lines.filter((line) => line.exact === 0n)).toEqual([{ account: 'a2', exact: 0n, rounded: CENT }])
    expect(lines.reduce((sum, line) => sum + line.rounded, 0n)).toBe(0n)
  })

  it('moves the untouched account with the smallest remainder down when the touched ones are already at their floor', () => {
    const half = CENT / 2n
    const totals: Totals = new Map([
      ['a1', { exact: half, rounded: CENT }],
      ['a2', { exact: half - 1n, rounded: CENT }],
      ['a3', { exact: half + 1n, rounded: CENT }],
      ['c1', { exact: -half, rounded: -CENT }],
      ['c2', { exact: -half, rounded: -CENT }],
      ['c3', { exact: -half, rounded: -CENT }],
    ])
    const changes = new Map([
      ['c1', -half],
      ['c2', -half],
      ['c3', CENT],
    ])
    const lines = roundJournal(CENT, totals, changes)
    expect(lines.filter((line) => line.exact === 0n)).toEqual([{ account: 'a2', exact: 0n, rounded: -CENT }])
    expect(lines.reduce((sum, line) => sum + line.rounded, 0n)).toBe(0n)
  })

  it('does not drift over eight hundred journals', () => {
    let totals = none
    for (let n = 0; n < 800; n += 1) {
      const charge = 333_333n + BigInt((n * 7919) % 1_000_003)
      totals = step(
        CENT,
        totals,
        new Map([
          ['5100:a', charge],
          [`1310:${n % 7}`, -charge],
        ]),
      )
    }
    for (const total of totals.values()) expect(abs(total.rounded - total.exact)).toBeLessThan(CENT)
    expect([...totals.values()].reduce((sum, total) => sum + total.rounded, 0n)).toBe(0n)
  })

  it('does not depend on the order in which accounts are given', () => {
    fc.assert(
      fc.property(journalOf(CENT), journalOf(CENT), (first, second) => {
        const forwards = step(CENT, none, first)
        const backwards: Totals = new Map([...forwards].toReversed())
        const reversed = new Map([...second].toReversed())
        expect(roundJournal(CENT, backwards, reversed)).toEqual(roundJournal(CENT, forwards, second))
      }),
    )
  })

  it('refuses lines that do not sum to zero', () => {
    expect(() => roundJournal(CENT, none, new Map([['a', 1n]]))).toThrow('must sum to zero')
  })
})

/** Whether some choice of floor or ceiling for the touched accounts alone sums to what the others leave them. */
function absorbable(before: Totals, changes: ReadonlyMap<string, bigint>, touched: readonly string[]): boolean {
  const target = touched.reduce((sum, account) => sum + (before.get(account)?.rounded ?? 0n), 0n)
  let reachable = new Set([0n])
  for (const account of touched) {
    const exact = (before.get(account)?.exact ?? 0n) + (changes.get(account) ?? 0n)
    const near = [exact / CENT - 1n, exact / CENT, exact / CENT + 1n].map((n) => n * CENT)
    const choices = near.filter((choice) => abs(choice - exact) < CENT)
    reachable = new Set([...reachable].flatMap((sum) => choices.map((choice) => sum + choice)))
  }
  return reachable.has(target)
}
