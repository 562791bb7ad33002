/** One line that rivals two matches is one choice, and no line ends twice. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook } from './money-book.ts'

const RULED = `      - name: second
        type: paypal
        currency: USD
        code: '1051'
        fees: [{ name: standard, percent: '2' }]
        rules: [{ contains: PAYELANCER, means: payout, source: pub }]
`

describeOnSqlite('a line that pays exactly what two weak matches would take', (fresh) => {
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

describeOnSqlite('a line that pays just as exactly as one that a rule speaks of', (fresh) => {
  const lines = [
    ['bank', '2026-03-05,PAYELANCER PAYOUT,150.00'],
    ['second', '2026-03-06,PAYELANCER A,150.00'],
  ] as const

  it.each([[lines], [lines.toReversed()]])('leaves the choice to a person, whichever came first: %j', async (order) => {
    const book = await moneyBook(await fresh(), RULED)
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
    const [[account, line], [other, later]] = order as typeof lines
    await book.bank(account, line)
    expect(await book.exceptions()).toEqual([])
    await book.bank(other, later)
    expect((await book.matches()).filter((each) => !each.includes('undone'))).toEqual([])
    expect(await book.exceptions()).toEqual([expect.stringMatching(/^AMBIGUOUS_MATCH line:/)])
    expect(await book.balances()).toMatchObject({ '1110:pub': '150.00' })
  })

  it('is no rival where nothing but the amount speaks for it, or where it has an item of its own', async () => {
    const book = await moneyBook(await fresh(), RULED)
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
    await book.bank('bank', '2026-03-05,CUSTOMER X,150.00')
    await book.bank('second', '2026-03-06,PAYELANCER A,150.00')
    expect((await book.matches()).filter((each) => each.includes('active'))).toHaveLength(1)
    const own = await moneyBook(await fresh(), RULED)
    await own.evidence(
      '2026-03-01,pub,opening-balance,600.00,USD,,',
      '2026-03-04,pub,payout,150.00,USD,PO-1,',
      '2026-03-08,pub,payout,150.00,USD,PO-2,',
    )
    await own.bank('second', '2026-03-06,PAYELANCER A,150.00')
    await own.bank('bank', '2026-03-09,PAYELANCER PAYOUT,150.00')
    expect((await own.matches()).filter((each) => each.includes('active'))).toHaveLength(2)
  })
})
