/** A line that states its own fee, matched by hand to more or less than it pays. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { importStatements } from '../../src/pipeline/import-statement.ts'
import { NOTHING_SAID } from '../../src/pipeline/statements/kept-profile.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, NOON_MS, type MoneyBook } from './money-book.ts'

const HEADER = 'Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID'
const LINE = '03/05/2026,10:00:00,UTC,Someone,Mass Pay Payment,Completed,USD,150.00,-3.00,147.00,ABCDEFGHIJKLMN123'
// Says which number of a date is the day.
const LATER = '03/25/2026,10:00:00,UTC,Other,Mass Pay Payment,Completed,USD,7.00,0.00,7.00,ABCDEFGHIJKLMN124'

async function paypal({ rig }: MoneyBook): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-paypal-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'paypal.csv')
  writeFileSync(path, `${HEADER}\n${LINE}\n${LATER}\n`)
  const request = { config: rig.config, book: rig.book, env: rig.env }
  await importStatements(rig.environment(NOON_MS), request, [
    { path, account: 'paypal', format: null, said: NOTHING_SAID },
  ])
}

describeOnSqlite('a line that states its own fee', (fresh) => {
  const decision = { decide: 'match' as const, lines: [1], items: [1], residual: 'open' as const }

  it('settles a part of an item by its gross, and books its fee', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,200.00,USD,PO-1,')
    await paypal(book)
    await book.decide(decision)
    expect(await book.matches()).toEqual(['decision active line 1 147.00, item 1 150.00'])
    expect(await book.balances()).toMatchObject({ '6100': '3.00', '1110:pub': '50.00' })
  })

  it('leaves to a named difference only what its fee does not explain', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,200.00,USD,PO-1,')
    await paypal(book)
    await book.decide({ ...decision, residual: 'withholding' })
    expect(await book.balances()).toMatchObject({ '6100': '3.00', '1400': '50.00' })
    expect((await book.balances())['1110:pub'] ?? '0.00').toBe('0.00')
  })

  it('is not matched in part, as its fee belongs to the whole', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,100.00,USD,PO-1,')
    await paypal(book)
    await expect(book.decide(decision)).rejects.toThrow('the lines pay 150.00 with the fee they state')
  })
})
