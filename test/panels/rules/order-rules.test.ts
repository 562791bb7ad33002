/** O1, O2 and O4 on the cases of the rule-book and of the reference: what panels show, and what an order costs and claims. */
import { describe, expect, it } from 'vitest'
import { formatMoney, unitsOf } from '../../../src/domain/money/money.ts'
import { costOf, NO_CHARGES, showCharge, type ShownCharge } from '../../../src/panels/rules/o1-charge.ts'
import { claimOf, type ClaimFacts } from '../../../src/panels/rules/o2-claim.ts'
import { limitClaims } from '../../../src/panels/rules/o7-held-claims.ts'
import { isToBeAsked } from '../../../src/panels/rules/w3-rest.ts'
import { overdueForLong, overdueOf } from '../../../src/panels/rules/w5-overdue.ts'
import { workOutWallet, type LateClaim } from '../../../src/panels/rules/wallet-nights.ts'

const shown = (text: string): ShownCharge => ({ charge: unitsOf(text), decimals: (text.split('.')[1] ?? '').length })

function afterOpen(...charges: readonly string[]) {
  return charges.reduce((history, text) => showCharge(history, shown(text), false), NO_CHARGES)
}

describe('O1: an order costs the highest charge it showed', () => {
  it.each([
    ['one answer', ['1.00'], null, '1.00'],
    ['a higher charge shown once', ['1.00', '9.00'], null, '1.00'],
    ['a higher charge repeated', ['1.00', '1.20', '1.20'], null, '1.20'],
    ['two higher charges: the lower of them', ['1.00', '1.40', '1.20'], null, '1.20'],
    ['a lower charge is no lower cost', ['1.00', '0.40', '0.40'], null, '1.00'],
    ['a higher listed price', ['0.60'], '1.00', '1.00'],
    ['a listed price that is the same, rounded', ['0.27819'], '0.28', '0.27819'],
    ['a listed price alone', [], '0.28', '0.28'],
  ])('%s', (_, charges, listed, cost) => {
    expect(costOf(afterOpen(...charges), listed === null ? null : shown(listed))).toBe(unitsOf(cost))
  })

  it('is unknown, never zero, while nothing shows a charge', () => {
    expect(costOf(NO_CHARGES, null)).toBeNull()
  })

  it('counts a fall while the order is open when a second answer repeats it, and at once when it has ended', () => {
    expect(afterOpen('1.00', '0.40').confirmed).toBe(unitsOf('1.00'))
    expect(afterOpen('1.00', '0.40', '0.40').confirmed).toBe(unitsOf('0.40'))
    expect(showCharge(afterOpen('1.00'), shown('0.40'), true).confirmed).toBe(unitsOf('0.40'))
  })
})

const FACTS: ClaimFacts = {
  status: 'partial',
  cost: unitsOf('4.50'),
  charge: unitsOf('4.50'),
  remains: 1000n,
  listedRemains: null,
  quantity: 5000n,
  isPackage: false,
  firstSeenFinished: false,
  lowered: new Set(),
}

describe('O2: a refund is what the latest answer says', () => {
  it.each<readonly [string, Partial<ClaimFacts>, string]>([
    ['partial at the full charge: pro rata', {}, '0.90'],
    ['the same, its charge lowered a week later', { charge: unitsOf('3.60') }, '0.90'],
    ['still open', { status: 'in-progress' }, '0'],
    ['a status nobody knows is open', { status: 'unknown' }, '0'],
    ['canceled, remains as ordered', { status: 'canceled', remains: 5000n }, '4.50'],
    ['canceled, remains 0 as real panels show', { status: 'canceled', remains: 0n }, '4.50'],
    [
      'canceled, remains unknown, the list says 1,000',
      { status: 'canceled', remains: null, listedRemains: 1000n },
      '0.90',
    ],
    ['canceled in part', { status: 'canceled' }, '0.90'],
    ['canceled, quantity unknown', { status: 'canceled', quantity: null }, '4.50'],
    ['failed, remains above the quantity', { status: 'failed', remains: 6000n }, '4.50'],
    ['partial, remains above the quantity', { remains: 6000n }, '0'],
    ['partial, remains 0', { remains: 0n }, '0'],
    ['partial, remains below zero', { remains: -56n }, '0'],
    ['completed with remains', { status: 'completed' }, '0'],
    ['a completed package with remains', { status: 'completed', isPackage: true }, '0.90'],
    ['free', { cost: 0n, charge: 0n }, '0'],
    ['a hidden charge, its price from the list', { charge: null }, '0.90'],
    ['open again at the full charge after a refund', { status: 'in-progress', charge: unitsOf('4.50') }, '0'],
  ])('%s', (_, facts, claim) => {
    expect(claimOf({ ...FACTS, ...facts }).amount).toBe(unitsOf(claim))
  })

  it('asks for the quantity of a partial order', () => {
    expect(claimOf({ ...FACTS, quantity: null })).toEqual({ amount: 0n, needsQuantity: true })
    expect(claimOf({ ...FACTS, quantity: null, status: 'canceled' }).needsQuantity).toBe(false)
  })
})

describe('O4: an order first seen finished', () => {
  const late = { ...FACTS, firstSeenFinished: true }

  it('claims at a panel that never lowered a charge that way', () => {
    expect(claimOf({ ...late, lowered: new Set(['canceled'] as const) }).amount).toBe(unitsOf('0.90'))
  })

  it('claims nothing at a panel that did', () => {
    expect(claimOf({ ...late, lowered: new Set(['partial'] as const) }).amount).toBe(0n)
  })

  it('claims what is canceled whole with a charge left: nothing of it was lowered', () => {
    const whole = { ...late, status: 'canceled', remains: 5000n, lowered: new Set(['canceled'] as const) } as const
    expect(claimOf(whole).amount).toBe(unitsOf('4.50'))
    expect(claimOf({ ...whole, remains: 1000n }).amount).toBe(0n)
  })
})

describe('O7: too much claimed at once', () => {
  const [small, large] = [unitsOf('99'), unitsOf('5000')]

  it('waits above 100.00 where the wallet never gained a third of it', () => {
    expect([...limitClaims([small, large], [0n, 0n], new Set()).held]).toEqual([1])
  })

  it('is released by a later gain, or by a person', () => {
    expect(limitClaims([large, 0n], [0n, unitsOf('1700')], new Set()).held.size).toBe(0)
    expect(limitClaims([large, 0n], [0n, 0n], new Set([0])).held.size).toBe(0)
    expect([...limitClaims([large, 0n], [0n, unitsOf('1666')], new Set()).held]).toEqual([0])
  })

  it('is over when a later night takes it back, but for what stays', () => {
    const [garbled, kept] = [unitsOf('5000'), unitsOf('10')]
    expect(limitClaims([garbled, kept - garbled], [0n, 0n], new Set())).toEqual({ claims: [kept, 0n], held: new Set() })
  })

  it('is not released by a gain more than thirty nights away', () => {
    const nights = Array.from({ length: 40 }, () => 0n)
    expect([...limitClaims(nights.with(0, large), nights.with(31, large), new Set()).held]).toEqual([0])
    expect(limitClaims(nights.with(0, large), nights.with(30, large), new Set()).held.size).toBe(0)
  })
})

describe('W5: what is owed for longer than a credit takes', () => {
  it.each<readonly [string, bigint, readonly bigint[], bigint, bigint]>([
    ['all of it, at a panel that credits the same night', 3n, [], 0n, 3n],
    ['nothing of the last two nights', 7n, [3n, 4n], 0n, 0n],
    ['what is older', 10n, [3n, 4n], 0n, 3n],
    ['a debit by hand stays overdue though newer credits pay older claims', 23n, [20n, 20n], 3n, 3n],
    ['no more than is owed', 1n, [20n, 20n], 3n, 1n],
    ['owed back by us', -5n, [0n, 0n], 0n, -5n],
    ['nothing owed', 0n, [5n], 4n, 0n],
  ])('%s', (_, owed, recent, before, overdue) => {
    expect(overdueOf(owed, recent, before)).toBe(overdue)
  })

  const DAY = 86_400_000
  it.each<readonly [string, readonly (readonly [day: number, overdue: bigint])[], bigint]>([
    ['not the night it is claimed', [[1, 3n]], 0n],
    [
      'not within a week, in which a panel that credits late may show that it does',
      [
        [1, 3n],
        [4, 3n],
        [7, 3n],
      ],
      0n,
    ],
    [
      'when it is a week old',
      [
        [1, 3n],
        [4, 3n],
        [8, 4n],
      ],
      4n,
    ],
    [
      'a week by its nights, of which one began early',
      [
        [1, 3n],
        [4, 3n],
        [7.9, 3n],
      ],
      3n,
    ],
    [
      'anew when it was paid in between',
      [
        [1, 3n],
        [4, 0n],
        [8, 3n],
      ],
      0n,
    ],
    [
      'anew when it is the other way round',
      [
        [1, 3n],
        [4, -3n],
        [8, -3n],
      ],
      0n,
    ],
    [
      'not within what the wallet moved by',
      [
        [1, 1n],
        [4, 1n],
        [8, 1n],
      ],
      0n,
    ],
  ])('is asked about %s', (_, nights, asked) => {
    expect(overdueForLong(nights.map(([day, overdue]) => ({ atMs: day * DAY, overdue, width: 1n })))).toBe(asked)
  })
})

describe('W3: what a wallet gained or lost for no known reason', () => {
  const DAY = 86_400_000
  it.each<readonly [string, readonly (readonly [day: number, rest: bigint])[], number, boolean]>([
    ['a loss of tonight waits', [[1, -5n]], 0, false],
    [
      'a loss is asked about the next night',
      [
        [1, -5n],
        [2, 0n],
      ],
      0,
      true,
    ],
    [
      'not by a second pass of the same day',
      [
        [1, -5n],
        [1.3, 0n],
      ],
      0,
      false,
    ],
    [
      'a loss waits as long as a credit takes, and a night',
      [
        [1, -5n],
        [3, 0n],
      ],
      2,
      false,
    ],
    [
      'and then no longer',
      [
        [1, -5n],
        [4, 0n],
      ],
      2,
      true,
    ],
    [
      'a gain waits for the line of a top-up',
      [
        [1, 5n],
        [5, 0n],
      ],
      0,
      false,
    ],
    [
      'for five nights',
      [
        [1, 5n],
        [6, 0n],
      ],
      0,
      true,
    ],
    [
      'or as long as a credit takes, where that is longer',
      [
        [1, 5n],
        [6, 0n],
      ],
      7,
      false,
    ],
    [
      'nothing is asked of nights without a rest',
      [
        [1, 0n],
        [9, 0n],
      ],
      0,
      false,
    ],
  ])('%s', (_, nights, creditDays, asked) => {
    expect(
      isToBeAsked(
        nights.map(([day, rest]) => ({ atMs: day * DAY, rest })),
        creditDays,
      ),
    ).toBe(asked)
  })
})

describe('W2: a claim that earlier gains have paid', () => {
  const look = (day: number, balance: string, amount: string, count: number, late: readonly LateClaim[] = []) => ({
    atMs: day * 86_400_000,
    balance: unitsOf(balance),
    width: 0n,
    unit: 1n,
    charges: 0n,
    claims: { amount: unitsOf(amount), count, late },
  })

  it('is not owed, and no later gain or rounding is for it', () => {
    const seenFinished = [{ since: 1, amount: unitsOf('1'), count: 1 }]
    const looks = [
      look(0, '100', '0', 0),
      look(1, '101', '0', 0),
      look(2, '101', '1', 1, seenFinished),
      look(3, '102', '0.98', 2),
      look(4, '103', '0', 0),
    ]
    const facts = { opening: null, looks, stated: [], decisions: [], released: new Set<number>(), creditDays: 0 }
    const { nights, difference } = workOutWallet(facts)
    expect(
      nights.map(({ paid, rounding, rest, owed }) =>
        [paid, rounding, rest, owed].map((each) => formatMoney(each)).join(' '),
      ),
    ).toEqual([
      '0.00 0.00 0.00 0.00',
      '0.00 0.00 0.00 0.00',
      '1.00 0.00 0.00 0.00',
      '0.98 0.02 0.00 0.00',
      '0.00 0.00 1.00 0.00',
    ])
    expect(difference).toBe(unitsOf('1'))
  })
})
