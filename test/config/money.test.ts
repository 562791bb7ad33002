/** Money accounts, payouts, matching and exceptions in the configuration: defaults, and what is refused with which words. */
import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { BookConfig } from '../../src/config/model.ts'
import { newFolder } from '../cli/support.ts'

function text(book: string, source = ''): string {
  return `database: sqlite:./x.db
books:
  - name: agency
    currency: USD
${book}
    sources:
      - name: pub
        type: payelancer
        role: publisher
        baseUrl: https://payelancer.example
        apiKey: { env: K }
        currency: USD
${source}
      - { name: panel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: K }, currency: USD }
`
}

function bookOf(book: string, source = ''): BookConfig {
  const [found] = parseConfig(text(book, source), 'tieout.yaml').books
  if (found === undefined) throw new Error('no book')
  return found
}

it('has no accounts, no payouts and the documented limits until it says otherwise', () => {
  const { accounts, matching, exceptions, sources } = bookOf('')
  expect(accounts).toEqual([])
  expect(sources[0]).not.toHaveProperty('payouts')
  expect(matching).toEqual({
    payoutDays: 5,
    topUpDays: 2,
    currencyBasisPoints: 500,
  })
  expect(exceptions).toEqual({
    reviewAbove: 25_00000000n,
    escalateAbove: 250_00000000n,
    escalateDays: 5,
    owners: new Map(),
  })
})

it.each([
  ['bank', '1000'],
  ['card', '2050'],
  ['paypal', '1050'],
  ['razorpay', '1055'],
])('keeps a %s account at %s of the chart', (type, code) => {
  const { accounts } = bookOf(`    accounts: [{ name: a, type: ${type}, currency: EUR }]`)
  expect(accounts).toEqual([
    {
      name: 'a',
      type,
      currency: 'EUR',
      timeZone: 'UTC',
      code,
      number: null,
      from: null,
      dateOrder: null,
      decimal: null,
      columns: null,
      rules: [],
      fees: [],
    },
  ])
})

it('reads rules and fees exactly', () => {
  const { accounts } = bookOf(`    accounts:
      - name: bank
        type: bank
        currency: USD
        rules:
          - { contains: PAYELANCER, means: payout, source: pub }
          - { contains: to paypal, means: transfer, account: paypal }
          - { contains: monthly fee, means: bank-charge }
        fees: [{ name: wire, percent: "2.5", flat: "0.30" }]
      - { name: paypal, type: paypal, currency: USD }`)
  expect(accounts[0]?.rules.map(({ means, of }) => [means, of])).toEqual([
    ['payout', 'pub'],
    ['transfer', 'paypal'],
    ['bank-charge', null],
  ])
  expect(accounts[0]?.fees).toEqual([{ name: 'wire', basisPoints: 250, flat: 30_000_000n }])
})

it('reads payouts with their defaults', () => {
  const [source] = bookOf('', '        payouts: { schedule: weekly, withholdingPercent: "10.05" }').sources
  expect(source).toMatchObject({
    payouts: {
      schedule: 'weekly',
      minimum: 50_00000000n,
      weekday: 1,
      dueDays: 10,
      account: null,
      withholdingBasisPoints: 1005,
    },
  })
})

const BANK = '{ name: bank, type: bank, currency: USD'

it.each([
  [
    `    accounts: [{ name: pub, type: bank, currency: USD }]`,
    /a source or account of this book is already named "pub"/,
  ],
  [`    accounts: [${BANK} }, ${BANK} }]`, /already named "bank"/],
  [`    accounts: [${BANK}, rules: [{ contains: xyz, means: payout, source: nobody }] }]`, /no source "nobody"/],
  [
    `    accounts: [${BANK}, rules: [{ contains: xyz, means: payout, source: panel }] }]`,
    /only a publisher is paid out/,
  ],
  [
    `    accounts: [${BANK}, rules: [{ contains: xyz, means: top-up, source: pub }] }]`,
    /only panels and advertisers are topped up/,
  ],
  [
    `    accounts: [${BANK}, rules: [{ contains: xyz, means: transfer, account: bank }] }]`,
    /another account than its own/,
  ],
  [`    accounts: [${BANK}, rules: [{ contains: xyz, means: transfer, account: nowhere }] }]`, /no account "nowhere"/],
  [`    accounts: [${BANK}, rules: [{ contains: xyz, means: payout }] }]`, /payout and top-up need source: NAME/],
  [
    `    accounts: [${BANK}, rules: [{ contains: xyz, means: top-up, source: panel, fee: card }] }]`,
    /this account states no fee "card"/,
  ],
  [`    accounts: [${BANK}, rules: [{ contains: xyz, means: income, fee: none }] }]`, /only a top-up says its fee/],
  [`    accounts: [${BANK}, rules: [{ contains: x, means: income }] }]`, /at least three characters/],
  [`    accounts: [${BANK}, code: 1000 }]`, /put the code in quotes/],
  [`    accounts: [${BANK}, iban: X }]`, /iban: this key is not known/],
  [`    accounts: [{ name: bank, type: cash, currency: USD }]`, /an account is bank, card, paypal, razorpay/],
  ['    matching: { currencyPercent: "-1" }', /not a percentage below 100/],
  ['    exceptions: { owners: { NO_SUCH_CODE: Ann } }', /not an exception code, nor "default"/],
  ['    exceptions: { reviewAbove: "-1" }', /not an amount of zero or more/],
])('refuses %s', (book, message) => {
  expect(() => bookOf(book)).toThrow(message)
})

it.each([
  ['{ account: nowhere }', /payouts\.account: this book has no account "nowhere"/],
  ['{ schedule: daily }', /a schedule is one of on_threshold, weekly, monthly, stated/],
  ['{ weekday: 8 }', /at most 7/],
])('refuses payouts %s', (payouts, message) => {
  expect(() => bookOf('', `        payouts: ${payouts}`)).toThrow(message)
})

it('is shown by config check', async () => {
  const config = text(
    `    accounts: [${BANK}, number: "DE89", rules: [{ contains: PAYELANCER, means: payout, source: pub }], fees: [{ name: wire, percent: "2.5" }] }]`,
    '        payouts: { schedule: monthly, account: bank }',
  )
  const { stdout } = await newFolder(config).run('config', 'check')
  expect(stdout).toMatch(
    /bank +bank +USD +UTC +1000:bank +DE89 +as the file tells +"PAYELANCER" payout pub +wire 2\.5 % \+ 0\.00/,
  )
  expect(stdout).toContain('Payouts of pub: monthly, on day 1; from 50.00 USD; overdue after 10 days; to bank\n')
  expect(stdout).toContain('Matching: payouts within 5 business days, top-ups within 2, 5 % between currencies')
  expect(stdout).toContain('Exceptions: reviewed above 25.00 USD, escalated above 250.00 USD or after 5 days\n')
})

it('says of an account how its dates and amounts are written', () => {
  const { accounts } = bookOf(
    `    accounts: [{ name: a, type: paypal, currency: USD, dateOrder: mdy }, { name: b, type: bank, currency: EUR, dateOrder: dmy, decimal: ',' }]`,
  )
  expect(accounts.map(({ dateOrder, decimal }) => [dateOrder, decimal])).toEqual([
    ['mdy', null],
    ['dmy', ','],
  ])
  expect(() => bookOf('    accounts: [{ name: a, type: paypal, currency: USD, dateOrder: us }]')).toThrow(
    /the order of dates is one of dmy, mdy, ymd/,
  )
})
