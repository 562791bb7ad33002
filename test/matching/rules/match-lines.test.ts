/** The rules of matching, as sentences: what each takes, in which order, and what is left to a person. */
import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { unitsOf } from '../../../src/domain/money/money.ts'
import type { OpenItem, OpenLine } from '../../../src/domain/matching/open-sides.ts'
import type { MatchSettings, PolicyAccount } from '../../../src/domain/matching/policy.ts'
import { wordsOf } from '../../../src/domain/matching/descriptor.ts'
import { refusalKey } from '../../../src/domain/matching/match.ts'
import { classifyAll, matchLines, standAlone } from '../../../src/matching/rules/match-lines.ts'

const BANK: PolicyAccount = {
  name: 'bank',
  type: 'bank',
  currency: 'USD',
  fees: [{ name: 'card', basisPoints: 200, flat: 0n }],
  rules: [
    { contains: 'PAYELANCER', means: 'payout', of: 'pub' },
    { contains: 'NETPANEL', means: 'top-up', of: 'netpanel' },
    { contains: 'ADOBE', means: '6300', of: null },
    { contains: 'MONTHLY FEE', means: 'bank-charge', of: null },
  ],
}

function line(id: number, date: string, amount: string, text: string, more: Partial<OpenLine> = {}): OpenLine {
  const units = unitsOf(amount)
  return {
    id: String(id),
    account: 'bank',
    currency: 'USD',
    date,
    amount: units,
    gross: units,
    isPartly: false,
    group: null,
    references: [],
    words: wordsOf(text),
    type: 'payment',
    counterparty: '',
    description: text,
    ...more,
  }
}

function item(
  id: number,
  kind: OpenItem['kind'],
  amount: string,
  from: string,
  to: string,
  more: Partial<OpenItem> = {},
): OpenItem {
  const source = kind === 'payout' ? 'pub' : 'netpanel'
  const about = { source, account: '', currency: 'USD', references: [], words: [] }
  return { id: String(id), kind, amount: unitsOf(amount), date: from, lastDate: to, ...about, ...more }
}

interface Given {
  readonly refused?: ReadonlySet<string>
  readonly account?: Partial<PolicyAccount>
}

/** "1+2 ~ 7 reference", "3 ? 8 exact" for a proposal; then what is left of the lines. */
function matched(
  lines: readonly OpenLine[],
  items: readonly OpenItem[],
  { refused = new Set(), account = {} }: Given = {},
) {
  const settings: MatchSettings = { accounts: [{ ...BANK, ...account }], withholding: new Map() }
  const classes = classifyAll(lines, settings, refused)
  const alone = new Set(standAlone(lines, classes).flatMap((each) => each.lines))
  const open = lines.filter(({ id }) => !alone.has(id))
  const { matches, unmatchedLines } = matchLines(open, items, settings, { classes, refused })
  const ids = (legs: (typeof matches)[number]['legs'], side: string) =>
    legs.flatMap((leg) => (leg.side === side ? [leg.id] : [])).join('+')
  return [
    ...matches.map(
      ({ legs, step, status }) =>
        `${ids(legs, 'line')} ${status === 'confirmed' ? '~' : '?'} ${ids(legs, 'item')} ${step}`,
    ),
    ...unmatchedLines.map((id) => `${id} left`),
  ]
}

const MARCH = ['2027-03-01', '2027-03-10'] as const

describe('M1', () => {
  it('lets a rule of the account say what a line is, each account of the ledger among it', () => {
    const lines = [line(1, '2027-03-02', '-59.99', 'ADOBE *CREATIVE'), line(2, '2027-03-02', '-4.00', 'MONTHLY FEE')]
    const settings: MatchSettings = { accounts: [BANK], withholding: new Map() }
    const alone = standAlone(lines, classifyAll(lines, settings, new Set()))
    expect(alone.map(({ means }) => ('meaning' in means ? means.meaning : means.kind))).toEqual([
      'account:6300',
      'bank-charge',
    ])
  })

  it('keeps a line from items of anybody else', () => {
    const lines = [line(1, '2027-03-02', '90.00', 'PAYELANCER')]
    expect(matched(lines, [item(7, 'payout', '90.00', ...MARCH, { source: 'other' })])).toEqual(['1 left'])
  })
})

describe('M2', () => {
  it.each([
    ['INV8999', 'INV 8999'],
    ['INV-8999', 'ref inv8999.'],
    ['PP 2027 0312', 'PAYMENT PP20270312 THANKS'],
    ['8999', 'NO 8999'],
  ])('meets %s in the books with "%s" on the line', (reference, text) => {
    const items = [item(7, 'top-up', '-50.00', ...MARCH, { references: [reference] })]
    expect(matched([line(1, '2027-06-02', '-50.00', text)], items)).toEqual(['1 ~ 7 reference'])
  })

  it.each([
    ['another number', 'INV 89990', '-50.00'],
    ['too short', 'A 12', '-50.00'],
    ['another amount', 'INV 8999', '-51.00'],
  ])('does not where it is %s', (_, text, amount) => {
    const items = [item(7, 'top-up', '-50.00', ...MARCH, { references: ['INV8999', 'A12'] })]
    expect(matched([line(1, '2027-06-02', amount, text)], items)).toEqual(['1 left'])
  })

  it('takes all that names one reference together where both sides come to the same sum', () => {
    const named = { references: ['SETTLE-77'] }
    const items = [item(7, 'payout', '60.00', ...MARCH, named), item(8, 'payout', '40.00', ...MARCH, named)]
    expect(matched([line(1, '2027-03-02', '100.00', 'x', named)], items)).toEqual(['1 ~ 7+8 group'])
  })
})

describe('M3', () => {
  it('pairs five equal top-ups that a rule ties to one panel, oldest first', () => {
    const days = [1, 2, 3, 4, 5]
    const lines = days.map((day) => line(day, `2027-03-0${day}`, '-50.00', 'NETPANEL'))
    const items = days.map((day) => item(10 + day, 'top-up', '-50.00', `2027-02-2${day}`, `2027-03-0${day + 2}`))
    expect(matched(lines.toReversed(), items.toReversed())).toEqual(days.map((day) => `${day} ~ ${10 + day} exact`))
  })

  it('leaves a top-up that only a line spoke of to that line', () => {
    const lines = [line(1, '2027-03-02', '-50.00', 'NETPANEL'), line(2, '2027-03-03', '-50.00', 'NETPANEL')]
    const ofLine = item(7, 'top-up', '-50.00', ...MARCH, { references: ['line-2'] })
    expect(matched(lines, [ofLine])).toEqual(['2 ~ 7 exact', '1 left'])
    expect(matched(lines, [{ ...ofLine, references: ['line-2', 'INV-1'] }])).toEqual(['1 ~ 7 exact', '2 left'])
  })

  it('is content with a word of the counterparty, or with the account the item names', () => {
    const words = item(7, 'payout', '90.00', ...MARCH, { words: ['payelancer'] })
    expect(
      matched([line(1, '2027-03-02', '90.00', 'from payelancer ltd')], [words], { account: { rules: [] } }),
    ).toEqual(['1 ~ 7 exact'])
    const named = item(8, 'payout', '90.00', ...MARCH, { account: 'bank' })
    expect(matched([line(1, '2027-03-02', '90.00', 'deposit')], [named])).toEqual(['1 ~ 8 exact'])
  })

  it('keeps to the days of the item, and to what a person has separated', () => {
    const items = [item(7, 'payout', '90.00', ...MARCH)]
    expect(matched([line(1, '2027-03-11', '90.00', 'PAYELANCER')], items)).toEqual(['1 left'])
    expect(
      matched([line(1, '2027-03-02', '90.00', 'PAYELANCER')], items, { refused: new Set([refusalKey('1', '7')]) }),
    ).toEqual(['1 left'])
  })
})

describe('M4', () => {
  it('takes the stated fee off what comes in, and puts it on what goes out', () => {
    expect(matched([line(1, '2027-03-02', '88.20', 'PAYELANCER')], [item(7, 'payout', '90.00', ...MARCH)])).toEqual([
      '1 ~ 7 fee',
    ])
    expect(matched([line(1, '2027-03-02', '-51.00', 'NETPANEL')], [item(7, 'top-up', '-50.00', ...MARCH)])).toEqual([
      '1 ~ 7 fee',
    ])
  })

  it('does not choose between two fees that both fit', () => {
    const fees = [...BANK.fees, { name: 'wire', basisPoints: 0, flat: unitsOf('1.80') }]
    const found = matched([line(1, '2027-03-02', '88.20', 'PAYELANCER')], [item(7, 'payout', '90.00', ...MARCH)], {
      account: { fees },
    })
    // What is known is that the network paid less than was due (P2).
    expect(found).toEqual(['1 ~ 7 part'])
  })

  it('needs no rule for a line that states its own fee', () => {
    const gross = { gross: unitsOf('90.00') }
    expect(
      matched([line(1, '2027-03-02', '87.30', 'PAYELANCER', gross)], [item(7, 'payout', '90.00', ...MARCH)]),
    ).toEqual(['1 ~ 7 exact'])
  })
})

describe('P2', () => {
  it('settles as much of what was due as a short line brings, and no more', () => {
    const items = [item(7, 'payout', '90.00', ...MARCH)]
    expect(matched([line(1, '2027-03-02', '88.00', 'PAYELANCER')], items)).toEqual(['1 ~ 7 part'])
    expect(matched([line(1, '2027-03-02', '92.00', 'PAYELANCER')], items)).toEqual(['1 left'])
    // Nobody says whose it is.
    expect(matched([line(1, '2027-03-02', '88.00', 'deposit')], items)).toEqual(['1 left'])
  })
})

describe('M5', () => {
  it('proposes the same amount without a counterparty, and the only sum of up to three items', () => {
    const items = [
      item(7, 'payout', '90.00', ...MARCH),
      item(8, 'payout', '30.00', ...MARCH),
      item(9, 'payout', '20.00', ...MARCH),
    ]
    expect(matched([line(1, '2027-03-02', '90.00', 'deposit')], items)).toEqual(['1 ? 7 exact'])
    expect(matched([line(1, '2027-03-02', '140.00', 'deposit')], items)).toEqual(['1 ? 7+8+9 subset'])
    const twice = [...items, item(10, 'payout', '120.00', ...MARCH)]
    expect(matched([line(1, '2027-03-02', '140.00', 'deposit')], twice)).toEqual(['1 left'])
  })
})

describe('whatever comes', () => {
  const days = fc.integer({ min: 1, max: 9 })
  const amounts = fc.constantFrom('10.00', '20.00', '30.00', '9.80')
  const texts = fc.constantFrom('PAYELANCER', 'deposit', 'REF AB1234', 'REF AB9999')
  const lines = fc.array(fc.record({ day: days, amount: amounts, text: texts }), { maxLength: 8 })
  const items = fc.array(
    fc.record({ day: days, amount: amounts, reference: fc.constantFrom('', 'AB1234', 'AB9999') }),
    { maxLength: 8 },
  )

  it('takes each line and item once, never more of an item than there is, and the same from any order', () => {
    fc.assert(
      fc.property(lines, items, (someLines, someItems) => {
        const allLines = someLines.map(({ day, amount, text }, at) => line(at + 1, `2027-03-0${day}`, amount, text))
        const allItems = someItems.map(({ day, amount, reference }, at) =>
          item(at + 1, 'payout', amount, `2027-03-0${day}`, '2027-03-09', {
            references: reference === '' ? [] : [reference],
          }),
        )
        const settings: MatchSettings = { accounts: [BANK], withholding: new Map() }
        const run = (some: readonly OpenLine[], others: readonly OpenItem[]) =>
          matchLines(some, others, settings, { classes: classifyAll(some, settings, new Set()), refused: new Set() })
        const found = run(allLines, allItems)
        const legs = found.matches.flatMap((match) => match.legs)
        const keys = legs.map(({ side, id }) => `${side} ${id}`)
        expect(new Set(keys).size).toBe(keys.length)
        for (const { side, id, amount } of legs)
          if (side === 'item') expect(amount).toBeLessThanOrEqual(allItems[Number(id) - 1]?.amount ?? 0n)
        expect(keys.length + found.unmatchedLines.length + found.unmatchedItems.length).toBe(
          allLines.length + allItems.length,
        )
        expect(run(allLines.toReversed(), allItems.toReversed())).toEqual(found)
      }),
      { numRuns: 300 },
    )
  })
})
