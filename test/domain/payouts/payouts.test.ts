import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutOffSince, isCutOff, type CutOffPolicy } from '../../../src/domain/payouts/cut-off.ts'
import { adoptDue, payoutDue } from '../../../src/domain/payouts/payout-due.ts'
import { addDays } from '../../../src/domain/time/dates.ts'
import { units } from '../settlement/support.ts'

function policy(schedule: CutOffPolicy['schedule'], more: Partial<CutOffPolicy> = {}): CutOffPolicy {
  return { schedule, weekday: 1, dayOfMonth: 1, ...more }
}

describe('a cut-off', () => {
  // 2026-03-16 is a Monday.
  it.each([
    ['every day, for on_threshold', policy('on_threshold'), null, '2026-03-18', '2026-03-18'],
    ['on its weekday', policy('weekly'), '2026-03-15', '2026-03-16', '2026-03-16'],
    ['on no other day', policy('weekly'), '2026-03-16', '2026-03-17', null],
    ['late, when its own night was missed', policy('weekly'), '2026-03-15', '2026-03-18', '2026-03-16'],
    ['only the newest, when several were missed', policy('weekly'), '2026-03-01', '2026-03-18', '2026-03-16'],
    ['not before the first night', policy('weekly'), null, '2026-03-18', null],
    ['on its day of the month', policy('monthly', { dayOfMonth: 15 }), '2026-03-14', '2026-03-15', '2026-03-15'],
    ['a month later', policy('monthly', { dayOfMonth: 15 }), '2026-02-15', '2026-03-16', '2026-03-15'],
    ['never again the same night', policy('on_threshold'), '2026-03-18', '2026-03-18', null],
    ['never, where payouts are only stated', policy('stated'), '2026-03-01', '2026-03-18', null],
  ] as const)('comes %s', (_, schedule, looked, day, expected) => {
    expect(cutOffSince(looked, day, schedule)).toBe(expected)
  })

  it('is found once, whatever nights were missed', () => {
    const schedule = fc.constantFrom(policy('weekly', { weekday: 3 }), policy('monthly', { dayOfMonth: 28 }))
    fc.assert(
      fc.property(
        schedule,
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 40 }),
        (chosen, gaps) => {
          let looked = '2026-01-01'
          const found: string[] = []
          for (const gap of gaps) {
            const day = addDays(looked, gap)
            const cutOff = cutOffSince(looked, day, chosen)
            if (cutOff !== null) found.push(cutOff)
            looked = day
          }
          expect(new Set(found).size).toBe(found.length)
          expect(found.every((day) => isCutOff(day, chosen))).toBe(true)
        },
      ),
    )
  })
})

describe('what is due', () => {
  it.each([
    ['all of it, at the minimum', '50.00', '50.00'],
    ['all of it, above', '198.52', '198.52'],
    ['nothing a cent below', '49.99', '0.00'],
    ['nothing of what was clawed back', '-6.40', '0.00'],
    ['whole cents, the rest stays unpaid', '61.23987', '61.23'],
  ] as const)('is %s', (_, unpaid, expected) => {
    expect(payoutDue(units(unpaid), units('50'), 'USD')).toBe(units(expected))
  })

  it('is whole minor units and never more than is unpaid', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
        fc.constantFrom('USD', 'JPY', 'KWD'),
        (unpaid, currency) => {
          const due = payoutDue(unpaid, units('50'), currency)
          expect(due >= 0n && (due === 0n || due <= unpaid)).toBe(true)
        },
      ),
    )
  })
})

describe('a payout stated after it was due', () => {
  const due = (date: string, amount: string) => ({ key: `payout:due-${date}`, amount: units(amount), date })
  const first = due('2026-03-10', '150')
  const second = due('2026-03-14', '60')

  it.each([
    ['is the due one of its amount', '60', '2026-03-16', [first, second], { kind: 'adopts', due: second }],
    ['is the only due one, and corrects its amount', '147', '2026-03-12', [first], { kind: 'adopts', due: first }],
    ['is its own when nothing was due in those days', '60', '2026-05-01', [first, second], { kind: 'none' }],
    ['is its own when it is older than what is due', '150', '2026-03-01', [first], { kind: 'none' }],
    [
      'may be either, when neither has its amount',
      '99',
      '2026-03-16',
      [first, second],
      { kind: 'ambiguous', dues: [first, second] },
    ],
  ] as const)('%s', (_, amount, date, dues, expected) => {
    expect(adoptDue({ amount: units(amount), date }, dues, 20)).toEqual(expected)
  })

  it('is the older of two due ones of its amount', () => {
    const twin = due('2026-03-12', '150')
    expect(adoptDue({ amount: units('150'), date: '2026-03-13' }, [first, twin], 20)).toEqual({
      kind: 'adopts',
      due: first,
    })
  })
})
