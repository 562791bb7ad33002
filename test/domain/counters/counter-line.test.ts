/** Lines as payouts of falls: what was paid before a fee, and which line is whose, against trying everything. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assignLines,
  grossesOf,
  linesOfFalls,
  networkNamedIn,
  type LineOfFall,
  type TiedLine,
} from '../../../src/domain/counters/counter-line.ts'

const CENT = 1_000_000n
const cents = (amount: number): bigint => BigInt(amount) * CENT

describe('what was paid before a fee', () => {
  it.each([
    ['no fee is known', 15_680, [], [15_680]],
    ['2 %', 15_680, [{ share: 2_000_000n, flat: 0n }], [16_000]],
    ['a wire fee', 13_500, [{ share: 0n, flat: cents(1500) }], [15_000]],
    ['2 % whose rounding lets two amounts arrive as one', 24, [{ share: 2_000_000n, flat: 0n }], [24, 25]],
    [
      'one of two fees',
      9700,
      [
        { share: 3_000_000n, flat: 0n },
        { share: 0n, flat: cents(300) },
      ],
      [10_000],
    ],
    ['a fee of everything', 9700, [{ share: 100_000_000n, flat: 0n }], []],
  ] as const)('with %s', (_, net, rules, grosses) => {
    expect(grossesOf(cents(net), rules, CENT)).toEqual(grosses.map(cents))
  })

  it('is every amount in cents that rounds to what arrived, and no other', () => {
    const share = fc.integer({ min: 0, max: 9000 })
    const flat = fc.integer({ min: 0, max: 500 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), share, flat, (net, basisPoints, fixed) => {
        fc.pre(basisPoints > 0 || fixed > 0)
        const most = Math.ceil(((net + fixed + 1) * 10_000) / (10_000 - basisPoints)) + 1
        const expected: bigint[] = []
        for (let gross = 1; gross <= most; gross += 1) {
          const off = Math.abs(gross * 10_000 - gross * basisPoints - (fixed + net) * 10_000)
          if (off <= 5000) expected.push(cents(gross))
        }
        expect(grossesOf(cents(net), [{ share: BigInt(basisPoints) * 10_000n, flat: cents(fixed) }], CENT)).toEqual(
          expected,
        )
      }),
    )
  })
})

describe('which line is the payout of which fall', () => {
  const days = { dueDays: 3, payoutDays: 2, topUpDays: 0 }
  const line = (id: number, date: string, ...grosses: readonly number[]): TiedLine => {
    return { id: BigInt(id), account: 'bank', date, amount: cents(1), grosses: grosses.map(cents) }
  }
  const fall = { name: '5.1', day: '2026-03-12', days: 2, fall: cents(14_800) }
  const told = (lines: readonly TiedLine[], usual = 1200) =>
    (linesOfFalls([fall], lines, cents(usual), days).get('5.1') ?? []).map(
      ({ line: { id }, earned, isUsual, takenOn }) => `${id} ${earned / CENT} ${isUsual} ${takenOn}`,
    )

  it.each([
    ['before its days', '2026-03-09', []],
    ['on the day before', '2026-03-10', ['1 1200 true 2026-03-11']],
    ['within its days', '2026-03-11', ['1 1200 true 2026-03-11']],
    ['after them', '2026-03-17', ['1 1200 true 2026-03-12']],
    ['later than a network takes', '2026-03-18', []],
  ] as const)('a line %s', (_, date, expected) => {
    expect(told([line(1, date, 16_000)])).toEqual(expected)
  })

  it('prefers what leaves a usual day, and shows the others only where none does', () => {
    const [usual, large, small] = [
      line(1, '2026-03-12', 19_600),
      line(2, '2026-03-12', 19_601),
      line(3, '2026-03-12', 14_799),
    ]
    expect(told([usual, large, small])).toEqual(['1 4800 true 2026-03-12'])
    expect(told([large, small])).toEqual(['2 4801 false 2026-03-12'])
    expect(told([usual], 0)).toEqual(['1 4800 false 2026-03-12'])
  })

  it('is told exactly where one way gives each fall its own line and leaves none over', () => {
    const edge = fc.record({ fall: fc.nat(3), line: fc.nat(3) })
    fc.assert(
      fc.property(fc.uniqueArray(edge, { selector: (each) => `${each.fall} ${each.line}` }), (edges) => {
        const found = new Map<string, LineOfFall[]>()
        for (let index = 0; index < 4; index += 1) {
          const mine = edges.filter((each) => each.fall === index)
          found.set(
            String(index),
            mine.map((each) => ({ ...NOTHING, line: line(each.line, '2026-03-12', 1) })),
          )
        }
        const assigned = [...assignLines(found)].map(([name, each]) => `${name} ${each.line.id}`).toSorted()
        expect(assigned).toEqual(byTrying(edges))
      }),
    )
  })
})

const NOTHING = { gross: 1n, earned: 0n, isUsual: true, takenOn: '2026-03-12' }

interface Edge {
  readonly fall: number
  readonly line: number
}

/** Every set of edges is tried within what hangs together. */
function byTrying(edges: readonly Edge[]): readonly string[] {
  const parts: Edge[][] = []
  for (const edge of edges) {
    const near = parts.filter((part) => part.some((each) => each.fall === edge.fall || each.line === edge.line))
    for (const part of near) parts.splice(parts.indexOf(part), 1)
    parts.push([...near.flat(), edge])
  }
  const told = parts.flatMap((part) => {
    const [falls, lines] = [new Set(part.map((each) => each.fall)), new Set(part.map((each) => each.line))]
    const whole = subsets(part).filter(
      (some) =>
        some.length === falls.size &&
        some.length === lines.size &&
        new Set(some.map((each) => each.fall)).size === falls.size &&
        new Set(some.map((each) => each.line)).size === lines.size,
    )
    return whole.length === 1 ? (whole[0] ?? []) : []
  })
  return told.map((each) => `${each.fall} ${each.line}`).toSorted()
}

function subsets(edges: readonly Edge[]): readonly (readonly Edge[])[] {
  const [first, ...rest] = edges
  if (first === undefined) return [[]]
  const without = subsets(rest)
  return [...without, ...without.filter((some) => some.length < 4).map((some) => [first, ...some])]
}

describe('the network that a reference names', () => {
  it.each([
    [['ADNET-0326'], 'adnet'],
    [['adnet eu 0326'], 'adnet-eu'],
    [['adnet', 'other 1'], null],
    [['adnetwork'], null],
    [[], null],
  ] as const)('%j', (references, expected) => {
    expect(networkNamedIn(references, ['adnet', 'adnet-eu', 'other'])).toBe(expected)
  })
})
