/** Wallet logs in the shapes panels give them: every row is a line, charges go out, and balances prove it where they are. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDecimals } from '../../../src/domain/money/money.ts'
import { detect, read } from '../../../src/sources/statements/wallet/csv.ts'
import { ordersIn, walletType } from '../../../src/sources/statements/wallet/words.ts'
import { fixture, inShort, linesInShort, OPTIONS } from './support.ts'

const readFixture = (name: string) => read(name, fixture(`wallet/${name}`), OPTIONS)

describe('a wallet log', () => {
  it.each([
    ['transactions.csv', ['USD ? > ? unproven']],
    ['payments.csv', ['USD ? > ? unproven']],
    ['balances.csv', ['USD 0.00 > 204.14 foots']],
    ['before-after.csv', ['USD 0.00 > 209.07591 foots']],
    ['debit-credit.csv', ['USD 0.00 > 25.00 foots', 'INR 0.00 > 1000.00 unproven']],
  ])('%s is recognised and read', (name, sections) => {
    expect(detect(fixture(`wallet/${name}`), 'x')).toBe(true)
    expect(readFixture(name).sections.map(inShort)).toEqual(sections)
  })

  it('with amounts without signs takes charges out, and says so', () => {
    const statement = readFixture('transactions.csv')
    expect(linesInShort(statement)).toEqual([
      '2 2026-03-05 USD 0.90 refund',
      '3 2026-03-04 USD -4.50 charge',
      '4 2026-03-04 USD -1.25 charge',
      '5 2026-03-03 USD 50.00 top-up pending',
      '6 2026-03-02 USD 10.00 bonus',
      '7 2026-03-02 USD 200.00 top-up',
      '8 2026-03-01 USD -0.01 adjustment',
    ])
    expect(statement.sections[0]?.lines[0]).toMatchObject({
      externalId: 'TX-1007',
      references: ['TX-1007', 'order:23444'],
      rawType: 'Refund',
      description: 'Partial refund for order #23444',
    })
    expect(statement.remarks[0]).toContain('Charges are printed without a sign')
  })

  it('with a bonus column makes the bonus a line of its own', () => {
    const statement = readFixture('payments.csv')
    expect(linesInShort(statement)).toEqual([
      '2 2026-03-13 USD 1200.00 top-up',
      '2 2026-03-13 USD 60.00 bonus',
      '3 2026-03-01 USD 25.00 top-up',
    ])
    expect(statement.sections[0]?.lines.map(({ externalId }) => externalId)).toEqual(['12', '12:bonus', '11'])
    expect(statement.remarks).toEqual([
      'Fees are paid beside the amounts, since no balance shows otherwise.',
      'Bonuses are added to the amounts, since no balance shows otherwise.',
    ])
  })

  it.each([
    [
      'beside the amount and on top',
      '100.00',
      '105.00',
      '126.25',
      ['100.00 top-up', '5.00 bonus', '20.00 top-up', '1.25 bonus'],
    ],
    ['from the amount', '97.00', '102.00', '123.25', ['97.00 top-up', '5.00 bonus', '20.00 top-up', '1.25 bonus']],
    [
      'beside the amount and inside',
      '95.00',
      '100.00',
      '120.00',
      ['95.00 top-up', '5.00 bonus', '18.75 top-up', '1.25 bonus'],
    ],
  ])('learns from balances that fee and bonus are %s', (_title, _paid, first, second, lines) => {
    const header = 'ID,Date,Method,Amount,Fee,Bonus,Balance'
    const rows = [
      '0,2026-03-01 10:00:00,PayPal,0.00,0.00,0.00,0.00',
      `1,2026-03-02 10:00:00,PayPal,100.00,3.00,5.00,${first}`,
      `2,2026-03-03 10:00:00,PayPal,20.00,0.00,1.25,${second}`,
    ]
    const start = ['9,2026-02-01 10:00:00,PayPal,1.00,0.00,0.00,0.00']
    const statement = read('p.csv', [header, ...start, ...rows, ''].join('\n'), OPTIONS)
    expect(
      linesInShort(statement)
        .slice(2)
        .map((line) => line.split(' ').slice(3).join(' ')),
    ).toEqual(lines)
    expect(statement.sections[0]?.footing).toEqual({ kind: 'foots' })
  })

  it('signs an unknown row by the balances beside it, and else refuses it', () => {
    const rows = [
      'A,Deposit,10.00,2026-03-01 10:00:00',
      'B,Order,2.00,2026-03-02 10:00:00',
      'C,Mystery,3.00,2026-03-03 10:00:00',
    ]
    const balances = ['10.00', '8.00', '5.00']
    const header = 'ID,Type,Amount,Date'
    const proven = read(
      'l.csv',
      [`${header},Balance`, ...rows.map((row, at) => `${row},${balances[at]}`), ''].join('\n'),
      OPTIONS,
    )
    expect(linesInShort(proven)[2]).toBe('4 2026-03-03 USD -3.00 other')
    expect(proven.sections.map(inShort)).toEqual(['USD 0.00 > 5.00 foots'])
    expect(() => read('l.csv', [header, ...rows, ''].join('\n'), OPTIONS)).toThrow(/line 4: "Mystery" does not say/)
  })

  it('joins a date and a time that stand in two columns', () => {
    const text = 'Date,Time,Type,Note,Amount\n2026-03-01,13:05,Order,#777,-1.00\n'
    expect(read('l.csv', text, OPTIONS).sections[0]?.lines[0]?.atMs).toBe(Date.UTC(2026, 2, 1, 13, 5))
    const alone = 'Time,Type,Note,Amount\n2026-03-01 13:05,Order,#777,-1.00\n'
    expect(read('l.csv', alone, OPTIONS).sections[0]?.lines[0]?.atMs).toBe(Date.UTC(2026, 2, 1, 13, 5))
  })

  it.each([
    ['a status nobody knows', 'A,Deposit,1.00,Wobbly,n,2026-03-01', /line 2: the status "Wobbly" is not known/],
    ['no amount', 'A,Deposit,,Completed,n,2026-03-01', /line 2: the row has no amount/],
    ['a date that is none', 'A,Deposit,1.00,Completed,n,soon', /line 2: "soon" is not a date/],
    ['a total', 'Total,,1.00,,,', /line 2: the date is empty/],
  ])('with %s is refused by its line', (_title, row, message) => {
    expect(() => read('l.csv', `Reference,Type,Amount,Status,Note,Date\n${row}\n`, OPTIONS)).toThrow(message)
  })

  it.each([
    ["a bank's list", 'Date,Description,Amount,Balance\n2026-03-01,Direct deposit,10.00,10.00\n'],
    [
      'an order history',
      'ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains\n1,2026-03-01,x,1,1,1,1,Done,0\n',
    ],
    ['a PayPal download', 'Date,Time,TimeZone,Name,Type,Status,Currency,Amount,Balance\n'],
  ])('is not %s', (_title, text) => {
    expect(detect(text, 'wallet.csv')).toBe(false)
  })

  it.each([
    ['Order', '', 'charge'],
    ['', 'Bonus for deposit #5', 'bonus'],
    ['', 'Refund for order 12', 'refund'],
    ['', 'Payment for order 12', 'charge'],
    ['Payment', 'PayPal', 'top-up'],
    ['', 'Возврат: заказ 77', 'refund'],
    ['', 'Пополнение', 'top-up'],
    ['', 'Pedido #99', 'charge'],
    ['mystery', 'what', 'other'],
  ])('"%s" "%s" is a %s', (kind, text, type) => {
    expect(walletType(kind, text)).toBe(type)
  })

  it.each([
    ['Order #23444', ['23444']],
    ['Orders 12, 13 and 14', ['12', '13', '14']],
    ['Order ID: 5, 1.50 USD', ['5']],
    ['заказ №77', ['77']],
    ['reorder 12 border 5', []],
    ['#99887 - Likes', ['99887']],
  ])('finds the orders in "%s"', (text, ids) => {
    expect(ordersIn(text, 'charge')).toEqual(ids)
  })
})

describe('any wallet log', () => {
  const event = fc.record({
    kind: fc.constantFrom('Deposit', 'Order', 'Refund', 'Bonus'),
    units: fc.bigInt({ min: 1n, max: 10n ** 10n }),
    seconds: fc.integer({ min: 0, max: 3 }),
  })
  interface Shape {
    readonly isNewestFirst: boolean
    readonly isUnsigned: boolean
    readonly order: readonly number[]
  }
  const shape: fc.Arbitrary<Shape> = fc.record({
    isNewestFirst: fc.boolean(),
    isUnsigned: fc.boolean(),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 }),
  })
  type Event = typeof event extends fc.Arbitrary<infer T> ? T : never

  function render(events: readonly Event[], { isNewestFirst, isUnsigned, order }: Shape, wrong: number | null): string {
    let balance = 0n
    let ms = Date.UTC(2026, 2, 1)
    const rows = events.map(({ kind, units, seconds }, at) => {
      const moved = kind === 'Order' ? -units : units
      balance += moved
      ms += seconds * 1000
      const shown = (isUnsigned ? units : moved) + (at === wrong ? (isUnsigned || moved > 0n ? 1n : -1n) : 0n)
      const cells = [String(at), new Date(ms).toISOString(), kind, formatDecimals(shown, 8), formatDecimals(balance, 8)]
      return order.map((column) => cells[column]).join(',')
    })
    const names = ['ID', 'Date', 'Type', 'Amount', 'Balance']
    return [order.map((column) => names[column]).join(','), ...(isNewestFirst ? rows.reverse() : rows), ''].join('\n')
  }

  const summed = (text: string) => {
    const section = read('log.csv', text, OPTIONS).sections[0]
    const sorted = [...(section?.lines ?? [])].sort((a, b) => Number(a.externalId) - Number(b.externalId))
    return { section, amounts: sorted.map(({ amount }) => amount) }
  }

  it('reads to the same amounts and foots, whichever way it is written', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 2, maxLength: 15 }), shape, (events, each) => {
        const { section, amounts } = summed(render(events, each, null))
        expect(amounts).toEqual(events.map(({ kind, units }) => (kind === 'Order' ? -units : units)))
        expect(section?.footing).toEqual({ kind: 'foots' })
      }),
    )
  })

  it('with one amount changed differs at its line', () => {
    // A day each: lines of one day may stand in another order that happens to tie.
    const spaced = event.map((each) => ({ ...each, seconds: each.seconds + 86_400 }))
    const events = fc.array(spaced, { minLength: 3, maxLength: 15 })
    fc.assert(
      fc.property(events, fc.nat(), (all, pick) => {
        const wrong = 1 + (pick % (all.length - 1))
        const each: Shape = { isNewestFirst: false, isUnsigned: false, order: [0, 1, 2, 3, 4] }
        expect(summed(render(all, each, wrong)).section?.footing).toMatchObject({ kind: 'differs', line: wrong + 2 })
      }),
    )
  })
})
