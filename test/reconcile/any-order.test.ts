/**
 * The same statements in any order make the same balances: imported one by one, each reconciled before the next comes.
 * Which of two equal top-ups a line is tied to does depend on what was known that day; what it is tied to, stays.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newSqliteUrl, opened } from '../support/databases.ts'
import { moneyBook, type MoneyBook } from './money-book.ts'
import { razorpayCsv } from './razorpay-csv.ts'

const ACCOUNTS = `      - name: second
        type: bank
        currency: USD
        code: '1001'
        rules:
          - { contains: PAYELANCER, means: payout, source: pub }
          - { contains: TO BANK, means: transfer, account: bank }
      - { name: rzp, type: razorpay, currency: INR, code: '1055' }
      - { name: inr, type: bank, currency: INR, code: '1002' }
`
const DAY = Date.UTC(2026, 2, 2, 6) / 1000
const ID = 'setl_AAAAAAAAAAAAAA'
const UTR = '1568176960vxp0rj'

function recon(...credits: readonly number[]): string {
  const rows = credits.map((credit) => ({
    entity_id: `pay_${credit}`,
    type: 'payment',
    debit: 0,
    credit,
    amount: credit,
    fee: 0,
    tax: 0,
    currency: 'INR',
    on_hold: false,
    settled: true,
    created_at: DAY,
    settled_at: DAY + 86_400,
    settlement_id: ID,
    settlement_utr: UTR,
  }))
  return razorpayCsv(rows)
}

const LIST = razorpayCsv([
  { id: ID, amount: 6000, status: 'processed', fees: 0, tax: 0, utr: UTR, created_at: DAY + 86_400 },
])

/** Equal amounts whose windows overlap, an exact partner and one less a fee, a transfer, a settlement in two files. */
const FILES: readonly ((book: MoneyBook) => Promise<unknown>)[] = [
  (book) => book.evidence('2026-03-02,pub,payout,150.00,USD,PO-1,', '2026-03-02,panel,top-up,25.00,USD,T-1,'),
  (book) => book.evidence('2026-03-06,pub,payout,80.00,USD,PO-2,', '2026-03-05,panel,top-up,25.00,USD,T-2,'),
  (book) => book.bank('paypal', '2026-03-03,PAYELANCER PAYOUT,147.00', '2026-03-04,X,-7.00'),
  (book) => book.bank('second', '2026-03-07,PAYELANCER PAYOUT,80.00', '2026-03-06,TO BANK,-40.00'),
  (book) => book.bank('bank', '2026-03-02,NETPANEL,-25.00', '2026-03-07,SECOND,40.00', '2026-03-07,MONTHLY FEE,-3.00'),
  (book) => book.bank('bank', '2026-03-06,NETPANEL 2,-25.00'),
  (book) => book.statement('rzp', 'razorpay-csv', 'a.csv', recon(1000, 2000)),
  (book) => book.statement('rzp', 'razorpay-csv', 'b.csv', recon(3000)),
  (book) => book.statement('rzp', 'razorpay-csv', 'list.csv', LIST),
  (book) => book.bank('inr', `2026-03-05,NEFT ${UTR.toUpperCase()},60.00`),
]

async function balancesOf(order: readonly number[]): Promise<unknown> {
  const book = await moneyBook(await opened(newSqliteUrl()), ACCOUNTS)
  await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-01,panel,opening-balance,10.00,USD,,')
  for (const n of [0, 1, ...order]) await FILES[n]?.(book)
  await book.reconcile()
  return book.balances()
}

it('makes the same balances whatever order statements are imported in', async () => {
  const numbers = FILES.map((_, n) => n).slice(2)
  const first = await balancesOf(numbers)
  expect(first).toMatchObject({ '1001:second': '40.00', '1050:paypal': '147.00', '1002:inr': '60.00' })
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(numbers, { minLength: numbers.length }), async (order) => {
      expect(await balancesOf(order)).toEqual(first)
    }),
    { numRuns: 4, endOnFailure: true },
  )
}, 120_000)

const EVIDENCE = 2

async function posted({ rig }: MoneyBook): Promise<number> {
  return (await rig.database.kysely.selectFrom('txn').select('seq').execute()).length
}

it('a second equal run posts nothing, whatever came before it', async () => {
  const numbers = FILES.map((_, n) => n).slice(2)
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(numbers, { minLength: 2, maxLength: 5 }), async (order) => {
      const book = await moneyBook(await opened(newSqliteUrl()), ACCOUNTS)
      for (const n of order) {
        await FILES[n]?.(book)
        // Statements are reconciled as they are imported.
        if (n < EVIDENCE) await book.reconcile()
        const before = await posted(book)
        await book.reconcile()
        expect(await posted(book)).toBe(before)
      }
    }),
    // Nothing is known to be earned, so the payout that arrives is owed back.
    { numRuns: 4, endOnFailure: true, examples: [[[0, 2]]] },
  )
}, 120_000)
