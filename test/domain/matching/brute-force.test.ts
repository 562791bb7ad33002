/** The engine against the specification: on every small case there is, and on random ones up to seven by seven. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchAll } from '../../../src/domain/matching/match-all.ts'
import type { Matchable, MatchPolicy } from '../../../src/domain/matching/match.ts'
import { cents, item, line, POLICY } from './matchables.ts'
import { specified, type Verdict } from './specification.ts'

/** A fee of three cents, and a tolerance of one cent up to a half: small amounts meet every step. */
const SMALL: MatchPolicy = {
  ...POLICY,
  toleranceUnits: cents(1),
  toleranceBasisPoints: 5000,
  feeRules: new Map([['bank', [{ name: 'flat', share: 0n, flat: cents(3), minorUnit: cents(1) }]]]),
}

describe('matching', () => {
  it('assigns equal amounts as the specification does: all of up to 4 lines, 4 items and 3 days', () => {
    const lines = [0, 1, 2].map((day) => (id: string) => line(id, 7, day))
    const windows = [0, 1, 2].flatMap((from) => [0, 1, 2].filter((to) => to >= from).map((to) => [from, to] as const))
    const items = windows.map(
      ([from, to]) =>
        (id: string) =>
          item(id, 7, from, to),
    )
    expect(firstDifference(multisets(lines, 4, 'L'), multisets(items, 4, 'I'))).toEqual(null)
  }, 120_000)

  it('takes every step as the specification does: all of up to 3 lines and 3 items of 3 amounts and 2 days', () => {
    const lines = [2, 3, 5].flatMap((amount) => [0, 1].map((day) => (id: string) => line(id, amount, day)))
    const items = [2, 3, 5].flatMap((amount) =>
      (
        [
          [0, 0],
          [0, 1],
          [1, 1],
        ] as const
      ).map(
        ([from, to]) =>
          (id: string) =>
            item(id, amount, from, to),
      ),
    )
    expect(firstDifference(multisets(lines, 3, 'L'), multisets(items, 3, 'I'))).toEqual(null)
  }, 120_000)

  it('agrees with the specification on random cases of up to 7 lines and 7 items', () => {
    fc.assert(
      fc.property(sides(7, 12), ([lines, items]) => {
        expect(answered(lines, items)).toEqual(specified(lines, items, SMALL))
      }),
      { numRuns: 3000 },
    )
  }, 120_000)

  it('agrees with the specification where amounts are few and windows wide', () => {
    fc.assert(
      fc.property(sides(7, 2), ([lines, items]) => {
        expect(answered(lines, items)).toEqual(specified(lines, items, SMALL))
      }),
      { numRuns: 2000 },
    )
  }, 120_000)
})

type Make = (id: string) => Matchable

/** All selections with repetition of up to `most`. */
function multisets(kinds: readonly Make[], most: number, prefix: string): readonly (readonly Matchable[])[] {
  const grow = (chosen: readonly Make[], from: number): readonly (readonly Make[])[] => [
    chosen,
    ...(chosen.length === most ? [] : kinds.flatMap((kind, n) => (n < from ? [] : grow([...chosen, kind], n)))),
  ]
  return grow([], 0).map((chosen) => chosen.map((make, n) => make(`${prefix}${n}`)))
}

function firstDifference(
  allLines: readonly (readonly Matchable[])[],
  allItems: readonly (readonly Matchable[])[],
): unknown {
  for (const lines of allLines) {
    for (const items of allItems) {
      const expected = specified(lines, items, SMALL)
      const found = answered(lines, items)
      if (JSON.stringify(found) !== JSON.stringify(expected)) {
        const shown = [...lines, ...items].map(
          ({ id, amount, date, lastDate }) => `${id} ${amount} ${date} ${lastDate}`,
        )
        return { shown, found, expected }
      }
    }
  }
  return null
}

function answered(lines: readonly Matchable[], items: readonly Matchable[]): Verdict {
  const { matches, ambiguities } = matchAll(lines, items, SMALL)
  return {
    matches: matches.map(({ step, status, legs }) => `${step} ${status} ${sorted(legs.map(({ id }) => id))}`).sort(),
    ambiguities: ambiguities
      .map((doubt) => `${doubt.step} ${sorted([...doubt.lines, ...doubt.items])}: ${doubt.count}`)
      .sort(),
  }
}

function sorted(ids: readonly string[]): string {
  return [...ids].sort().join(' ')
}

function sides(most: number, largest: number): fc.Arbitrary<readonly [readonly Matchable[], readonly Matchable[]]> {
  const amount = fc.integer({ min: -2, max: largest }).filter((one) => one !== 0)
  const day = fc.integer({ min: 0, max: 4 })
  const lines = fc.array(fc.tuple(amount, day), { maxLength: most })
  const items = fc.array(fc.tuple(amount, day, fc.integer({ min: 0, max: 3 })), { maxLength: most })
  return fc
    .tuple(lines, items)
    .map(([someLines, someItems]) => [
      someLines.map(([one, from], n) => line(`L${n}`, one, from)),
      someItems.map(([one, from, length], n) => item(`I${n}`, one, from, from + length)),
    ])
}
