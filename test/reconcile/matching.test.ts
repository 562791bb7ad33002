/** Statement lines against what the books expect, from imported files to postings, on both engines. */
import { expect, it } from 'vitest'
import { describeDatabases } from '../support/databases.ts'
import { moneyBook } from './money-book.ts'

describeDatabases('a reconciliation', (fresh) => {
  it('settles a payout by its only line, and posts nothing the second time', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence('2026-03-01,pub,opening-balance,200.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
    await book.bank('bank', '2026-03-05,PAYELANCER PAYOUT,150.00', '2026-03-06,MONTHLY FEE,-4.00')
    const first = await book.reconcile()
    expect(await book.matches()).toEqual(['rule active line 2 -4.00', 'exact active line 1 150.00, item 1 150.00'])
    expect(await book.balances()).toEqual({
      '1000:bank': '146.00',
      '1100:pub': '50.00',
      '3900': '-200.00',
      '6110': '4.00',
    })
    expect(first.posted).toBe(2)
    expect((await book.reconcile()).posted).toBe(0)
    expect(await book.matches()).toHaveLength(2)
    expect(await book.exceptions()).toEqual([])
  })
})
