/** Razorpay's settlements and recon: the same rows from JSON and CSV, in paise or rupees, proven by what was settled. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InputError } from '../../../src/domain/errors.ts'
import { formatMoney } from '../../../src/domain/money/money.ts'
import * as csv from '../../../src/sources/statements/razorpay/csv.ts'
import * as json from '../../../src/sources/statements/razorpay/json.ts'
import { fixture, inShort, linesInShort, OPTIONS } from './support.ts'

const INR = { ...OPTIONS, currency: 'INR', timeZone: 'Asia/Kolkata' }
const recon = fixture('razorpay/recon.json')
const settlements = fixture('razorpay/settlements.json')

describe('a recon', () => {
  it('comes in after fees, without their tax, and leaves out what is on hold', () => {
    const statement = json.read('recon.json', recon, INR)
    expect(json.detect(recon, 'x')).toBe(true)
    expect(linesInShort(statement)).toEqual([
      '1 2026-03-04 INR 976.40 payment',
      '2 2026-03-04 INR -242.50 refund',
      '3 2026-03-04 INR -100.29 transfer',
      '4 2026-03-04 INR 10.12 adjustment',
      '5 2026-03-03 INR 488.20 payment hold',
    ])
    expect(statement.sections[0]?.lines[0]).toMatchObject({
      externalId: 'pay_A',
      gross: 100_000_000_000n,
      fee: 2_000_000_000n,
      tax: 360_000_000n,
      group: 'setl_1',
      references: ['1772625600vxp0rj', 'order_A', 'R-1'],
      description: 'Recurring Payment via Subscription',
    })
    expect(statement.sections.map(inShort)).toEqual(['INR ? > ? unproven'])
  })

  it('is the same from CSV in paise', () => {
    const text = fixture('razorpay/recon-paise.csv')
    const statement = csv.read('recon.csv', text, INR)
    expect(csv.detect(text, 'x')).toBe(true)
    const withoutPlaces = (lines: readonly string[]) => lines.map((line) => line.replace(/^\d+ /, ''))
    expect(withoutPlaces(linesInShort(statement))).toEqual(
      withoutPlaces(linesInShort(json.read('recon.json', recon, INR))),
    )
    expect(statement.remarks[0]).toContain('smallest unit such as paise')
  })

  it('reads the dashboard report in rupees, whose fee is without tax', () => {
    const statement = csv.read('report.csv', fixture('razorpay/report-rupees.csv'), INR)
    expect(linesInShort(statement)).toEqual(['2 2026-03-28 INR 976.40 payment', '3 2026-03-28 INR -242.50 refund'])
    expect(statement.sections[0]?.lines[0]).toMatchObject({ fee: 2_000_000_000n, tax: 360_000_000n })
    expect(statement.sections[0]?.footing).toEqual({ kind: 'unproven' })
    expect(statement.remarks[0]).toContain('"242.50" has decimals')
  })

  it('reads the day before the month where the dates do not tell, and says so', () => {
    const report =
      'entity_id,type,debit,credit,amount,currency,fee,tax,settlement_id,settlement_utr,settled_at\npay_A,payment,0,97.64,100.00,INR,2.36,0.36,setl_A,U1,03/06/2026 10:21:33\n'
    const read = csv.read('report.csv', report, INR)
    expect(linesInShort(read)).toEqual(['2 2026-06-03 INR 97.64 payment'])
    expect(read.remarks[1]).toMatch(/Razorpay prints the day before the month.*--date-order mdy/)
    expect(linesInShort(csv.read('report.csv', report, { ...INR, dateOrder: 'mdy' }))).toEqual([
      '2 2026-03-06 INR 97.64 payment',
    ])
  })

  it('foots with the settlement it was settled in, and names the one that differs', () => {
    expect(json.read('all.json', recon + settlements, INR).sections.map(inShort)).toEqual(['INR ? > ? foots'])
    const short = json.read('all.json', recon + settlements.replace('64373', '64372'), INR)
    expect(short.sections[0]?.footing).toEqual({
      kind: 'differs',
      difference: -1_000_000n,
      line: 6,
      reason: 'Entry 6: the settlement setl_1 is 643.72, but its rows come to 643.73.',
    })
  })

  it('names a row whose credit is not its amount less its fee', () => {
    const wrong = recon.replace('"credit": 97640', '"credit": 97641')
    expect(json.read('recon.json', wrong, INR).sections[0]?.footing).toMatchObject({ kind: 'differs', line: 1 })
  })

  it('finds out that fees are without their tax, and says so', () => {
    const without = recon
      .replace('"fee": 2360', '"fee": 2000')
      .replace('"fee": 29', '"fee": 25')
      .replace('1180', '1000')
    const statement = json.read('recon.json', without, INR)
    expect(statement.sections[0]?.lines[0]).toMatchObject({ fee: 2_000_000_000n, tax: 360_000_000n })
    expect(statement.remarks[0]).toContain('without their tax')
  })
})

describe('a list of settlements', () => {
  it('goes out to the bank under its UTR', () => {
    const statement = json.read('settlements.json', settlements, INR)
    expect(linesInShort(statement)).toEqual([
      '1 2026-03-04 INR -643.73 settlement',
      '2 2026-03-05 INR -5.00 settlement denied',
    ])
    expect(statement.sections[0]?.lines[0]).toMatchObject({ group: 'setl_1', references: ['1772625600vxp0rj'] })
    const fromCsv = csv.read('settlements.csv', fixture('razorpay/settlements.csv'), INR)
    expect(linesInShort(fromCsv)).toEqual([
      '2 2026-03-04 INR -643.73 settlement',
      '3 2026-03-05 INR -9.00 settlement pending',
    ])
  })

  it.each([
    ['one amount without decimals', '100000', 'STATEMENT_UNIT'],
    ['an amount that is none', '1x.00', 'STATEMENT_UNREADABLE'],
  ])('with %s is refused', (_title, amount, code) => {
    const text = `id,amount,status,fees,tax,utr,created_at\nsetl_1,${amount},processed,0,0,U,2026-03-04 17:30:00\n`
    expect(codeOf(() => csv.read('s.csv', text, INR))).toBe(code)
  })

  it.each([
    ['"amount": 64373', '"amount": 643.73', /entry 1: "amount" is "643\.73", not a whole number/],
    ['"processed"', '"lost"', /entry 1: the status "lost"/],
    ['1772625600 }', '"yesterday" }', /entry 1: "created_at" is "yesterday"/],
  ])('with %s as %s is refused by its entry', (from, to, message) => {
    expect(() => json.read('s.json', settlements.replace(from, to), INR)).toThrow(message)
  })
})

describe('any recon', () => {
  const row = fc.record({
    amount: fc.integer({ min: 1000, max: 9_999_999 }),
    isRefund: fc.boolean(),
    basisPoints: fc.integer({ min: 150, max: 300 }),
    at: fc.integer({ min: 1_770_000_000, max: 1_780_000_000 }),
  })

  it('is the same in every wrapping, and foots to the last paisa', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 12 }), fc.boolean(), (rows, isRupees) => {
        const items = rows.map((each, at) => itemOf(each, at))
        const sum = items.reduce((total, { credit, debit }) => total + credit - debit, 0)
        const settlement = { id: 'setl_1', amount: sum, status: 'processed', utr: 'U1', created_at: 1_780_000_001 }
        const fromJson = json.read('r.json', JSON.stringify([{ items }, { items: [settlement] }]), INR)
        expect(fromJson.sections.map(({ footing }) => footing.kind)).toEqual(['foots'])
        const fromCsv = csv.read('r.csv', csvOf(items, isRupees), INR)
        expect(amountsOf(fromCsv)).toEqual(amountsOf(fromJson).slice(0, items.length))
      }),
    )
  })

  function itemOf(
    { amount, isRefund, basisPoints, at }: typeof row extends fc.Arbitrary<infer T> ? T : never,
    n: number,
  ) {
    const fee = isRefund ? 0 : Math.max(1, Math.round((amount * basisPoints) / 10_000))
    const tax = isRefund ? 0 : Math.round((fee * 18) / 118)
    const [debit, credit] = isRefund ? [amount, 0] : [0, amount - fee]
    const times = { created_at: at, settled_at: at + 86_400 }
    const type = isRefund ? 'refund' : 'payment'
    return {
      entity_id: `e${n}`,
      type,
      debit,
      credit,
      amount,
      currency: 'INR',
      fee,
      tax,
      settled: true,
      ...times,
      settlement_id: 'setl_1',
    }
  }

  function csvOf(items: readonly ReturnType<typeof itemOf>[], isRupees: boolean): string {
    const money = (paise: number): string => (isRupees ? (paise / 100).toFixed(2) : String(paise))
    const header = 'settled,entity_id,type,credit,debit,amount,currency,fee,tax,created_at,settled_at,settlement_id'
    const rows = items.map((item) => {
      const figures = [item.credit, item.debit, item.amount].map(money)
      const taken = [item.fee, item.tax].map(money)
      const times = [item.created_at, item.settled_at]
      return ['Yes', item.entity_id, item.type, ...figures, 'INR', ...taken, ...times, 'setl_1'].join(',')
    })
    return [header, ...rows, ''].join('\n')
  }

  function amountsOf(statement: ReturnType<typeof csv.read>): readonly string[] {
    const lines = statement.sections.flatMap((section) => section.lines)
    return lines.map(({ date, amount, fee, tax }) => [date, amount, fee ?? 0n, tax ?? 0n].map(text).join(' '))
  }

  function text(value: string | bigint): string {
    return typeof value === 'string' ? value : formatMoney(value)
  }
})

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return (error as InputError).code // what the assertion then looks at
  }
  return 'nothing was refused'
}
