/** Fees of cards and of Razorpay, from the imported files to the accounts, on both engines. */
import { expect, it } from 'vitest'
import { describeDatabases } from '../support/databases.ts'
import { moneyBook } from './money-book.ts'

const CARD = `      - name: card
        type: bank
        currency: USD
        code: '1001'
        rules: [{ contains: NETPANEL, means: top-up, source: panel }]
        fees: [{ name: card, percent: '3' }]
`

describeDatabases('a card’s surcharge', (fresh) => {
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
