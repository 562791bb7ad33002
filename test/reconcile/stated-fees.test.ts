/** Fees of cards and of Razorpay, from the imported files to the accounts. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook } from './money-book.ts'
import { razorpayCsv } from './razorpay-csv.ts'

const CARD = `      - name: card
        type: bank
        currency: USD
        code: '1001'
        rules: [{ contains: NETPANEL, means: top-up, source: panel }]
        fees: [{ name: card, percent: '3' }]
`

const RAZORPAY = `      - name: rzp
        type: razorpay
        currency: INR
        code: '1055'
        rules: [{ contains: PAYX, means: payout, source: pubr }]
      - { name: inr, type: bank, currency: INR, code: '1002' }
`
const NETWORK =
  "      - { name: pubr, type: payelancer, role: publisher, baseUrl: 'http://127.0.0.1:9', apiKey: { env: KEY_PUB }, currency: INR, timeZone: UTC, payouts: { schedule: stated, account: rzp } }\n"
const DAY = Date.UTC(2026, 2, 2, 6) / 1000

/** Payments in paise, each less a fee that holds its tax. */
function recon(...payments: readonly { readonly amount: number; readonly fee: number; readonly tax: number }[]) {
  return payments.map((payment, index) => ({
    entity_id: `pay_0000000000000${index}`,
    type: 'payment',
    debit: 0,
    credit: payment.amount - payment.fee,
    ...payment,
    currency: 'INR',
    on_hold: false,
    settled: true,
    created_at: DAY + 60 * index,
    settled_at: DAY + 86_400,
    settlement_id: 'setl_AAAAAAAAAAAAAA',
    settlement_utr: '1568176960vxp0rj',
    description: `PAYX ${index}`,
    order_receipt: null as string | null,
  }))
}

function settlement(net: number, utr: string): string {
  const status = { status: 'processed', fees: 0, tax: 0, utr, created_at: DAY + 86_400 }
  return razorpayCsv([{ id: 'setl_AAAAAAAAAAAAAA', amount: net, ...status }])
}

const ONE = { amount: 336_579, fee: 7944, tax: 1212 }
const THREE = [ONE, { amount: 250_000, fee: 5900, tax: 900 }, { amount: 100_001, fee: 2360, tax: 360 }]

describeOnSqlite('what a Razorpay row says was taken off it', (fresh) => {
  it('explains a payout by itself', async () => {
    const book = await moneyBook(await fresh(), RAZORPAY, NETWORK)
    await book.evidence('2026-03-01,pubr,opening-balance,3365.79,INR,,', '2026-03-02,pubr,payout,3365.79,INR,PO-1,')
    await book.statement('rzp', 'razorpay-csv', 'recon.csv', razorpayCsv(recon(ONE)))
    expect(await book.matches()).toEqual(['exact active line 1 3286.35, item 1 3365.79'])
    expect(await book.balances()).toEqual({
      '1060': '3286.35',
      '6100': '67.32',
      '1450': '12.12',
      '3900': '-3365.79',
    })
  })

  it('explains a payout as a group that names it', async () => {
    const receipt = 'PAYOUT-1'
    const book = await moneyBook(await fresh(), RAZORPAY, NETWORK)
    await book.evidence('2026-03-01,pubr,opening-balance,6865.80,INR,,', '2026-03-02,pubr,payout,6865.80,INR,PAYOUT-1,')
    const rows = recon(...THREE).map((row) => ({ ...row, order_receipt: receipt }))
    await book.statement('rzp', 'razorpay-csv', 'recon.csv', razorpayCsv(rows))
    expect(await book.balances()).toEqual({
      '1060': '6703.76',
      '6100': '137.32',
      '1450': '24.72',
      '3900': '-6865.80',
    })
  })
})

describeOnSqlite('a settlement’s UTR in a bank’s narration', (fresh) => {
  it.each([
    ['1568176960vxp0rj', 'NEFT CR-RAZORPAY SOFTWARE-1568176960VXP0RJ', 'reference active line 2 40.00, item 1 40.00'],
    ['UTRN123456789', 'NEFT RAZORPAY UTRN123456789', 'reference active line 2 40.00, item 1 40.00'],
    ['RAZORPAYX', 'NEFT RAZORPAYX', 'exact proposed line 2 40.00, item 1 40.00'],
  ])('%s: %s', async (utr, narration, match) => {
    const book = await moneyBook(await fresh(), RAZORPAY, NETWORK)
    await book.evidence('2026-03-01,pubr,opening-balance,40.00,INR,,')
    await book.statement('rzp', 'razorpay-csv', 'settlements.csv', settlement(4000, utr))
    await book.bank('inr', `2026-03-05,${narration},40.00`)
    expect(await book.matches()).toContain(match)
  })

  it('closes what was overdue of it when a person confirms', async () => {
    const book = await moneyBook(await fresh(), RAZORPAY, NETWORK)
    await book.evidence('2026-03-01,pubr,opening-balance,40.00,INR,,')
    await book.statement('rzp', 'razorpay-csv', 'settlements.csv', settlement(4000, 'RAZORPAYX'))
    await book.bank('inr', '2026-03-05,NEFT,40.00', '2026-03-30,OTHER,1.00')
    await book.reconcile('2026-03-31')
    expect(await book.exceptions()).toContain('TOP_UP_MISSING settlement:setl_AAAAAAAAAAAAAA:INR')
    await book.decide({ decide: 'confirm', match: 2 })
    expect(await book.exceptions()).toEqual([])
  })
})

describeOnSqlite('a card’s surcharge', (fresh) => {
  it('of a top-up is a payment fee, not a wire’s', async () => {
    const book = await moneyBook(await fresh(), CARD)
    await book.evidence('2026-03-04,panel,top-up,100.00,USD,TU-1,')
    await book.bank('card', '2026-03-05,NETPANEL TOPUP,-103.00')
    expect(await book.matches()).toEqual(['fee active line 1 -103.00, item 1 -100.00'])
    const balances = await book.balances()
    expect(balances).toMatchObject({ '1001:card': '-103.00', '6100': '3.00' })
    expect(balances).not.toHaveProperty(['6110'])
  })
})
