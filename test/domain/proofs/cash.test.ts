/** The proof of cash: every difference between a statement and the books is an item or is unexplained, never lost. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  closeMonths,
  lastDayOf,
  proveCash,
  type Anchor,
  type CashAccount,
  type CashMovement,
  type DaySum,
} from '../../../src/domain/proofs/cash.ts'
import { addDays } from '../../../src/domain/time/dates.ts'

const LINES: readonly CashMovement[] = [
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
  const month = proveCash({ ...CLEAN, ...account }).find((each) => each.month === '2026-03')
  if (month === undefined) throw new Error('no month')
  return month
}

describe('the proof of cash', () => {
  it('has nothing to say about a month where every line is booked', () => {
    const months = proveCash(CLEAN)
    expect(months.map(({ month }) => month)).toEqual(['2026-03', '2026-04'])
    expect(months[0]).toMatchObject({
      statement: { opening: 50n, receipts: 100n, disbursements: 30n, closing: 120n },
      books: 120n,
      items: [],
    })
    expect(months[1]).toMatchObject({ statement: { opening: 120n, closing: 127n }, books: 127n })
    expect(months.every(({ unexplained }) => unexplained === 0n)).toBe(true)
  })

  it.each<[string, Partial<CashAccount>, string]>([
    ['a line nobody booked', { entries: LINES.slice(1) }, 'line:1 not-booked 100'],
    ['a payment out nobody booked', { entries: [LINES[0]!, LINES[2]!] }, 'line:2 not-booked -30'],
    [
      'an entry no statement shows',
      { entries: [...LINES, { object: 'hand', date: '2026-03-09', amount: 5n }] },
      'hand no-line -5',
    ],
    [
      'an amount typed wrong',
      { entries: [{ ...LINES[0]!, amount: 101n }, ...LINES.slice(1)] },
      'line:1 other-amount -1',
    ],
    [
      'a line booked in the next month',
      { entries: [{ ...LINES[0]!, date: '2026-04-01' }, ...LINES.slice(1)] },
      'line:1 not-booked 100',
    ],
  ])('lists %s, and nothing is left unexplained', (_what, change, item) => {
    const { items, unexplained } = march(change)
    expect(items.map(({ object, kind, amount }) => `${object} ${kind} ${amount}`)).toEqual([item])
    expect(unexplained).toBe(0n)
  })

  it('finds two errors that cancel each other in the balance', () => {
    const wrong = { entries: [{ ...LINES[0]!, amount: 90n }, { ...LINES[1]!, amount: -20n }, LINES[2]!] }
    expect(march(wrong).items.map(({ object }) => object)).toEqual(['line:1', 'line:2'])
  })

  it('counts a line once that was booked, taken back and booked again', () => {
    const [first] = LINES
    const entries = [...LINES, { ...first!, amount: -100n }, { ...first!, amount: 100n }]
    expect(march({ entries })).toMatchObject({ books: 120n, items: [] })
  })

  it('leaves what no line explains: a statement with a line missing, and an opening balance nobody booked', () => {
    const missing = { lines: LINES.slice(1), entries: LINES.slice(1) }
    expect(march(missing).unexplained).toBe(100n)
    expect(march({ openingBooked: 0n }).unexplained).toBe(50n)
  })

  it('claims nothing of balances that no statement tells, and still compares what moved', () => {
    const { statement, unexplained } = march({ anchors: [] })
    expect(statement).toEqual({ opening: null, receipts: 100n, disbursements: 30n, closing: null })
    expect(unexplained).toBeNull()
  })

  it('adds up whatever the lines and entries are', () => {
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
          const named: CashMovement[] = lines.map((each, index) => ({ ...each, object: `line:${index}` }))
          const booked: CashMovement[] = entries.map((each) => ({ ...each, object: `line:${each.object}` }))
          const anchors = [{ day: '2026-02-28', balance: base }]
          for (const month of proveCash({ lines: named, entries: booked, openingBooked: base, anchors })) {
            expect(month.unexplained).toBe(0n)
            const until = lastDayOf(month.month)
            expect(month.books).toBe(booked.reduce((sum, each) => (each.date <= until ? sum + each.amount : sum), base))
          }
        },
      ),
    )
  })
})

describe('a balance at the end of a month', () => {
  const days = [
    { day: '2026-03-02', amount: 5n },
    { day: '2026-05-04', amount: -2n },
  ]
  const closings = (...anchors: readonly Anchor[]) =>
    closeMonths({ before: null, days, anchors }).map(({ stated }) => stated)

  it('is carried from the newest figure by the lines since, and not known before the first', () => {
    expect(closings({ day: '2026-03-01', balance: 15n })).toEqual([20n, 20n, 18n])
    expect(closings({ day: '2026-04-01', balance: 15n })).toEqual([null, 15n, 13n])
    expect(closings()).toEqual([null, null, null])
  })

  it('is the same from a month that was kept, wherever that is', () => {
    const day = fc.integer({ min: 0, max: 150 }).map((each) => addDays('2026-01-10', each))
    const amount = fc.bigInt({ min: -50n, max: 50n })
    const sorted = <T extends { readonly day: string }>(all: readonly T[]) =>
      all.toSorted((a, b) => (a.day < b.day ? -1 : 1))
    const sums = fc.uniqueArray(fc.record({ day, amount }), {
      selector: (each) => each.day,
      minLength: 1,
      maxLength: 20,
    })
    const told = fc.uniqueArray(fc.record({ day, balance: amount }), { selector: (each) => each.day, maxLength: 6 })
    fc.assert(
      fc.property(sums, told, fc.nat(), (lines, said, cut) => {
        const facts = { days: sorted<DaySum>(lines), anchors: sorted<Anchor>(said) }
        const whole = closeMonths({ before: null, ...facts })
        const before = whole[cut % whole.length] ?? null
        const isSince = (each: { readonly day: string }): boolean => each.day.slice(0, 7) > (before?.month ?? '')
        const since = { before, days: facts.days.filter(isSince), anchors: facts.anchors.filter(isSince) }
        expect(closeMonths(since)).toEqual(whole.filter(({ month }) => month > (before?.month ?? '')))
      }),
    )
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
