/** Razorpay's settlements and recon, in paise or rupees. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InputError } from '../../../src/domain/errors.ts'
import { formatMoney } from '../../../src/domain/money/money.ts'
import { isoDateInZone } from '../../../src/domain/time/dates.ts'
import * as csv from '../../../src/sources/statements/razorpay/csv.ts'
import { fixture, inShort, linesInShort, OPTIONS } from './support.ts'

const INR = { ...OPTIONS, currency: 'INR', timeZone: 'Asia/Kolkata' }
const recon = fixture('razorpay/recon-paise.csv')
const settlements = fixture('razorpay/settlements.csv')

describe('a recon', () => {
  it('comes in after fees, without their tax, and leaves out what is on hold', () => {
    const statement = csv.read('recon.csv', recon, INR)
    expect(csv.detect(recon, 'x')).toBe(true)
    expect(linesInShort(statement)).toEqual([
      '2 2026-03-04 INR 976.40 payment',
      '3 2026-03-04 INR -242.50 refund',
      '4 2026-03-04 INR -100.29 transfer',
      '5 2026-03-04 INR 10.12 adjustment',
      '6 2026-03-03 INR 488.20 payment hold',
    ])
    expect(statement.remarks[0]).toContain('smallest unit such as paise')
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

  it('names a row whose credit is not its amount less its fee', () => {
    const wrong = recon.replace(',97640,', ',97641,')
    expect(csv.read('recon.csv', wrong, INR).sections[0]?.footing).toEqual({
      kind: 'differs',
      difference: 1_000_000n,
      line: 2,
      reason: 'Line 2: its amount is 976.41, but 1000.00 less 20.00 less 3.60 is 976.40.',
    })
  })

  it('finds out that fees are without their tax, and says so', () => {
    const without = recon
      .replace('INR,2360,', 'INR,2000,')
      .replace('INR,29,', 'INR,25,')
      .replace('INR,1180,', 'INR,1000,')
    const statement = csv.read('recon.csv', without, INR)
    expect(statement.sections[0]?.lines[0]).toMatchObject({ fee: 2_000_000_000n, tax: 360_000_000n })
    expect(statement.remarks.join(' ')).toContain('without their tax')
  })
})

describe('a list of settlements', () => {
  it('goes out to the bank under its UTR', () => {
    const statement = csv.read('settlements.csv', settlements, INR)
    expect(linesInShort(statement)).toEqual([
      '2 2026-03-04 INR -643.73 settlement',
      '3 2026-03-05 INR -9.00 settlement pending',
    ])
    expect(statement.sections[0]?.lines[0]).toMatchObject({ group: 'setl_1', references: ['UTR1'] })
    const failed = csv.read('settlements.csv', settlements.replace('created,', 'failed,'), INR)
    expect(linesInShort(failed).at(-1)).toBe('3 2026-03-05 INR -9.00 settlement denied')
  })

  it.each([
    ['one amount without decimals', '100000', 'STATEMENT_UNIT'],
    ['an amount that is none', '1x.00', 'STATEMENT_UNREADABLE'],
  ])('with %s is refused', (_title, amount, code) => {
    const text = `id,amount,status,fees,tax,utr,created_at\nsetl_1,${amount},processed,0,0,U,2026-03-04 17:30:00\n`
    expect(codeOf(() => csv.read('s.csv', text, INR))).toBe(code)
  })

  it('with a status that is none is refused by its line', () => {
    const lost = settlements.replace('processed', 'lost')
    expect(() => csv.read('s.csv', lost, INR)).toThrow(/line 2: the status "lost"/)
  })
})

describe('any recon', () => {
  const row = fc.record({
    amount: fc.integer({ min: 1000, max: 9_999_999 }),
    isRefund: fc.boolean(),
    basisPoints: fc.integer({ min: 150, max: 300 }),
    at: fc.integer({ min: 1_770_000_000, max: 1_780_000_000 }),
  })

  it('is the same in paise and in rupees', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 12 }), (rows) => {
        const items = rows.map((each, at) => itemOf(each, at))
        const expected = items.map(({ settled_at, credit, debit, fee, tax }) => {
          const paise = [credit - debit, fee - tax, tax].map((each) => formatMoney(BigInt(each) * 1_000_000n))
          return [isoDateInZone(settled_at * 1000, INR.timeZone), ...paise].join(' ')
        })
        for (const isRupees of [true, false]) {
          const statement = csv.read('r.csv', csvOf(items, isRupees), INR)
          expect(amountsOf(statement)).toEqual(expected)
          expect(statement.sections.map(({ footing }) => footing.kind)).toEqual(['unproven'])
        }
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
