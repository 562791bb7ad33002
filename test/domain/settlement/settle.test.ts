import { describe, expect, it } from 'vitest'
import { settleAlone, writeOffItem } from '../../../src/domain/settlement/settle-alone.ts'
import { settleConversion } from '../../../src/domain/settlement/settle-currency.ts'
import { settleMatch } from '../../../src/domain/settlement/settle.ts'
import type { AloneMeaning, SettledMatch, SettleContext } from '../../../src/domain/settlement/settlement.ts'
import { takenRules } from '../../../src/domain/settlement/taken.ts'
import { balances, item, journal, line, units, withRates } from './support.ts'

const NONE = withRates({})

function journalOf(match: Partial<SettledMatch>, account: string, context: SettleContext = NONE): readonly string[] {
  const whole: SettledMatch = { lines: [], items: [], step: 'exact', difference: { kind: 'none' }, ...match }
  const settlement = settleMatch(whole, context)
  if (settlement.kind === 'unsettled') return [`${settlement.lack}: ${settlement.reason}`]
  let sums: ReadonlyMap<string, bigint> = new Map()
  for (const { id, currency } of whole.lines) sums = balances(settlement.totals.get(id) ?? [], account, currency, sums)
  return journal(sums)
}

function fee(name: string, settings: Partial<Parameters<typeof takenRules>[0]>): SettledMatch['difference'] {
  const rule = takenRules({ isBank: false, fees: [], withholdingBasisPoints: 0, ...settings }).find(
    (each) => each.name === name,
  )
  if (rule === undefined) throw new Error(`no rule ${name}`)
  return { kind: 'fee', parts: rule.parts }
}

const paypalFee = { fees: [{ name: 'paypal', basisPoints: 200, flat: 0n }] }
const wireFee = { isBank: true, fees: [{ name: 'wire', basisPoints: 0, flat: units('15') }] }

interface Case {
  readonly what: string
  readonly match: Partial<SettledMatch>
  readonly account: string
  readonly context?: SettleContext
  readonly journal: readonly string[]
}

const CASES: readonly Case[] = [
  {
    what: 'a payout received whole',
    match: { lines: [line('150')], items: [item('payout', '150')] },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 150.00', 'Cr 1110:adnet 150.00'],
  },
  {
    what: 'PayPal received net of a fee of 2 %',
    match: { lines: [line('147')], items: [item('payout', '150')], difference: fee('paypal', paypalFee) },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 147.00', 'Dr 6100 3.00', 'Cr 1110:adnet 150.00'],
  },
  {
    what: 'PayPal, whose own line states its fee',
    match: { lines: [line('147', { fee: units('3') })], items: [item('payout', '150')] },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 147.00', 'Dr 6100 3.00', 'Cr 1110:adnet 150.00'],
  },
  {
    what: 'PayPal, whose own line states its fee of what a payer left after withholding 10 %',
    match: {
      lines: [line('176.40', { fee: units('3.60') })],
      items: [item('payout', '200')],
      difference: fee('withholding', { withholdingBasisPoints: 1000 }),
    },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 176.40', 'Dr 1400 20.00', 'Dr 6100 3.60', 'Cr 1110:adnet 200.00'],
  },
  {
    what: 'a row that states fee and tax, after a fee of its account',
    match: {
      lines: [line('8787.60', { fee: units('180'), tax: units('32.40') })],
      items: [item('payout', '10000')],
      difference: fee('razorpay', { fees: [{ name: 'razorpay', basisPoints: 0, flat: units('1000') }] }),
    },
    account: '1055:rzp',
    journal: ['Dr 1055:rzp 8787.60', 'Dr 1450 32.40', 'Dr 6100 1180.00', 'Cr 1110:adnet 10000.00'],
  },
  {
    what: 'a write-off of what is missing beside the fee that the line states',
    match: {
      lines: [line('176.40', { fee: units('3.60') })],
      items: [item('payout', '200')],
      difference: { kind: 'written-off' },
    },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 176.40', 'Dr 6100 3.60', 'Dr 6950 20.00', 'Cr 1110:adnet 200.00'],
  },
  {
    what: 'a write-off where the gross is more than was expected, which gives up what is missing of the net',
    match: {
      lines: [line('97', { fee: units('3') })],
      items: [item('payout', '99')],
      difference: { kind: 'written-off' },
    },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 97.00', 'Dr 6950 2.00', 'Cr 1110:adnet 99.00'],
  },
  {
    what: 'a write-off of what came in beyond what was expected, beside the fee that the line states',
    match: {
      lines: [line('97', { fee: units('3') })],
      items: [item('payout', '90')],
      difference: { kind: 'written-off' },
    },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 97.00', 'Dr 6100 3.00', 'Cr 1110:adnet 90.00', 'Cr 6950 10.00'],
  },
  {
    what: 'a rule that comes to the net, where the line states a fee as well',
    match: {
      lines: [line('147', { fee: units('1') })],
      items: [item('payout', '150')],
      difference: fee('paypal', paypalFee),
    },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 147.00', 'Dr 6100 3.00', 'Cr 1110:adnet 150.00'],
  },
  {
    what: 'a wire with a correspondent fee of 15',
    match: { lines: [line('135')], items: [item('payout', '150')], difference: fee('wire', wireFee) },
    account: '1000:bank',
    journal: ['Dr 1000:bank 135.00', 'Dr 6110 15.00', 'Cr 1110:adnet 150.00'],
  },
  {
    what: 'Razorpay, with tax on its fee',
    match: {
      lines: [line('9764', { currency: 'INR', fee: units('200'), tax: units('36') })],
      items: [item('payout', '10000', { currency: 'INR' })],
    },
    account: '1055:razorpay',
    journal: ['Dr 1055:razorpay INR 9764.00', 'Dr 1450 INR 36.00', 'Dr 6100 INR 200.00', 'Cr 1110:adnet INR 10000.00'],
  },
  {
    what: 'ten per cent withheld',
    match: {
      lines: [line('135')],
      items: [item('payout', '150')],
      difference: fee('withholding', { withholdingBasisPoints: 1000 }),
    },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 135.00', 'Dr 1400 15.00', 'Cr 1110:adnet 150.00'],
  },
  {
    what: 'withheld, and charged for what was left',
    match: {
      lines: [line('132.30')],
      items: [item('payout', '150')],
      difference: fee('withholding + paypal', { ...paypalFee, withholdingBasisPoints: 1000 }),
    },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 132.30', 'Dr 1400 15.00', 'Dr 6100 2.70', 'Cr 1110:adnet 150.00'],
  },
  {
    what: 'one of two parts of a payout',
    match: { lines: [line('90')], items: [item('payout', '90')] },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 90.00', 'Cr 1110:adnet 90.00'],
  },
  {
    what: 'two lines for one payout, the second net of the fee',
    match: {
      lines: [line('90'), line('57', { id: '2' })],
      items: [item('payout', '150')],
      difference: fee('paypal', paypalFee),
    },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 147.00', 'Dr 6100 3.00', 'Cr 1110:adnet 150.00'],
  },
  {
    what: 'one line for the payouts of two networks',
    match: { lines: [line('210')], items: [item('payout', '150'), item('payout', '60', { id: '8', source: 'other' })] },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 210.00', 'Cr 1110:adnet 150.00', 'Cr 1110:other 60.00'],
  },
  {
    what: 'a payout returned',
    match: { lines: [line('-150')], items: [item('payout-return', '-150')] },
    account: '1050:paypal',
    journal: ['Dr 1110:adnet 150.00', 'Cr 1050:paypal 150.00'],
  },
  {
    what: 'a difference a person writes off',
    match: {
      lines: [line('140')],
      items: [item('payout', '150')],
      step: 'decision',
      difference: { kind: 'written-off' },
    },
    account: '1050:paypal',
    journal: ['Dr 1050:paypal 140.00', 'Dr 6950 10.00', 'Cr 1110:adnet 150.00'],
  },
  {
    what: 'a difference nothing explains',
    match: { lines: [line('140')], items: [item('payout', '150')] },
    account: '1050:paypal',
    journal: ['amount: the line 1 and what it pays differ by 10.00 USD, which nothing explains'],
  },
  {
    what: 'USD 150.00 received as EUR 135.00 at 1.084: a loss of 3.66',
    match: { lines: [line('135', { currency: 'EUR' })], items: [item('payout', '150')] },
    account: '1000:bank',
    context: withRates({ 'EUR/USD 2026-03-20': '1.084' }),
    journal: [
      'Dr 1000:bank EUR 135.00',
      'Dr 1065 146.34',
      'Dr 6200 3.66',
      'Cr 1065 EUR 135.00',
      'Cr 1110:adnet 150.00',
    ],
  },
  {
    what: 'EUR 150.00 carried at 1.10, received as USD 162.00',
    match: { lines: [line('162')], items: [item('payout', '150', { currency: 'EUR' })] },
    account: '1000:bank',
    context: withRates({ 'EUR/USD 2026-03-18': '1.10' }),
    journal: [
      'Dr 1000:bank 162.00',
      'Dr 1065 EUR 150.00',
      'Dr 6200 3.00',
      'Cr 1065 165.00',
      'Cr 1110:adnet EUR 150.00',
    ],
  },
  {
    what: 'a gain: EUR 150.00 carried at 1.10, received as USD 166.50',
    match: { lines: [line('166.50')], items: [item('payout', '150', { currency: 'EUR' })] },
    account: '1000:bank',
    context: withRates({ 'EUR/USD 2026-03-18': '1.10' }),
    journal: [
      'Dr 1000:bank 166.50',
      'Dr 1065 EUR 150.00',
      'Cr 1065 165.00',
      'Cr 1110:adnet EUR 150.00',
      'Cr 6200 1.50',
    ],
  },
  {
    what: 'USD 150.00 received as EUR 90.00 and, two days later, EUR 45.00: each at the rate of its day',
    match: {
      lines: [line('90', { currency: 'EUR' }), line('45', { id: '2', currency: 'EUR', date: '2026-03-22' })],
      items: [item('payout', '150')],
    },
    account: '1000:bank',
    context: withRates({ 'EUR/USD 2026-03-20': '1.10', 'EUR/USD 2026-03-22': '1.12' }),
    journal: [
      'Dr 1000:bank EUR 135.00',
      'Dr 1065 149.40',
      'Dr 6200 0.60',
      'Cr 1065 EUR 135.00',
      'Cr 1110:adnet 150.00',
    ],
  },
  {
    what: 'USD 147.00 sent from PayPal, arriving as INR 12250.00 at 0.0119: a loss of 1.225',
    match: { lines: [line('12250', { currency: 'INR' })], items: [item('transfer', '147', { source: 'paypal' })] },
    account: '1000:bank',
    context: withRates({ 'INR/USD 2026-03-20': '0.0119' }),
    journal: [
      'Dr 1000:bank INR 12250.00',
      'Dr 1065 145.775',
      'Dr 6200 1.225',
      'Cr 1060 147.00',
      'Cr 1065 INR 12250.00',
    ],
  },
  {
    what: 'USD 150.00 received as EUR 5.00, which no rate explains',
    match: { lines: [line('5', { currency: 'EUR' })], items: [item('payout', '150')] },
    account: '1000:bank',
    context: withRates({ 'EUR/USD 2026-03-20': '1.084' }),
    journal: [
      'amount: the lines are worth 5.42 USD and the items 150.00 USD, more than 5 % apart: no exchange rate explains it; if it is right all the same, match them with --difference written-off',
    ],
  },
  {
    what: 'USD 150.00 received as EUR 135.00, where the settings allow two per cent between currencies',
    match: { lines: [line('135', { currency: 'EUR' })], items: [item('payout', '150')] },
    account: '1000:bank',
    context: { ...withRates({ 'EUR/USD 2026-03-20': '1.084' }), mostApartBasisPoints: 200 },
    journal: [
      'amount: the lines are worth 146.34 USD and the items 150.00 USD, more than 2 % apart: no exchange rate explains it; if it is right all the same, match them with --difference written-off',
    ],
  },
  {
    what: 'USD 150.00 received as EUR 5.00, which a person has written off',
    match: {
      lines: [line('5', { currency: 'EUR' })],
      items: [item('payout', '150')],
      difference: { kind: 'written-off' },
    },
    account: '1000:bank',
    context: withRates({ 'EUR/USD 2026-03-20': '1.084' }),
    journal: ['Dr 1000:bank EUR 5.00', 'Dr 1065 5.42', 'Dr 6200 144.58', 'Cr 1065 EUR 5.00', 'Cr 1110:adnet 150.00'],
  },
  {
    what: 'a top-up of USD 100.00 charged as INR 8500.00',
    match: { lines: [line('-8500', { currency: 'INR' })], items: [item('top-up', '-100', { source: 'netpanel' })] },
    account: '1000:bank',
    context: withRates({ 'INR/USD 2026-03-20': '0.0119' }),
    journal: ['Dr 1065 INR 8500.00', 'Dr 1070 100.00', 'Dr 6200 1.15', 'Cr 1000:bank INR 8500.00', 'Cr 1065 101.15'],
  },
  {
    what: 'a transfer in another currency without a rate',
    match: { lines: [line('12250', { currency: 'INR' })], items: [item('transfer', '147', { source: 'paypal' })] },
    account: '1000:bank',
    journal: ['rate: no rate from INR to USD is known for 2026-03-20'],
  },
  {
    what: 'another currency without a rate',
    match: { lines: [line('135', { currency: 'EUR' })], items: [item('payout', '150')] },
    account: '1000:bank',
    journal: ['rate: no rate from EUR to USD is known for 2026-03-20'],
  },
  {
    what: 'a top-up of 100 with 3 % card surcharge',
    match: {
      lines: [line('-103')],
      items: [item('top-up', '-100', { source: 'netpanel' })],
      difference: fee('card', { fees: [{ name: 'card', basisPoints: 300, flat: 0n }] }),
    },
    account: '1000:bank',
    journal: ['Dr 1070 100.00', 'Dr 6100 3.00', 'Cr 1000:bank 103.00'],
  },
  {
    what: 'a wallet refund of 100 to the card, of which 98 came',
    match: {
      lines: [line('98')],
      items: [item('wallet-refund', '100', { source: 'netpanel' })],
      difference: fee('card', { fees: [{ name: 'card', basisPoints: 200, flat: 0n }] }),
    },
    account: '1000:bank',
    journal: ['Dr 1000:bank 98.00', 'Dr 6100 2.00', 'Cr 1070 100.00'],
  },
  {
    what: 'a transfer arriving',
    match: { lines: [line('147')], items: [item('transfer', '147', { source: 'paypal' })] },
    account: '1000:bank',
    journal: ['Dr 1000:bank 147.00', 'Cr 1060 147.00'],
  },
  {
    what: 'a Razorpay settlement arriving under its UTR',
    match: {
      lines: [line('9764', { currency: 'INR' })],
      items: [item('settlement', '9764', { currency: 'INR', source: 'razorpay' })],
    },
    account: '1000:bank',
    journal: ['Dr 1000:bank INR 9764.00', 'Cr 1060 INR 9764.00'],
  },
]

describe('a line settled with what it is about', () => {
  it.each(CASES)('books $what', ({ match, account, context, journal: expected }) => {
    expect(journalOf(match, account, context)).toEqual(expected)
  })
})

interface AloneCase {
  readonly what: string
  readonly amount: string
  readonly fee?: string
  readonly meaning: AloneMeaning
  readonly journal: readonly string[]
}

const ALONE: readonly AloneCase[] = [
  {
    what: "a processor's fee",
    amount: '-3',
    meaning: 'processor-fee',
    journal: ['Dr 6100 3.00', 'Cr 1050:paypal 3.00'],
  },
  { what: 'a fee given back', amount: '3', meaning: 'processor-fee', journal: ['Dr 1050:paypal 3.00', 'Cr 6100 3.00'] },
  { what: 'tax on a fee', amount: '-0.54', meaning: 'fee-tax', journal: ['Dr 1450 0.54', 'Cr 1050:paypal 0.54'] },
  { what: 'a bank charge', amount: '-9', meaning: 'bank-charge', journal: ['Dr 6110 9.00', 'Cr 1050:paypal 9.00'] },
  { what: 'a micro-deposit', amount: '0.12', meaning: 'income', journal: ['Dr 1050:paypal 0.12', 'Cr 4800 0.12'] },
  {
    what: 'a transfer leaving for the bank',
    amount: '-147',
    meaning: 'transfer-out',
    journal: ['Dr 1060 147.00', 'Cr 1050:paypal 147.00'],
  },
  {
    what: 'a transfer leaving with a fee of its own',
    amount: '-148',
    fee: '1',
    meaning: 'transfer-out',
    journal: ['Dr 1060 147.00', 'Dr 6100 1.00', 'Cr 1050:paypal 148.00'],
  },
  { what: 'suspense', amount: '8', meaning: 'suspense', journal: ['Dr 1050:paypal 8.00', 'Cr 1900 8.00'] },
  { what: 'a write-off', amount: '-4', meaning: 'written-off', journal: ['Dr 6950 4.00', 'Cr 1050:paypal 4.00'] },
]

describe('a line that is complete in itself', () => {
  it.each(ALONE)('books $what', ({ amount, fee: own, meaning, journal: expected }) => {
    const settled = settleAlone(line(amount, { fee: own === undefined ? null : units(own) }), meaning)
    expect(journal(balances(settled, '1050:paypal'))).toEqual(expected)
  })

  it('books an exchange of EUR 100.00 for USD 107.00 at 1.084 with a loss of 1.40', () => {
    const lines = [line('-100', { currency: 'EUR' }), line('107', { id: '2' })]
    const settlement = settleConversion(lines, withRates({ 'EUR/USD 2026-03-20': '1.084' }))
    if (settlement.kind === 'unsettled') throw new Error(settlement.reason)
    const out = balances(settlement.totals.get('1') ?? [], '1050:paypal', 'EUR')
    expect(journal(balances(settlement.totals.get('2') ?? [], '1050:paypal', 'USD', out))).toEqual([
      'Dr 1050:paypal 107.00',
      'Dr 1065 EUR 100.00',
      'Dr 6200 1.40',
      'Cr 1050:paypal EUR 100.00',
      'Cr 1065 108.40',
    ])
  })

  it('books no exchange without its rate', () => {
    const lines = [line('-100', { currency: 'EUR' }), line('107', { id: '2' })]
    expect(settleConversion(lines, NONE)).toMatchObject({ kind: 'unsettled', lack: 'rate' })
  })
})

describe('an item given up', () => {
  it.each([
    ['a payout', item('payout', '6.40'), '6.40', ['Dr 6950 6.40', 'Cr 1110:adnet 6.40']],
    ['a top-up nobody paid', item('top-up', '-25'), '-25', ['Dr 1070 25.00', 'Cr 6950 25.00']],
    ['a refund that never came', item('wallet-refund', '98'), '98', ['Dr 6950 98.00', 'Cr 1070 98.00']],
    ['a transfer that never came', item('transfer', '147'), '147', ['Dr 6950 147.00', 'Cr 1060 147.00']],
  ] as const)('books %s', (_, given, amount, expected) => {
    expect(journal(balances([writeOffItem(given, units(amount))], '1000:bank'))).toEqual(expected)
  })
})
