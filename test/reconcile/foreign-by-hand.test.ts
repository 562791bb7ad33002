/** Lines of another currency than what they pay, matched by hand. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, type MoneyBook } from './money-book.ts'

const EUR = `      - { name: eur, type: bank, currency: EUR, code: '1002' }
`

describeOnSqlite('a line of another currency', (fresh) => {
  async function book(): Promise<MoneyBook> {
    const made = await moneyBook(await fresh(), EUR)
    await made.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
    await made.bank('eur', '2026-03-05,A,5.00')
    return made
  }
  const decision = { decide: 'match' as const, lines: [1], items: [1] }

  it.each(['fee', 'withholding'] as const)('has no %s that could be measured', async (residual) => {
    await expect((await book()).decide({ ...decision, residual })).rejects.toThrow('between two currencies')
  })

  it('subtracts no currency from another', async () => {
    const made = await book()
    await made.decide({ ...decision, residual: 'open' })
    const rows = await made.rig.database.kysely.selectFrom('match_group').select('residual').execute()
    expect(rows).toEqual([{ residual: 0n }])
  })

  it('says at once that a match without a rate is not booked, until it is taken back', async () => {
    const made = await book()
    await made.decide({ ...decision, residual: 'open' })
    expect(await made.exceptions()).toEqual(['CURRENCY line:1'])
    await made.decide({ decide: 'unmatch', match: 1 })
    expect(await made.exceptions()).not.toContain('CURRENCY line:1')
  })
})
