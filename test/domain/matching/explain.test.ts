/** What explains a difference: against every subset there is, and by cases that say what was really searched. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EXPLAIN_BOUND,
  explainDifference,
  explanationText,
  type Suspect,
} from '../../../src/domain/matching/explain.ts'
import { fewSums, sumsOfSize, workOf } from '../../../src/domain/matching/few-sums.ts'
import { prepareSubsets, subsetsOf } from '../../../src/domain/matching/subset-search.ts'

describe('explainDifference', () => {
  it('finds the one sum there is', () => {
    const found = explainDifference(-320n, suspects([-300n, -20n, 77n]))
    expect(found).toEqual({ kind: 'one', ids: ['0', '1'], searched: { upTo: 3, candidates: 3, leftOut: 0 } })
    expect(explanationText(found)).toBe('exactly one: 2 items, of all sums of up to 3 items among 3 candidates')
  })

  it('counts alternatives, fewest items first', () => {
    const found = explainDifference(10n, suspects([4n, 6n, 10n, 5n, 5n]))
    expect(found).toMatchObject({
      kind: 'several',
      count: 3,
      counted: true,
      alternatives: [['2'], ['0', '1'], ['3', '4']],
    })
    expect(explanationText(found)).toBe('3 alternatives of up to 4 items among 5 candidates')
  })

  it('takes no two of one object that cancel out', () => {
    const pair = [6n, -6n].map((amount, index) => ({ id: `pair${index}`, amount, kind: 'timing', about: 'pub:PO-1' }))
    const found = explainDifference(10n, [...suspects([10n, 4n]), ...pair])
    expect(found).toMatchObject({ kind: 'several', alternatives: [['0'], ['1', 'pair0']] })
    const only = explainDifference(12n, [...suspects([12n, 1n]), ...pair])
    expect(explanationText(only)).toBe('exactly one: 1 item, of all sums of up to 4 items among 4 candidates')
  })

  it('says how far it looked when there is none', () => {
    const found = explainDifference(1n, suspects(Array.from({ length: 312 }, () => 2n)))
    expect(explanationText(found)).toBe('none up to 4 items among 312 candidates')
  })

  it('looks less far when the work would be too much, and says so', () => {
    const many = suspects(Array.from({ length: 312 }, () => 2n))
    expect(explainDifference(1n, many, { ...EXPLAIN_BOUND, maxWork: 1000 })).toMatchObject({ kind: 'none', upTo: 2 })
    const found = explainDifference(1n, many, { ...EXPLAIN_BOUND, maxCandidates: 40 })
    expect(explanationText(found)).toBe('none up to 4 items among 40 candidates; 272 more candidates not looked at')
  })

  it('stops counting where nobody would read on', () => {
    const found = explainDifference(4n, suspects(Array.from({ length: 100 }, () => 2n)))
    expect(found).toMatchObject({ kind: 'several', count: 1000, counted: false })
    expect(explanationText(found)).toBe('at least 1,000 alternatives of up to 2 items among 100 candidates')
  })

  it('is exact where numbers are not', () => {
    const huge = 9_007_199_254_740_993n
    const found = explainDifference(huge * 2n + 1n, suspects([huge, huge + 1n, huge + 2n]))
    expect(found).toMatchObject({ kind: 'one', ids: ['0', '1'] })
  })

  it('finds every subset there is, and no other', () => {
    fc.assert(
      fc.property(amounts(9), fc.bigInt(-30n, 30n), fc.integer({ min: 1, max: 9 }), (all, target, maxItems) => {
        const expected = subsets(all.length).filter(
          (one) => one.length <= maxItems && one.length > 0 && sum(all, one) === target,
        )
        const found = explainDifference(target, suspects(all), { ...EXPLAIN_BOUND, maxItems })
        const count = found.kind === 'several' ? found.count : Number(found.kind === 'one')
        expect(count).toBe(expected.length)
        if (found.kind === 'one') expect(found.ids).toEqual(expected[0]?.map(String))
      }),
      { numRuns: 500 },
    )
  })
})

describe('the two searches', () => {
  it('agree with every subset there is, by size and by halves', () => {
    fc.assert(
      fc.property(amounts(10), fc.bigInt(-30n, 30n), fc.integer({ min: 2, max: 10 }), (all, target, size) => {
        const ofTarget = subsets(all.length).filter((one) => sum(all, one) === target)
        const exactly = sumsOfSize(fewSums(all, target), size, 10_000)
        expect(keys(exactly)).toEqual(keys(ofTarget.filter((one) => one.length === size)))
        const search = prepareSubsets(all, size)
        const upTo = search === null ? [] : subsetsOf(search, target, 10_000)
        expect(keys(upTo)).toEqual(keys(ofTarget.filter((one) => one.length >= 2 && one.length <= size)))
      }),
      { numRuns: 1000 },
    )
  })

  it('know what a search costs', () => {
    expect(workOf(312, 4)).toEqual({ steps: 2 * 48_516, kept: 48_516 })
    expect(workOf(5, 1)).toEqual({ steps: 6, kept: 1 })
  })
})

function suspects(all: readonly bigint[]): readonly Suspect[] {
  return all.map((amount, id) => ({ id: String(id), amount, kind: 'open item' }))
}

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
