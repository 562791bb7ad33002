/**
 * What holds of the whole of open lines and items of a book: rules, fees, equal amounts with windows apart, stated fees,
 * shared references and several accounts, before any single case.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classifyAll, matchOpen, standAlone, type OpenMatching } from '../../../src/domain/matching/match-open.ts'
import type { OpenItem, OpenLine } from '../../../src/domain/matching/open-sides.ts'
import type { MatchSettings } from '../../../src/domain/matching/policy.ts'
import { cents } from './matchables.ts'

const ACCOUNTS = ['paypal', 'bank'] as const
const AMOUNTS = [15000, 14700, 5000, 10000, 14998, 29700, 29400, 30000] as const

const SETTINGS: MatchSettings = {
  accounts: ACCOUNTS.map((name) => ({
    name,
    type: name,
    currency: 'USD',
    fees: [{ name: 'standard', basisPoints: 200, flat: 0n }],
    rules: [
      { contains: 'TO A', means: 'payout', of: 'A' },
      { contains: 'TO B', means: 'top-up', of: 'B' },
      { contains: 'MOVED', means: 'transfer', of: 'bank' },
    ],
  })),
  withholding: new Map([['B', 1000]]),
  tolerance: cents(5),
  toleranceBasisPoints: 50,
  subsetCandidates: 25,
}

const day = fc.integer({ min: 1, max: 20 }).map((of) => `2026-03-${String(of).padStart(2, '0')}`)
const account = fc.constantFrom(...ACCOUNTS)
const references = fc.oneof(fc.constant([]), fc.constantFrom(['ref-0'], ['ref-1']))
const words = fc.constantFrom<readonly string[]>([], ['adnet'])

const lines = fc
  .array(
    fc.record({
      account,
      date: day,
      cents: fc.constantFrom(...AMOUNTS),
      isOut: fc.boolean(),
      fee: fc.constantFrom(0, 0, 0, 300),
      isPartly: fc.constantFrom(false, false, true),
      group: fc.constantFrom(null, null, 'g-0'),
      description: fc.constantFrom('TO A', 'TO B', 'OTHER', 'MOVED'),
      references,
      words,
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((all) =>
    all.map(({ cents: size, isOut, fee, ...line }, index): OpenLine => {
      const amount = cents(isOut ? -size : size)
      const gross = line.isPartly ? amount : amount + cents(fee)
      return { ...line, id: String(index + 1), currency: 'USD', amount, gross, type: 'payment', counterparty: '' }
    }),
  )

const items = fc
  .array(
    fc.record({
      kind: fc.constantFrom<OpenItem['kind']>('payout', 'top-up', 'transfer', 'wallet-refund'),
      source: fc.constantFrom('A', 'B'),
      account: fc.constantFrom('', ...ACCOUNTS),
      date: day,
      isLong: fc.boolean(),
      cents: fc.constantFrom(...AMOUNTS),
      references,
      words,
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map(({ cents: size, isLong, ...item }, index): OpenItem => ({
      ...item,
      id: String(index + 1),
      source: item.kind === 'transfer' ? 'bank' : item.source,
      currency: 'USD',
      amount: cents(item.kind === 'top-up' ? -size : size),
      lastDate: isLong ? '2026-03-31' : item.date,
    })),
  )

function decide(all: readonly OpenLine[], expected: readonly OpenItem[]) {
  const refused = new Set<string>()
  const classes = classifyAll(all, SETTINGS, refused)
  const alone = new Set(standAlone(all, classes).flatMap((each) => each.lines))
  const left = all.filter(({ id }) => !alone.has(id))
  return { left, found: matchOpen(left, expected, SETTINGS, { classes, refused }) }
}

function check(holds: (found: OpenMatching, left: readonly OpenLine[], expected: readonly OpenItem[]) => void): void {
  fc.assert(
    fc.property(lines, items, (all, expected) => {
      const { left, found } = decide(all, expected)
      holds(found, left, expected)
    }),
    { numRuns: 1500 },
  )
}

describe('all that is open of a book', () => {
  it('ends every line in one place, and no item in two', () => {
    check((found, left, expected) => {
      const of = (side: string): readonly string[] =>
        found.matches.flatMap(({ legs }) => legs.filter((leg) => leg.side === side).map(({ id }) => id))
      const ended = [...of('line'), ...found.ambiguities.flatMap((each) => each.lines), ...found.unmatchedLines]
      expect(ended.toSorted()).toEqual(left.map(({ id }) => id).toSorted())
      const used = [...of('item'), ...found.ambiguities.flatMap((each) => each.items), ...found.unmatchedItems]
      expect(used.toSorted()).toEqual(expected.map(({ id }) => id).toSorted())
    })
  })

  it('takes no more of a line or an item than there is, and of its sign', () => {
    check((found, left, expected) => {
      const amounts = new Map([
        ...left.map(({ id, amount }) => [`line ${id}`, amount] as const),
        ...expected.map(({ id, amount }) => [`item ${id}`, amount] as const),
      ])
      for (const { side, id, amount } of found.matches.flatMap(({ legs }) => legs)) {
        const whole = amounts.get(`${side} ${id}`) ?? 0n
        expect(whole > 0n ? 0n < amount && amount <= whole : whole <= amount && amount < 0n).toBe(true)
      }
    })
  })

  it('decides the same whatever the order', () => {
    check((found, left, expected) => {
      const again = decide(left.toReversed(), expected.toReversed()).found
      const shown = ({ matches, ambiguities }: OpenMatching): readonly string[] =>
        [
          ...matches.map(({ step, status, legs }) => `${step} ${status} ${legs.map(leg).toSorted().join()}`),
          ...ambiguities.map((each) => `${each.lines.join()} ${each.items.join()} ${each.count}`),
        ].toSorted()
      expect(shown(again)).toEqual(shown(found))
    })
  })
})

function leg({ side, id, amount }: { readonly side: string; readonly id: string; readonly amount: bigint }): string {
  return `${side} ${id} ${amount}`
}

it('takes of a line no more than moved the account, where a reference speaks for a part of its gross', () => {
  const line: OpenLine = {
    id: '1',
    account: 'paypal',
    currency: 'USD',
    date: '2026-03-05',
    amount: cents(14998),
    gross: cents(15298),
    isPartly: false,
    group: null,
    references: ['ref-0'],
    words: [],
    type: 'payment',
    counterparty: '',
    description: 'TO A',
  }
  const item: OpenItem = {
    id: '7',
    kind: 'payout',
    source: 'A',
    account: '',
    currency: 'USD',
    amount: cents(15000),
    date: '2026-03-04',
    lastDate: '2026-03-09',
    references: ['ref-0'],
    words: [],
  }
  expect(decide([line], [item]).found.matches.map(({ legs }) => legs.map(leg))).toEqual([
    [`line 1 ${cents(14998)}`, `item 7 ${cents(14998)}`],
  ])
})

it.each([
  ['of one payer on each of two accounts', new Map([['A', 1000]]), 'paypal/withholding of A', 13500],
  [
    'of two payers who withhold alike',
    new Map([
      ['A', 1000],
      ['B', 1000],
    ]),
    'paypal/withholding of A',
    13500,
  ],
  ['of an account, for who withholds and who does not', new Map([['B', 1000]]), 'paypal/standard', 14700],
])('takes no rule for another one %s', (_what, withholding, feeRule, net) => {
  const settings = { ...SETTINGS, withholding }
  const open = { currency: 'USD', references: [], words: ['adnet'] }
  const line: OpenLine = {
    ...open,
    id: '1',
    account: 'paypal',
    date: '2026-03-05',
    amount: cents(net),
    gross: cents(net),
    isPartly: false,
    group: null,
    references: ['ref-0'],
    type: 'payment',
    counterparty: '',
    description: 'OTHER',
  }
  const elsewhere: OpenLine = {
    ...line,
    id: '2',
    account: 'bank',
    amount: cents(-77_777),
    gross: cents(-77_777),
    references: [],
  }
  const item = (id: string, source: string, amount: number): OpenItem => {
    const dates = { date: '2026-03-04', lastDate: '2026-03-09' }
    return { ...open, ...dates, id, kind: 'payout', source, account: 'paypal', amount: cents(amount) }
  }
  const items: readonly OpenItem[] = [
    { ...item('7', 'A', 15000), references: ['ref-0'] },
    item('8', 'B', 99_999),
    // One that any account may see puts all accounts on one board.
    { ...item('9', 'A', -66_666), kind: 'top-up', account: '' },
  ]
  const all = [line, elsewhere]
  const { matches } = matchOpen(all, items, settings, {
    classes: classifyAll(all, settings, new Set()),
    refused: new Set(),
  })
  expect(matches).toMatchObject([{ step: 'reference', status: 'confirmed', feeRule }])
})
