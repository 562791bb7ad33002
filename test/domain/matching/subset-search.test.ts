/** The search for sums, against every subset there is. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { prepareSubsets, subsetsOf } from '../../../src/domain/matching/subset-search.ts'

it('finds every subset there is, and no other', () => {
  fc.assert(
    fc.property(amounts(10), fc.bigInt(-30n, 30n), fc.integer({ min: 2, max: 10 }), (all, target, size) => {
      const expected = subsets(all.length).filter(
        (one) => one.length >= 2 && one.length <= size && sum(all, one) === target,
      )
      const search = prepareSubsets(all, size)
      const found = search === null ? [] : subsetsOf(search, target, 10_000)
      expect(keys(found)).toEqual(keys(expected))
    }),
    { numRuns: 1000 },
  )
})

function amounts(maxLength: number): fc.Arbitrary<readonly bigint[]> {
  return fc.array(
    fc.bigInt(-12n, 12n).filter((amount) => amount !== 0n),
    { maxLength },
  )
}

function subsets(length: number): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** length }, (_, mask) =>
    Array.from({ length }, (_, position) => position).filter((position) => (mask & (2 ** position)) !== 0),
  )
}

function sum(all: readonly bigint[], positions: readonly number[]): bigint {
  return positions.reduce((total, position) => total + (all[position] ?? 0n), 0n)
}

function keys(found: readonly (readonly number[])[]): readonly string[] {
  return found.map((one) => one.join(',')).sort()
}
