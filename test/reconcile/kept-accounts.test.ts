/** An account whose statements are imported stays in the settings, under its code: else its matches could not be undone. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook } from './money-book.ts'

const wise = (code: string): string => `      - { name: wise, type: bank, currency: USD, code: '${code}' }\n`

describeOnSqlite('an account that has lines', (fresh) => {
  it('cannot be taken out of the settings, and can be undone once it is back', async () => {
    const database = await fresh()
    const book = await moneyBook(database, wise('1000'))
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
    await book.bank('wise', '2026-03-05,PAYELANCER PAYOUT,150.00')
    const without = await moneyBook(database)
    await expect(without.decide({ decide: 'unmatch', match: 1 })).rejects.toMatchObject({ code: 'ACCOUNT_IN_USE' })
    await expect(without.reconcile()).rejects.toThrow('"wise" has imported statement lines, and is no longer')
    expect(await book.matches()).toEqual(['exact active line 1 150.00, item 1 150.00'])
    await book.decide({ decide: 'unmatch', match: 1 })
    expect(await book.balances()).not.toHaveProperty(['1000:wise'])
  })

  it('cannot post to another code', async () => {
    const database = await fresh()
    const book = await moneyBook(database, wise('1000'))
    await book.bank('wise', '2026-03-05,CUSTOMER,150.00')
    const moved = await moneyBook(database, wise('1050'))
    await expect(moved.reconcile()).rejects.toThrow('post to 1000; its code is now 1050')
  })

  it('is free to go or to move before its first line', async () => {
    const database = await fresh()
    await (await moneyBook(database, wise('1000'))).reconcile()
    await (await moneyBook(database, wise('1050'))).reconcile()
    expect((await (await moneyBook(database)).reconcile()).posted).toBe(0)
  })
})
