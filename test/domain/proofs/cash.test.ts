/** The proof of cash: every difference between a statement and the books is an item or is unexplained, never lost. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { balanceAt } from '../../../src/domain/proofs/anchors.ts'
import {
  CASH_COLUMNS,
  isNone,
  lastDayOf,
  proveCash,
  type CashAccount,
  type CashEntry,
  type CashLine,
} from '../../../src/domain/proofs/cash.ts'
import { leftOver } from '../../../src/domain/proofs/left-over.ts'
import {
  commonUnit,
  compareRegistryWithWallet,
  compareWithVendor,
  compareWithWallet,
  type OrderSides,
} from '../../../src/domain/proofs/order-match.ts'

const LINES: readonly CashLine[] = [
  { object: 'line:1', date: '2026-03-05', amount: 100n },
  { object: 'line:2', date: '2026-03-31', amount: -30n },
  { object: 'line:3', date: '2026-04-02', amount: 7n },
]
const CLEAN: CashAccount = {
  lines: LINES,
  entries: LINES,
  openingBooked: 50n,
  anchors: [
    { day: '2026-03-04', balance: 50n },
    { day: '2026-03-31', balance: 120n },
    { day: '2026-04-30', balance: 127n },
  ],
}

function march(account: Partial<CashAccount>) {
  const [month] = proveCash({ ...CLEAN, ...account }, '2026-03')
  if (month === undefined) throw new Error('no month')
  return month
}

describe('the proof of cash', () => {
  it('has nothing to say about a month where every line is booked', () => {
    const months = proveCash(CLEAN)
    expect(months.map(({ month }) => month)).toEqual(['2026-03', '2026-04'])
    expect(months[0]).toMatchObject({
      statement: { opening: 50n, receipts: 100n, disbursements: 30n, closing: 120n },
      books: { opening: 50n, receipts: 100n, disbursements: 30n, closing: 120n },
      items: [],
    })
    expect(months.every(({ unexplained }) => unexplained !== null && isNone(unexplained))).toBe(true)
  })

  it.each<[string, Partial<CashAccount>, string, string]>([
    ['a line nobody booked', { entries: LINES.slice(1) }, 'line:1 not-booked', '0,100,0,100'],
    ['a payment out nobody booked', { entries: [LINES[0]!, LINES[2]!] }, 'line:2 not-booked', '0,0,30,-30'],
    [
      'an entry no statement shows',
      { entries: [...LINES, { object: 'hand', date: '2026-03-09', amount: 5n }] },
      'hand no-line',
      '0,-5,0,-5',
    ],
    [
      'an amount typed wrong',
      { entries: [{ ...LINES[0]!, amount: 101n }, ...LINES.slice(1)] },
      'line:1 other-amount',
      '0,-1,0,-1',
    ],
    [
      'a line booked in the next month',
      { entries: [{ ...LINES[0]!, date: '2026-04-01' }, ...LINES.slice(1)] },
      'line:1 other-month',
      '0,100,0,100',
    ],
  ])('lists %s, and nothing is left unexplained', (_what, change, item, columns) => {
    const { items, unexplained } = march(change)
    expect(items.map(({ object, kind }) => `${object} ${kind}`)).toEqual([item])
    expect(CASH_COLUMNS.map((column) => String(items[0]?.columns[column])).join(',')).toBe(columns)
    expect(unexplained).toEqual({ opening: 0n, receipts: 0n, disbursements: 0n, closing: 0n })
  })

  it('finds two errors that cancel each other in the balance', () => {
    const wrong = { entries: [{ ...LINES[0]!, amount: 90n }, { ...LINES[1]!, amount: -20n }, LINES[2]!] }
    expect(march(wrong).items.map(({ object }) => object)).toEqual(['line:1', 'line:2'])
  })

  it('counts a line once that was booked, taken back and booked again', () => {
    const [first] = LINES
    const entries = [...LINES, { ...first!, amount: -100n }, { ...first!, amount: 100n }]
    expect(march({ entries })).toMatchObject({ books: { receipts: 100n, disbursements: 30n }, items: [] })
  })

  it('leaves what no line explains: a statement with a line missing, and an opening balance nobody booked', () => {
    const missing = { lines: LINES.slice(1), entries: LINES.slice(1) }
    expect(march(missing).unexplained).toEqual({ opening: 0n, receipts: 0n, disbursements: 0n, closing: 100n })
    expect(march({ openingBooked: 0n }).unexplained).toMatchObject({ opening: 50n, closing: 50n })
  })

  it('claims nothing of balances that no statement tells, and still compares what moved', () => {
    const { statement, unexplained } = march({ anchors: [] })
    expect(statement).toEqual({ opening: null, receipts: 100n, disbursements: 30n, closing: null })
    expect(unexplained).toBeNull()
  })

  it('adds up in every column whatever the lines and entries are', () => {
    const date = fc
      .integer({ min: 0, max: 80 })
      .map((day) => `2026-0${3 + Math.floor(day / 28)}-${String((day % 28) + 1).padStart(2, '0')}`)
    const amount = fc
      .integer({ min: -50, max: 50 })
      .filter((each) => each !== 0)
      .map(BigInt)
    const line = fc.record({ date, amount })
    const entry = fc.record({ object: fc.integer({ min: 0, max: 9 }), date, amount })
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 8 }),
        fc.array(entry, { maxLength: 12 }),
        amount,
        (lines, entries, base) => {
          const named: CashLine[] = lines.map((each, index) => ({ ...each, object: `line:${index}` }))
          const booked: CashEntry[] = entries.map((each) => ({ ...each, object: `line:${each.object}` }))
          const closing = named.reduce((sum, each) => sum + each.amount, base)
          const anchors = [{ day: '2026-12-31', balance: closing }]
          for (const month of proveCash({ lines: named, entries: booked, openingBooked: base, anchors })) {
            expect(month.unexplained).toEqual({ opening: 0n, receipts: 0n, disbursements: 0n, closing: 0n })
            const { opening, receipts, disbursements, closing: end } = month.books
            expect(opening + receipts - disbursements).toBe(end)
            const until = lastDayOf(month.month)
            expect(end).toBe(booked.reduce((sum, each) => (each.date <= until ? sum + each.amount : sum), base))
          }
        },
      ),
    )
  })
})

describe('a balance at a day', () => {
  const days = [
    { day: '2026-03-02', amount: 5n },
    { day: '2026-03-04', amount: -2n },
  ]
  it.each([
    ['2026-03-01', 10n],
    ['2026-03-02', 15n],
    ['2026-03-03', 15n],
    ['2026-03-04', 13n],
    ['2026-03-09', 13n],
  ])('is carried from the figures around %s', (day, balance) => {
    expect(balanceAt([{ day: '2026-03-03', balance: 15n }], days, day)).toBe(balance)
  })

  it('is not known without any figure', () => {
    expect(balanceAt([], days, '2026-03-04')).toBeNull()
  })
})

describe('the last day of a month', () => {
  it.each([
    ['2026-02', '2026-02-28'],
    ['2028-02', '2028-02-29'],
    ['2026-04', '2026-04-30'],
    ['2026-12', '2026-12-31'],
  ])('of %s is %s', (month, day) => {
    expect(lastDayOf(month)).toBe(day)
  })
})

describe('what is left on an account', () => {
  it('is what came last, and adds up to the balance', () => {
    const movement = fc.record({ day: fc.constant('2026-03-01'), amount: fc.bigInt({ min: -9n, max: 9n }) })
    fc.assert(
      fc.property(fc.array(movement), (days) => {
        const sum = (all: readonly { readonly amount: bigint }[]) =>
          all.reduce((total, { amount }) => total + amount, 0n)
        expect(sum(leftOver(days))).toBe(sum(days))
      }),
    )
    const days = [10n, -10n, 4n].map((amount, index) => ({ day: `2026-03-0${index + 1}`, amount }))
    expect(leftOver(days)).toEqual([{ day: '2026-03-03', amount: 4n }])
  })
})

const CENT = 10n ** 6n
const ordered = (amount: bigint) => ({ amount, decimals: 2, from: 'imported history' as const })
const moved = (net: bigint, lines: number, refunded = 0n) => ({ charged: net + refunded, net, lines })
const ORDER: OrderSides = {
  order: '1',
  ordered: ordered(100n * CENT),
  vendor: { full: 100n * CENT, net: 100n * CENT, isFullKnown: true },
  wallet: moved(100n * CENT, 1),
  isCovered: true,
}

describe('an order seen from three sides', () => {
  it.each<[string, Partial<OrderSides>, string, string]>([
    ['all the same', {}, 'agree', 'agree'],
    ['charged more than ordered', { ordered: ordered(99n * CENT) }, 'differ', 'agree'],
    ['within half of the last decimal', { ordered: ordered(100n * CENT + CENT / 2n) }, 'rounded', 'agree'],
    ['just beyond it', { ordered: ordered(100n * CENT + CENT / 2n + 1n) }, 'differ', 'agree'],
    ['unknown to the panel and not charged', { vendor: 'unknown', wallet: null }, 'missing', 'not-known'],
    ['unknown to the panel and charged', { vendor: 'unknown' }, 'missing', 'differ'],
    ['not answered yet', { vendor: null }, 'not-known', 'not-known'],
    ['not in the log', { wallet: null }, 'agree', 'missing'],
    ['not in a log that begins later', { wallet: null, isCovered: false }, 'agree', 'not-known'],
    ['refunded in the log alone', { wallet: moved(60n * CENT, 2) }, 'agree', 'differ'],
    [
      'seen only after its refund',
      { vendor: { full: 60n * CENT, net: 60n * CENT, isFullKnown: false } },
      'not-known',
      'differ',
    ],
    [
      'listed as what is left',
      { vendor: { full: 120n * CENT, net: 100n * CENT, isFullKnown: true } },
      'agree',
      'agree',
    ],
  ])('%s', (_what, change, vendor, wallet) => {
    const sides = { ...ORDER, ...change }
    expect(compareWithVendor(sides).verdict).toBe(vendor)
    expect(compareWithWallet(sides, CENT).verdict).toBe(wallet)
  })

  it.each<[string, Partial<OrderSides>, string, bigint]>([
    ['more in the log than listed', { wallet: moved(150n * CENT, 1) }, 'differ', 50n * CENT],
    ['less in the log than listed', { wallet: moved(80n * CENT, 1) }, 'differ', -20n * CENT],
    ['the same', {}, 'agree', 0n],
    ['charged as listed and refunded since', { wallet: moved(40n * CENT, 2, 60n * CENT) }, 'agree', 0n],
    [
      'listed as what a refund has left',
      { ordered: ordered(40n * CENT), wallet: moved(40n * CENT, 2, 60n * CENT) },
      'agree',
      0n,
    ],
    ['within half of both last decimals', { wallet: moved(101n * CENT, 1) }, 'rounded', CENT],
    ['just beyond it', { wallet: moved(101n * CENT + 1n, 1) }, 'differ', CENT + 1n],
    ['of which the log shows the refund alone', { wallet: moved(-60n * CENT, 1, 60n * CENT) }, 'not-known', 0n],
    ['without a price', { ordered: null }, 'not-known', 0n],
    ['that no line of the log names', { wallet: null }, 'not-known', 0n],
    ['where the panel stands between them', { vendor: ORDER.vendor, wallet: moved(150n * CENT, 1) }, 'not-known', 0n],
    [
      'the panel does not know, which is told already',
      { vendor: 'unknown', wallet: moved(150n * CENT, 1) },
      'not-known',
      0n,
    ],
  ])('without an answer of the panel, an order %s', (_what, change, verdict, difference) => {
    expect(compareRegistryWithWallet({ ...ORDER, vendor: null, ...change }, CENT)).toEqual({ verdict, difference })
  })

  it('allows each line of the log half of its last decimal', () => {
    const off = (difference: bigint, lines: number) =>
      compareWithWallet({ ...ORDER, wallet: moved(100n * CENT + difference, lines) }, CENT).verdict
    expect([off(CENT / 2n, 1), off(CENT / 2n + 1n, 1), off(CENT, 2)]).toEqual(['rounded', 'differ', 'rounded'])
    expect(commonUnit([10n ** 8n, 25n * CENT])).toBe(CENT)
    expect(commonUnit([])).toBe(10n ** 8n)
  })
})
