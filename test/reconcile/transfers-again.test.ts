/** Transfers and settlements whose match a person takes back: open again, and matched by the next run. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, type MoneyBook } from './money-book.ts'
import { razorpayCsv } from './razorpay-csv.ts'

const ACCOUNTS = `      - name: second
        type: bank
        currency: USD
        code: '1001'
        rules: [{ contains: TO BANK, means: transfer, account: bank }]
      - { name: rzp, type: razorpay, currency: USD, code: '1055' }
`
const SETTLED_AT = Date.UTC(2026, 2, 4, 6) / 1000
const SETTLEMENTS = razorpayCsv([
  {
    id: 'setl_AAAAAAAAAAAAAA',
    amount: 6000,
    status: 'processed',
    fees: 0,
    tax: 0,
    utr: '1568176960vxp0rj',
    created_at: SETTLED_AT,
  },
])

async function items({ rig }: MoneyBook): Promise<readonly string[]> {
  const rows = await rig.database.kysely.selectFrom('open_item').select(['object', 'status']).orderBy('id').execute()
  return rows.map(({ object, status }) => `${object} ${status}`)
}

/** PayPal's own download: a withdrawal, and a customer who pays as much the day after. */
const PAYPAL = [
  '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Balance","Subject"',
  '"02/24/2026","10:00:00","PST","","General Withdrawal - Bank Account","Completed","USD","-500.00","0.00","-500.00","","","9WD00000000000001","0.00",""',
  '"02/25/2026","11:00:00","PST","Customer Inc","Website Payment","Completed","USD","500.00","0.00","500.00","a@b.c","me@x.y","9WD00000000000002","500.00","Order 17 paid by PayPal"',
  '',
].join('\n')

describeOnSqlite('what left one account', (fresh) => {
  it('is open again when its arrival is taken back, and another line brings it in', async () => {
    const book = await moneyBook(await fresh(), ACCOUNTS)
    await book.evidence('2026-03-01,pub,opening-balance,1.00,USD,,')
    await book.bank('second', '2026-03-04,TO BANK,-40.00')
    await book.statement('rzp', 'razorpay-csv', 'list.csv', SETTLEMENTS)
    await book.bank('bank', '2026-03-05,SECOND,40.00', '2026-03-05,1568176960VXP0RJ,60.00')
    const [transfer, settlement] = ['line:1', 'settlement:setl_AAAAAAAAAAAAAA:USD']
    expect(await items(book)).toEqual([`${transfer} settled`, `${settlement} settled`])
    const arrivals = (await book.matches()).flatMap((match, n) => (match.includes('item') ? [n + 1] : []))
    for (const match of arrivals) await book.decide({ decide: 'unmatch', match })
    expect(await items(book)).toEqual([`${transfer} open`, `${settlement} open`])
    expect(await book.balances()).toMatchObject({ '1060': '100.00' })
    // They were somebody else's.
    for (const line of [3, 4]) await book.decide({ decide: 'ignore', line })
    await book.bank('bank', '2026-03-06,SECOND AGAIN,40.00', '2026-03-06,AGAIN 1568176960VXP0RJ,60.00')
    expect(await items(book)).toEqual([`${transfer} settled`, `${settlement} settled`])
    expect((await book.balances())['1060']).toBeUndefined()
  })

  it('does not arrive on it, whatever came in there', async () => {
    const book = await moneyBook(await fresh(), ACCOUNTS)
    await book.evidence('2026-03-01,pub,opening-balance,1.00,USD,,')
    await book.statement('paypal', 'paypal-csv', 'pp.csv', PAYPAL)
    expect(await items(book)).toEqual(['line:1 open'])
    expect(await book.balances()).toMatchObject({ '1060': '500.00', '1050:paypal': '-500.00' })
    await expect(book.decide({ decide: 'match', lines: [2], items: [1], residual: 'open' })).rejects.toThrow(
      'item 1 has left paypal',
    )
    await book.bank('bank', '2026-02-26,PAYPAL TRANSFER,500.00')
    expect(await book.matches()).toEqual(['rule active line 1 -500.00', 'exact active line 3 500.00, item 1 500.00'])
    expect(await book.dispositions()).toEqual(['1 matched', '2 open', '3 matched'])
  })

  it('is expected no more once it is no transfer, and again when it is one after all', async () => {
    const book = await moneyBook(await fresh(), ACCOUNTS)
    await book.evidence('2026-03-01,pub,opening-balance,1.00,USD,,')
    await book.statement('rzp', 'razorpay-csv', 'list.csv', SETTLEMENTS)
    await book.bank('bank', '2026-03-05,1568176960VXP0RJ,60.00')
    await book.decide({ decide: 'unmatch', match: 1 })
    expect(await book.exceptions()).toContain('LINE_UNMATCHED over-matched:settlement:setl_AAAAAAAAAAAAAA:USD')
    await book.decide({ decide: 'unmatch', match: 2 })
    expect(await items(book)).toEqual(['settlement:setl_AAAAAAAAAAAAAA:USD withdrawn'])
    expect((await book.exceptions()).filter((code) => code.includes('over-matched:'))).toEqual([])
    await book.decide({ decide: 'settle', line: 1, meaning: 'transfer-out' })
    expect(await items(book)).toEqual(['settlement:setl_AAAAAAAAAAAAAA:USD open'])
    await book.decide({ decide: 'match', lines: [2], items: [1], residual: 'open' })
    expect(await book.balances()).toMatchObject({ '1000:bank': '60.00', '1055:rzp': '-60.00' })
    expect((await book.balances())['1060']).toBeUndefined()
  })
})
