/** The cascade by cases: what each step takes, what it leaves to a person, and what it says of it. */
import { describe, expect, it } from 'vitest'
import { matchAll } from '../../../src/domain/matching/match-all.ts'
import { refusalKey, type Matchable, type Matching } from '../../../src/domain/matching/match.ts'
import { cents, item, line, POLICY } from './matchables.ts'

interface Case {
  readonly name: string
  readonly lines: readonly Matchable[]
  readonly items: readonly Matchable[]
  readonly expected: readonly string[]
}

const R = (...references: string[]) => ({ references })

const CASES: readonly Case[] = [
  {
    name: 'pairs what names the same and has the same amount, whatever the date',
    lines: [line('L', 500, 40, R('PP-1'))],
    items: [item('I', 500, 0, 3, R('PP-1', 'X'))],
    expected: ['reference confirmed L=500 I=500'],
  },
  {
    name: 'prefers the reference to an amount that fits by date',
    lines: [line('L', 500, 1, R('PP-1'))],
    items: [item('I', 500, 0, 3), item('J', 500, 30, 33, R('PP-1'))],
    expected: ['reference confirmed L=500 J=500', 'unmatched I'],
  },
  {
    name: 'keeps currencies and partitions apart',
    lines: [line('L', 500, 1, { currency: 'EUR' }), line('M', 500, 1, { partition: 'paypal' })],
    items: [item('I', 500, 0, 3)],
    expected: ['unmatched I', 'unmatched L', 'unmatched M'],
  },
  {
    name: 'brings in what left an account on another one only, and tells equal amounts apart by that',
    lines: [line('L', 500, 1, { account: 'paypal' }), line('M', 500, 1, { account: 'bank' })],
    items: [item('I', 500, 0, 3, { left: 'paypal' }), item('J', 500, 0, 3)],
    expected: ['exact confirmed L=500 J=500', 'exact confirmed M=500 I=500'],
  },
  {
    name: 'takes no fee and no sum of the account it left either',
    lines: [458, 498, 200, 300].map((size, at) => line(`L${at}`, size, 1, { account: 'paypal' })),
    items: [item('I', 500, 0, 3, { left: 'paypal' })],
    expected: ['unmatched I', 'unmatched L0', 'unmatched L1', 'unmatched L2', 'unmatched L3'],
  },
  {
    name: 'takes what names one reference as one match when the sums agree',
    lines: [line('L', 1000, 1, R('S')), line('M', -30, 1, R('S')), line('N', 530, 2, R('S'))],
    items: [item('I', 1500, 0, 3, R('S'))],
    expected: ['group confirmed L=1000 M=-30 N=530 I=1500'],
  },
  {
    name: 'tells the members of a group apart by their amounts',
    lines: [line('L', 100, 1, R('S')), line('M', 200, 1, R('S'))],
    items: [item('I', 200, 9, 9, R('S')), item('J', 100, 9, 9, R('S'))],
    expected: ['reference confirmed L=100 J=100', 'reference confirmed M=200 I=200'],
  },
  {
    name: 'takes the smaller group first, and what is left of the larger one',
    lines: [line('L', 100, 1, R('a', 'S')), line('M', 200, 1, R('S')), line('N', 300, 1, R('S'))],
    items: [item('I', 100, 9, 9, R('a', 'S')), item('J', 500, 9, 9, R('S'))],
    expected: ['reference confirmed L=100 I=100', 'group confirmed M=200 N=300 J=500'],
  },
  {
    name: 'leaves two groups that share a line to a person',
    lines: [line('L', 10, 1, R('a', 'b')), line('M', 5, 1, R('b'))],
    items: [item('I', 10, 1, 1, R('a')), item('J', 15, 1, 1, R('b'))],
    expected: ['group ambiguous L M I J: 2'],
  },
  {
    name: 'leaves two of one amount and reference to a person when the dates do not tell',
    lines: [line('L', 10, 1, R('a')), line('M', 10, 1, R('a'))],
    items: [item('I', 10, 0, 3, R('a'))],
    expected: ['reference ambiguous L M I: 2'],
  },
  {
    name: 'lets the dates tell two of one amount and reference apart',
    lines: [line('L', 10, 1, R('a')), line('M', 10, 31, R('a'))],
    items: [item('I', 10, 0, 3, R('a'))],
    expected: ['reference confirmed L=10 I=10', 'unmatched M'],
  },
  {
    name: 'proposes a part of what a reference promises and leaves the rest open',
    lines: [line('L', 60, 1, R('a')), line('M', 30, 2, R('a'))],
    items: [item('I', 100, 0, 3, R('a'))],
    expected: ['reference proposed L=60 M=30 I=90'],
  },
  {
    name: 'proposes a reference that brings more than was expected up to what was expected',
    lines: [line('L', -120, 1, R('a'))],
    items: [item('I', -100, 0, 3, R('a'))],
    expected: ['reference proposed L=-100 I=-100'],
  },
  {
    name: 'knows a fee between two that name each other',
    lines: [line('L', 9720, 30, R('a'))],
    items: [item('I', 10_000, 0, 3, R('a'))],
    expected: ['reference confirmed L=9720 I=10000 residual -280 fee card'],
  },
  {
    name: 'does not join opposite signs by a reference',
    lines: [line('L', -50, 1, R('a'))],
    items: [item('I', 100, 0, 3, R('a'))],
    expected: ['unmatched I', 'unmatched L'],
  },
  {
    name: 'asks a person when more came than a reference promises, and keeps it from weaker steps',
    lines: [line('L', 70, 1, R('a')), line('M', 50, 2, R('a'))],
    items: [item('I', 100, 0, 3, R('a')), item('J', 120, 0, 3)],
    expected: ['reference ambiguous L M I: 2', 'unmatched J'],
  },
  {
    name: 'asks a person when a reference points elsewhere than the amount',
    lines: [line('L', 95, 1, R('a'))],
    items: [item('I', 100, 0, 3, R('a')), item('J', 95, 0, 3)],
    expected: ['exact ambiguous L I J: 2'],
  },
  {
    name: 'joins parts that name different references of one payout',
    lines: [line('L', 60, 1, R('a')), line('M', 40, 2, R('b'))],
    items: [item('I', 100, 0, 3, R('a', 'b'))],
    expected: ['group confirmed L=60 M=40 I=100'],
  },
  {
    name: 'pairs equal amounts within the window, its first and last day included',
    lines: [line('L', 100, 0), line('M', 200, 3), line('N', 300, 4)],
    items: [item('I', 100, 0, 3), item('J', 200, 0, 3), item('K', 300, 0, 3)],
    expected: ['exact confirmed L=100 I=100', 'exact confirmed M=200 J=200', 'unmatched K', 'unmatched N'],
  },
  {
    name: 'orders equal amounts where the windows leave one order only',
    lines: [line('L', 100, 1), line('M', 100, 2), line('N', 100, 3)],
    items: [item('I', 100, 1, 1), item('J', 100, 1, 2), item('K', 100, 2, 3)],
    expected: ['exact confirmed L=100 I=100', 'exact confirmed M=100 J=100', 'exact confirmed N=100 K=100'],
  },
  {
    name: 'never chooses among equal amounts, not even to leave one over',
    lines: [line('L', 100, 1), line('M', 100, 2)],
    items: [item('I', 100, 0, 3)],
    expected: ['exact ambiguous L M I: 2'],
  },
  {
    name: 'confirms the sure pair of a chain whose other end is unsure',
    lines: [line('L', 100, 1), line('M', 100, 5), line('N', 100, 6)],
    items: [item('I', 100, 1, 5), item('J', 100, 5, 6), item('K', 100, 5, 6)],
    expected: ['exact confirmed L=100 I=100', 'exact ambiguous M N J K: 4'],
  },
  {
    name: 'takes a known fee off, either way, when nothing else fits',
    lines: [line('L', 9720, 1), line('M', -10_280, 1)],
    items: [item('I', 10_000, 0, 3), item('J', -10_000, 0, 3)],
    expected: [
      'fee confirmed L=9720 I=10000 residual -280 fee card',
      'fee confirmed M=-10280 J=-10000 residual -280 fee card',
    ],
  },
  {
    name: 'allows a fee half a minor unit of rounding and no more',
    // 2.5 % and 0.30 of 33.30 leave 32.1675, of 33.40 they leave 32.265.
    lines: [line('L', 3217, 1), line('M', 3215, 9), line('N', 3227, 21), line('O', 3226, 31)],
    items: [item('I', 3330, 0, 3), item('J', 3330, 8, 9), item('K', 3340, 20, 22), item('P', 3340, 30, 32)],
    expected: [
      'fee confirmed L=3217 I=3330 residual -113 fee card',
      'fee confirmed N=3227 K=3340 residual -113 fee card',
      'fee confirmed O=3226 P=3340 residual -114 fee card',
      'unmatched J',
      'unmatched M',
    ],
  },
  {
    name: 'does not let a fee take what has an exact partner, even an ambiguous one',
    lines: [line('L', 9720, 1), line('M', 10_000, 1)],
    items: [item('I', 10_000, 0, 3), item('J', 10_000, 0, 3)],
    expected: ['exact ambiguous M I J: 2', 'unmatched L'],
  },
  {
    name: 'finds the only sum and confirms it when two things speak for it',
    lines: [line('L', 1000, 3, { words: ['acme'] })],
    items: [
      item('I', 333, 1, 5, { words: ['acme'] }),
      item('J', 667, 1, 5, { words: ['acme'] }),
      item('K', 100, 1, 5, { words: ['acme'] }),
    ],
    expected: ['subset confirmed L=1000 I=333 J=667', 'unmatched K'],
  },
  {
    name: 'only proposes the only sum when little speaks for it',
    lines: [line('L', 333, 1), line('M', 667, 4), line('N', 100, 2)],
    items: [item('I', 1000, 0, 5)],
    expected: ['subset proposed L=333 M=667 I=1000', 'unmatched N'],
  },
  {
    name: 'counts the sums when there are several',
    lines: [line('L', 10, 1)],
    items: [item('I', 4, 0, 3), item('J', 6, 0, 3), item('K', 6, 0, 3)],
    expected: ['subset ambiguous L I J K: 2'],
  },
  {
    name: 'does not give one part to two sums',
    lines: [line('L', 10, 1), line('M', 11, 2)],
    items: [item('I', 4, 0, 1), item('J', 6, 0, 3), item('K', 5, 2, 3)],
    expected: ['subset ambiguous L M I J K: 2'],
  },
  {
    name: 'proposes what is nearly the same, never confirms it',
    lines: [line('L', 99_996, 1), line('M', 994, 20)],
    items: [item('I', 100_000, 0, 3), item('J', 1000, 19, 21)],
    expected: ['tolerance proposed L=99996 I=100000 residual -4', 'unmatched J', 'unmatched M'],
  },
  {
    name: 'does not let tolerance take what a sum could be',
    lines: [line('L', 100_000, 1), line('M', 60_001, 1)],
    items: [item('I', 40_000, 0, 3), item('J', 60_000, 0, 3), item('K', 60_000, 0, 3)],
    expected: ['subset ambiguous L I J K: 2', 'unmatched M'],
  },
]

describe('matchAll', () => {
  it.each(CASES)('$name', ({ lines, items, expected }) => {
    expect(written(matchAll(lines, items, POLICY))).toEqual(expected)
  })

  it('confirms only steps that the policy lets confirm', () => {
    const policy = { ...POLICY, automatic: new Set<never>() }
    const found = matchAll([line('L', 500, 1)], [item('I', 500, 0, 3)], policy)
    expect(written(found)).toEqual(['exact proposed L=500 I=500'])
  })

  it('does not join what a person has separated', () => {
    const refused = new Set([refusalKey('L', 'I')])
    const found = matchAll([line('L', 500, 1)], [item('I', 500, 0, 3)], { ...POLICY, refused })
    expect(written(found)).toEqual(['unmatched I', 'unmatched L'])
    const named = matchAll([line('L', 500, 1, R('a'))], [item('I', 500, 0, 3, R('a'))], { ...POLICY, refused })
    expect(written(named)).toEqual(['unmatched I', 'unmatched L'])
    const both = [item('I', 500, 0, 3, R('a')), item('J', 500, 0, 3, R('a'))]
    expect(written(matchAll([line('L', 500, 1, R('a'))], both, { ...POLICY, refused }))).toEqual([
      'reference ambiguous L I J: 2',
    ])
  })

  it('refuses to search among more candidates than it can prove, and says so', () => {
    const items = Array.from({ length: 26 }, (_, n) => item(`I${String(n).padStart(2, '0')}`, 1000 + n, 0, 3))
    const found = matchAll([line('L', 2001, 1)], items, POLICY)
    expect(found.matches).toEqual([])
    expect(found.unsearched).toMatchObject([{ side: 'line', id: 'L', candidates: 26 }])
    expect(found.unmatchedLines).toEqual(['L'])
  })

  it('only proposes a sum when larger ones were not tried', () => {
    const items = ['I', 'J', 'K'].map((id, n) => item(id, 100 + n, 1, 3, { words: ['acme'] }))
    const lines = [line('L', 201, 1, { words: ['acme'] })]
    const [sure] = matchAll(lines, items, { ...POLICY, subsetSize: 3 }).matches
    const [unsure] = matchAll(lines, items, { ...POLICY, subsetSize: 2 }).matches
    expect([sure?.status, unsure?.status]).toEqual(['confirmed', 'proposed'])
    expect(unsure?.reason).toContain('The only sum of up to 2 among 3 items in the window: 2 items;')
  })

  it('says "at least" when it stops counting', () => {
    const items = Array.from({ length: 20 }, (_, n) => item(`I${String(n).padStart(2, '0')}`, 100, 0, 3))
    const [doubt] = matchAll([line('L', 1000, 1)], items, POLICY).ambiguities
    expect(doubt).toMatchObject({ step: 'subset', count: 1000, counted: false })
    expect(doubt?.reason).toBe('Several sums fit. At least 1000 alternatives.')
    expect(doubt?.alternatives).toHaveLength(5)
  })

  it('stops on input that cannot be matched, naming it', () => {
    const one = [line('L', 1, 1)]
    expect(() => matchAll([line('L', 0, 1)], [], POLICY)).toThrow('line "L": it has no amount left')
    expect(() => matchAll([...one, ...one], [], POLICY)).toThrow('line "L": it was handed over twice')
    expect(() => matchAll([], [item('I', 1, 3, 1)], POLICY)).toThrow('item "I": it ends on 2026-01-02')
  })
})

function written({ matches, ambiguities, unmatchedItems, unmatchedLines }: Matching): readonly string[] {
  return [
    ...matches.map(({ step, status, legs, residual, feeRule }) =>
      [
        `${step} ${status}`,
        ...legs.map(({ id, amount }) => `${id}=${amount / cents(1)}`),
        ...(residual === 0n ? [] : [`residual ${residual / cents(1)}`]),
        ...(feeRule === null ? [] : [`fee ${feeRule}`]),
      ].join(' '),
    ),
    ...ambiguities.map(
      ({ step, lines, items, count }) => `${step} ambiguous ${[...lines, ...items].join(' ')}: ${count}`,
    ),
    ...[...unmatchedItems, ...unmatchedLines].map((id) => `unmatched ${id}`),
  ]
}
