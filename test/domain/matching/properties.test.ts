/** What holds of every matching, with references, words and several accounts: for a book, before any single case. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchAll } from '../../../src/domain/matching/match-all.ts'
import type { Matchable, Matching, MatchPolicy } from '../../../src/domain/matching/match.ts'
import { cents, item, line, POLICY } from './matchables.ts'

const SMALL: MatchPolicy = {
  ...POLICY,
  toleranceUnits: cents(1),
  toleranceBasisPoints: 5000,
  feeRules: new Map([['bank', [{ name: 'flat', share: 0n, flat: cents(3), minorUnit: cents(1) }]]]),
}

const RUNS = { numRuns: 1500 }

type Sides = readonly [lines: readonly Matchable[], items: readonly Matchable[]]

describe('every matching', () => {
  it('puts each line and item in one match, one ambiguity, or among the unmatched', () => {
    check(([lines, items], { matches, ambiguities, unmatchedLines, unmatchedItems }) => {
      const legs = (side: string): readonly string[] =>
        matches.flatMap((match) => match.legs.filter((leg) => leg.side === side).map(({ id }) => id))
      const foundLines = [...legs('line'), ...ambiguities.flatMap((doubt) => doubt.lines), ...unmatchedLines]
      const foundItems = [...legs('item'), ...ambiguities.flatMap((doubt) => doubt.items), ...unmatchedItems]
      expect([...foundLines].sort()).toEqual(lines.map(({ id }) => id).sort())
      expect([...foundItems].sort()).toEqual(items.map(({ id }) => id).sort())
    })
  })

  it('takes no more of anything than there is, of its sign, and says what is left between the sides', () => {
    check(([lines, items], { matches }) => {
      const amounts = new Map([
        ...lines.map(({ id, amount }) => [`line ${id}`, amount] as const),
        ...items.map(({ id, amount }) => [`item ${id}`, amount] as const),
      ])
      for (const { legs, residual, step, feeRule } of matches) {
        for (const { side, id, amount } of legs) {
          const whole = amounts.get(`${side} ${id}`) ?? 0n
          expect(whole > 0n ? 0n < amount && amount <= whole : whole <= amount && amount < 0n).toBe(true)
        }
        const sum = legs.reduce((total, leg) => (leg.side === 'line' ? total + leg.amount : total - leg.amount), 0n)
        expect(residual).toBe(sum)
        if (feeRule === null && step !== 'tolerance') expect(residual).toBe(0n)
      }
    })
  })

  it('joins one partition and currency only, and by reference only what a chain of references joins', () => {
    check(([lines, items], { matches }) => {
      const all = new Map([
        ...lines.map((one) => [`line ${one.id}`, one] as const),
        ...items.map((one) => [`item ${one.id}`, one] as const),
      ])
      for (const { step, legs } of matches) {
        const parties = legs.flatMap(({ side, id }) => all.get(`${side} ${id}`) ?? [])
        expect(new Set(parties.map(({ partition, currency }) => `${partition} ${currency}`)).size).toBe(1)
        if (step === 'reference' || step === 'group')
          expect(parties.every((one) => one.references.length > 0)).toBe(true)
      }
    })
  })

  it('is the same whatever the order of the input', () => {
    fc.assert(
      fc.property(sides(), fc.integer(), ([lines, items], seed) => {
        const found = matchAll(shuffled(lines, seed), shuffled(items, seed + 1), SMALL)
        expect(found).toEqual(matchAll(lines, items, SMALL))
      }),
      RUNS,
    )
  })

  it('is not changed by something far away, but for that being unmatched', () => {
    check(([lines, items], found) => {
      const far = item('far', 5, 500, 510)
      const foundWith = matchAll(lines, [...items, far], SMALL)
      expect(foundWith).toEqual({ ...found, unmatchedItems: [...found.unmatchedItems, 'far'].sort() })
    })
  })

  it('takes nothing that has an exact partner by a weaker step', () => {
    check(([lines, items], { matches }) => {
      const weak = matches.filter(({ step }) => step === 'fee' || step === 'subset' || step === 'tolerance')
      const weakIds = new Set(weak.flatMap(({ legs }) => legs.map(({ side, id }) => `${side} ${id}`)))
      const weakLines = lines.filter(({ id }) => weakIds.has(`line ${id}`))
      const weakItems = items.filter(({ id }) => weakIds.has(`item ${id}`))
      expect(weakLines.flatMap((one) => weakItems.filter((other) => isExact(one, other)))).toEqual([])
    })
  })

  it('finds nothing more among what it left unmatched', () => {
    check(([lines, items], { unmatchedLines, unmatchedItems }) => {
      const left = matchAll(
        lines.filter(({ id }) => unmatchedLines.includes(id)),
        items.filter(({ id }) => unmatchedItems.includes(id)),
        SMALL,
      )
      expect(left.matches).toEqual([])
      expect(left.ambiguities).toEqual([])
    })
  })

  it('clears a settlement of hundreds of rows against its payout, to the last unit', () => {
    const rows = Array.from({ length: 400 }, (_, n) =>
      item(`row-${n}`, n % 7 === 0 ? -(n + 3) : 1000 + n, n % 5, 9, { references: ['setl_1', `pay_${n}`] }),
    )
    const sum = rows.reduce((total, { amount }) => total + amount, 0n)
    const payout = { ...line('payout', 1, 9, { references: ['setl_1'] }), amount: sum }
    const { matches, unmatchedItems } = matchAll([payout], rows, POLICY)
    expect(matches).toMatchObject([{ step: 'group', status: 'confirmed', residual: 0n }])
    expect(matches[0]?.legs).toHaveLength(401)
    expect(unmatchedItems).toEqual([])
  })
})

function check(holds: (given: Sides, found: Matching) => void): void {
  fc.assert(
    fc.property(sides(), (given) => holds(given, matchAll(given[0], given[1], SMALL))),
    RUNS,
  )
}

function isExact(one: Matchable, other: Matchable): boolean {
  const fits = other.date <= one.date && one.date <= other.lastDate && one.amount === other.amount
  return fits && one.partition === other.partition && one.currency === other.currency
}

function sides(): fc.Arbitrary<Sides> {
  const amount = fc.integer({ min: -4, max: 9 }).filter((one) => one !== 0)
  const day = fc.integer({ min: 0, max: 4 })
  const more = fc.record({
    references: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      fc.subarray(['a', 'b', 'c', 'd'], { maxLength: 2 }),
    ),
    words: fc.subarray(['acme', 'payout']),
    partition: fc.constantFrom('bank', 'bank', 'bank', 'paypal'),
    currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
  })
  const lines = fc.array(fc.tuple(amount, day, more), { maxLength: 8 })
  const items = fc.array(fc.tuple(amount, day, fc.integer({ min: 0, max: 3 }), more), { maxLength: 8 })
  return fc
    .tuple(lines, items)
    .map(([someLines, someItems]) => [
      someLines.map(([one, from, rest], n) => line(`L${n}`, one, from, rest)),
      someItems.map(([one, from, length, rest], n) => item(`I${n}`, one, from, from + length, rest)),
    ])
}

/** Fisher and Yates with a small generator: the same seed, the same order. */
function shuffled(all: readonly Matchable[], seed: number): readonly Matchable[] {
  const order = [...all]
  let state = seed >>> 0
  for (let last = order.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = state % (last + 1)
    const [a, b] = [order[last], order[other]]
    if (a === undefined || b === undefined) continue
    order[last] = b
    order[other] = a
  }
  return order
}
