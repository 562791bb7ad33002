/** A settlement that only hundreds of recon rows tell of, at the bank, and the list of settlements before, between or after. */
import { describe, expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { booksDigest } from '../../src/ledger/digest.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { moneyBook, type MoneyBook } from './money-book.ts'
import { razorpayCsv } from './razorpay-csv.ts'

const ACCOUNTS = `      - { name: rzp, type: razorpay, currency: INR, code: '1055' }
      - { name: inr, type: bank, currency: INR, code: '1002' }
`
const DAY = Date.UTC(2026, 2, 2, 6) / 1000
const ID = 'setl_AAAAAAAAAAAAAA'
const UTR = '1568176960vxp0rj'

/** Payments of 1,000.00 and a few paise, each less a fee that holds its tax. */
function rowsOf(utr: string | null, from: number, to: number) {
  return Array.from({ length: to - from }, (_, at) => ({
    entity_id: `pay_${String(from + at).padStart(14, '0')}`,
    type: 'payment',
    debit: 0,
    credit: 97_100 + from + at,
    amount: 100_000 + from + at,
    fee: 2900,
    tax: 442,
    currency: 'INR',
    on_hold: false,
    settled: true,
    created_at: DAY + 60 * (from + at),
    settled_at: DAY + 86_400,
    settlement_id: ID,
    settlement_utr: utr,
    order_id: `order_${from + at}`,
  }))
}

function recon(utr: string | null, from: number, to: number): string {
  return razorpayCsv(rowsOf(utr, from, to))
}

/** More than one row of 1,000.00 brought in. */
const REFUND = razorpayCsv(
  rowsOf(UTR, 1, 2).map((row) => ({
    ...row,
    entity_id: row.entity_id.replace('pay_', 'rfnd_'),
    type: 'refund',
    debit: 200_000,
    credit: 0,
    amount: 200_000,
    fee: 0,
    tax: 0,
  })),
)

/** What so many rows come to after their fees, in paise. */
function netOf(rows: number): number {
  return rows * 97_100 + (rows * (rows - 1)) / 2
}

interface Files {
  readonly paid: string
  readonly rows: (book: MoneyBook) => Promise<unknown>
  readonly list: (book: MoneyBook) => Promise<unknown>
  readonly bank: (book: MoneyBook) => Promise<unknown>
}

function filesOf(rows: number): Files {
  const amount = netOf(rows)
  const paid = (amount / 100).toFixed(2)
  const status = { status: 'processed', fees: 0, tax: 0, utr: UTR, created_at: DAY + 86_400 }
  const list = razorpayCsv([{ id: ID, amount, ...status }])
  const narration = `NEFT CR-RAZORPAY SOFTWARE-${UTR.toUpperCase()}`
  return {
    paid,
    rows: (book) => book.statement('rzp', 'razorpay-csv', 'recon.csv', recon(UTR, 0, rows)),
    list: (book) => book.statement('rzp', 'razorpay-csv', 'list.csv', list),
    bank: (book) => book.bank('inr', `2026-03-05,${narration},${paid}`),
  }
}

async function settled(book: MoneyBook): Promise<readonly unknown[]> {
  return book.rig.database.kysely
    .selectFrom('open_item')
    .select(['kind', 'source', 'object', 'status'])
    .orderBy('id')
    .execute()
}

const ITEM = { kind: 'settlement', source: 'rzp', object: `settlement:${ID}:INR` }

async function freshBook(database: Database, accounts = ACCOUNTS): Promise<MoneyBook> {
  const book = await moneyBook(database, accounts)
  await book.evidence('2026-03-01,pub,opening-balance,40.00,USD,,')
  return book
}

describeOnSqlite('rows of a settlement without its list', (fresh) => {
  it('are expected at the bank as one, and the list takes their place', async () => {
    const { paid, ...files } = filesOf(316)
    const book = await freshBook(await fresh())
    await files.rows(book)
    expect(await book.exceptions()).not.toContain(`STATEMENT_GAP settlement:${ID}`)
    await files.bank(book)
    expect(await settled(book)).toEqual([{ ...ITEM, status: 'settled' }])
    expect(await book.matches()).toEqual([`reference active line 317 ${paid}, item 1 ${paid}`])
    const before = await book.balances()
    expect(before).toMatchObject({ '1002:inr': paid, '1055:rzp': `-${paid}` })
    expect(before['1060']).toBeUndefined()
    await files.list(book)
    expect(await book.balances()).toEqual(before)
    expect(await settled(book)).toEqual([{ ...ITEM, status: 'settled' }])
  })

  it('without a UTR ask for the list', async () => {
    const book = await freshBook(await fresh())
    await book.statement('rzp', 'razorpay-csv', 'recon.csv', recon(null, 0, 3))
    expect(await book.exceptions()).toContain(`STATEMENT_GAP settlement:${ID}`)
    await filesOf(3).list(book)
    expect(await book.exceptions()).not.toContain(`STATEMENT_GAP settlement:${ID}`)
  })
})

describe('rows, list and bank', () => {
  it('make the same books in any order', async () => {
    const digests = new Set<string>()
    const names = ['rows', 'list', 'bank'] as const
    const orders = names.flatMap((a) => names.flatMap((b) => names.map((c) => new Set([a, b, c]))))
    for (const order of orders.filter(({ size }) => size === names.length)) {
      const files = filesOf(12)
      const book = await freshBook(await opened(newSqliteUrl()))
      for (const name of order) await files[name](book)
      expect(await settled(book)).toEqual([{ ...ITEM, status: 'settled' }])
      digests.add(await booksDigest(book.rig.database.kysely, await book.rig.bookRow()))
    }
    expect(digests.size).toBe(1)
  })

  it('follow the list where it says less, once the match is taken back', async () => {
    const files = filesOf(3)
    const book = await freshBook(await opened(newSqliteUrl()))
    await files.rows(book)
    await files.bank(book)
    await filesOf(2).list(book)
    expect(await book.exceptions()).toContain(`LINE_UNMATCHED over-matched:settlement:${ID}:INR`)
    const [leg] = await book.rig.database.kysely
      .selectFrom('match_leg')
      .select('match')
      .where('side', '=', 'item')
      .execute()
    await book.decide({ decide: 'unmatch', match: Number(leg?.match) })
    const rows = await book.rig.database.kysely.selectFrom('open_item').select(['amount', 'status']).execute()
    expect(rows).toEqual([{ amount: BigInt(netOf(2)) * 1_000_000n, status: 'open' }])
    expect(await book.balances()).toMatchObject({ '1060': (netOf(2) / 100).toFixed(2) })
  })

  it('expect nothing more once the rows come to nothing, or the list is not for these books', async () => {
    const refunded = await freshBook(await opened(newSqliteUrl()))
    await filesOf(1).rows(refunded)
    expect(await settled(refunded)).toEqual([{ ...ITEM, status: 'open' }])
    await refunded.statement('rzp', 'razorpay-csv', 'refund.csv', REFUND)
    const rules = `, rules: [{ contains: settlement, means: not-ours }]`
    const notOurs = await freshBook(
      await opened(newSqliteUrl()),
      ACCOUNTS.replace(`code: '1055'`, `code: '1055'${rules}`),
    )
    await filesOf(1).rows(notOurs)
    await filesOf(1).list(notOurs)
    for (const book of [refunded, notOurs]) {
      expect(await settled(book)).toEqual([{ ...ITEM, status: 'withdrawn' }])
      expect((await book.balances())['1060']).toBeUndefined()
    }
  })

  it('make one settlement of rows in two files', async () => {
    const { paid, ...files } = filesOf(12)
    const book = await freshBook(await opened(newSqliteUrl()))
    await book.statement('rzp', 'razorpay-csv', 'a.csv', recon(UTR, 0, 5))
    await files.bank(book)
    expect(await settled(book)).toEqual([{ ...ITEM, status: 'open' }])
    await book.statement('rzp', 'razorpay-csv', 'b.csv', recon(UTR, 5, 12))
    expect(await settled(book)).toEqual([{ ...ITEM, status: 'settled' }])
    expect(await book.balances()).toMatchObject({ '1002:inr': paid, '1055:rzp': `-${paid}` })
  })
})
