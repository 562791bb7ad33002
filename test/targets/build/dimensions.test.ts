import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildEntries, type DeliverableJournal } from '../../../src/targets/build/build-entries.ts'
import { tagLine, type DimensionShare } from '../../../src/targets/build/dimensions.ts'
import type { DimensionRule } from '../../../src/domain/journals/target-mapping.ts'
import type { TargetEntry } from '../../../src/targets/entry.ts'
import { cents, company, context, journal, mapping, place } from './support.ts'

const classRule: DimensionRule = {
  name: 'class',
  from: 'service',
  values: new Map([
    ['Followers', 'Growth'],
    ['Likes', 'Growth'],
    ['Views', 'Reach'],
  ]),
  fallback: null,
  accounts: null,
}
const departmentRule: DimensionRule = {
  name: 'department',
  from: 'client',
  values: new Map([['acme', 'Acme Ltd']]),
  fallback: 'House',
  accounts: null,
}
const dimensions = [
  {
    name: 'class',
    values: [
      { id: '501', name: 'Growth', isActive: true },
      { id: '502', name: 'Reach', isActive: true },
      { id: '503', name: 'Old', isActive: false },
    ],
  },
  {
    name: 'department',
    values: [
      { id: '1', name: 'Acme Ltd', isActive: true },
      { id: '2', name: 'House', isActive: true },
    ],
  },
]

function built(
  of: DeliverableJournal,
  rules: readonly DimensionRule[],
  sums: ReadonlyMap<string, readonly DimensionShare[]>,
) {
  return buildEntries(
    of,
    context({ company: company({ dimensions }), mapping: mapping({ dimensions: rules }), dimensionSums: sums }),
  )
}

function linesOf(...args: Parameters<typeof built>): TargetEntry['lines'] {
  const result = built(...args)
  if (!result.ok) throw new Error(result.reason)
  return result.entries.flatMap(({ lines }) => lines)
}

const share = (service: string | null, client: string | null, exact: bigint): DimensionShare => ({
  service,
  client,
  exact,
})

describe('a line divided by category and client', () => {
  const sums = new Map([
    [
      '5100:netpanel',
      [
        share('Followers', 'acme', cents(500) + 400_000n),
        share('Likes', 'acme', cents(100) + 300_000n),
        share('Views', null, cents(699) + 300_000n),
      ],
    ],
    ['5190:netpanel', [share('Views', null, cents(-66))]],
  ])

  it('has a line for each set of tags, by the ids of the company, and sums to the cent', () => {
    const lines = linesOf(journal(), [classRule, departmentRule], sums)
    expect(
      lines.map(({ account, amount, dimensions: tags }) => [account, amount, tags.map(({ value }) => value)]),
    ).toEqual([
      ['35', cents(-1234), []],
      ['60', cents(601), ['501', '1']],
      ['60', cents(699), ['502', '2']],
      ['61', cents(-66), ['502', '2']],
    ])
  })

  it('is turned round in a reversal', () => {
    const reversed = journal({
      reverses: 'ACME-20261105-0',
      lines: journal().lines.map(({ account, exact, rounded }) => ({ account, exact: -exact, rounded: -rounded })),
    })
    const amounts = linesOf(reversed, [classRule], sums).map(({ amount }) => amount)
    expect(amounts).toEqual([cents(1234), cents(-601), cents(-699), cents(66)])
  })

  it('moves between tags even when the account as a whole does not', () => {
    const lines = [{ account: '5100:netpanel', exact: 0n, rounded: 0n }]
    const moved = new Map([['5100:netpanel', [share('Followers', null, cents(5)), share('Views', null, cents(-5))]]])
    expect(linesOf(journal({ lines }), [classRule], moved).map(({ amount }) => amount)).toEqual([cents(5), cents(-5)])
  })

  it('never has sums that are not its own', () => {
    const wrong = new Map([['5100:netpanel', [share('Views', null, cents(1))]]])
    expect(() => built(journal(), [classRule], wrong)).toThrow('The orders of 5100:netpanel sum to 1000000 units')
  })

  it.each<[string, Partial<DimensionRule>, string]>([
    [
      'is inactive',
      { values: new Map([['Views', 'Old']]) },
      'The class "Old" is inactive in Acme Books; it has "Growth", "Reach".',
    ],
    [
      'does not exist',
      { values: new Map([['Views', 'New']]) },
      'The class "New" does not exist in Acme Books; it has "Growth", "Reach".',
    ],
    [
      'is of a dimension the company lacks',
      { name: 'Region' },
      'Acme Books has no dimension "Region"; it has "class", "department".',
    ],
  ])('is held when a tag %s', (_, more, sentence) => {
    const result = built(journal(), [{ ...classRule, ...more }], sums)
    expect(result).toMatchObject({ ok: false, code: 'UNMAPPED' })
    expect(!result.ok && result.reason).toContain(sentence)
  })
})

describe('a tag', () => {
  const line = { account: '5100:netpanel', exact: cents(10), rounded: cents(10) }
  const tagsOf = (rules: readonly DimensionRule[], tags: ReadonlyMap<string, string> = new Map()) =>
    tagLine({ line, currency: 'USD', place: place('x', { tags }), rules, shares: [] })[0]?.dimensions

  it('comes from the source by the wallet of the account', () => {
    const rule: DimensionRule = { ...classRule, from: 'source', values: new Map([['netpanel', 'Panels']]) }
    expect(tagsOf([rule])).toEqual([{ name: 'class', value: 'Panels' }])
  })

  it("of the account itself goes before a rule's", () => {
    const rule: DimensionRule = { ...classRule, from: 'source', values: new Map([['netpanel', 'Panels']]) }
    expect(tagsOf([rule], new Map([['class', 'Own']]))).toEqual([{ name: 'class', value: 'Own' }])
  })

  it('falls back where nothing is known, or is left out', () => {
    expect(tagsOf([classRule])).toEqual([])
    expect(tagsOf([departmentRule])).toEqual([{ name: 'department', value: 'House' }])
  })
})

describe('dividing lines', () => {
  const names = fc.constantFrom('Followers', 'Likes', 'Views', 'Other', null)
  const shares = fc.array(
    fc.record({
      service: names,
      client: fc.constantFrom('acme', 'none', null),
      exact: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
    }),
    { minLength: 1, maxLength: 30 },
  )

  it('never changes the total of the account, carried cents included', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: -1, max: 1 }), (of, carried) => {
        const exact = of.reduce((sum, each) => sum + each.exact, 0n)
        const rounded = (exact / cents(1)) * cents(1) + cents(carried)
        const parts = tagLine({
          line: { account: '5100:netpanel', exact, rounded },
          currency: 'USD',
          place: place('x'),
          rules: [classRule, departmentRule],
          shares: of,
        })
        expect(parts.reduce((sum, { amount }) => sum + amount, 0n)).toBe(rounded)
        expect(parts.every(({ amount }) => amount !== 0n && amount % cents(1) === 0n)).toBe(true)
        expect(new Set(parts.map((part) => JSON.stringify(part.dimensions))).size).toBe(parts.length)
      }),
    )
  })
})
