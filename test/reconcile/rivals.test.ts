/** One line that rivals two matches is one choice, and no line ends twice, on both engines. */
import { expect, it } from 'vitest'
import { describeDatabases } from '../support/databases.ts'
import { moneyBook } from './money-book.ts'

const RULED = `      - name: second
        type: paypal
        currency: USD
        code: '1051'
        fees: [{ name: standard, percent: '2' }]
        rules: [{ contains: PAYELANCER, means: payout, source: pub }]
`

describeDatabases('a line that pays exactly what two weak matches would take', (fresh) => {
  it('makes one choice of all of them, and stops neither the import nor what comes after', async () => {
    const book = await moneyBook(await fresh(), RULED)
    await book.evidence(
      '2026-03-01,pub,opening-balance,600.00,USD,,',
      '2026-03-01,pub,payout,150.00,USD,PO-1,',
      '2026-03-10,pub,payout,150.00,USD,PO-2,',
    )
    await book.bank(
      'second',
      '2026-03-05,PAYELANCER A,147.00',
      '2026-03-12,CUSTOMER Z,150.00',
      '2026-03-25,PAYELANCER B,147.00',
    )
    expect(await book.matches()).toEqual([])
    expect(await book.exceptions()).toEqual(['AMBIGUOUS_MATCH line:1'])
    const { run } = await book.reconcile('2026-03-26')
    expect(run?.summary.currencies[0]?.endings.ambiguous.count).toBe(3)
  })
})
