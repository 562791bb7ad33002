/** What raw SQL can do to matches, on both engines: what is matched follows from them, and nothing beyond its amount. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { moneyBook, type MoneyBook } from './money-book.ts'

const GROUP = (id: number, status: string): string =>
  `INSERT INTO match_group (book, id, status, step, origin, confidence, residual, how, reason, batch, item)
   VALUES (1, ${id}, '${status}', 'exact', 'automatic', 95, 0, '{}', '', 1, 1)`
const LEG = (match: number, side: string, ref: number, amount: bigint): string =>
  `INSERT INTO match_leg (book, match, side, ref, amount) VALUES (1, ${match}, '${side}', ${ref}, ${amount})`

const FULL = 15_000_000_000n

/** Line 1 is matched to item 1, line 2 is open. */
async function attackedBook(database: Database): Promise<MoneyBook> {
  const book = await moneyBook(database)
  await book.evidence('2026-03-01,pub,opening-balance,900.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
  await book.bank('bank', '2026-03-05,PAYELANCER PAYOUT PO-1,150.00', '2026-03-02,SOMETHING ELSE,150.00')
  expect(await book.dispositions()).toEqual(['1 matched', '2 open'])
  return book
}

describeOnBothEngines('the database', (fresh) => {
  it('adds up by itself what is matched, once a match counts', async () => {
    const database = await fresh()
    const book = await attackedBook(database)
    for (const text of [GROUP(9, 'proposed'), LEG(9, 'line', 2, FULL)]) await sql.raw(text).execute(database.kysely)
    expect(await book.dispositions()).toContain('2 open')
    await sql.raw(`UPDATE match_group SET status = 'active' WHERE id = 9`).execute(database.kysely)
    expect(await book.dispositions()).toContain('2 matched')
  })

  it.each([
    ['a settled line', [GROUP(9, 'active'), LEG(9, 'line', 1, FULL)]],
    ['a settled item', [GROUP(9, 'active'), LEG(9, 'item', 1, 1n)]],
    ['more than an open line', [GROUP(9, 'active'), LEG(9, 'line', 2, FULL + 1n)]],
    ['the other direction of a line', [GROUP(9, 'active'), LEG(9, 'line', 2, -1n)]],
    [
      'a settled line by a proposal that is confirmed',
      [GROUP(9, 'proposed'), LEG(9, 'line', 1, FULL), `UPDATE match_group SET status = 'active' WHERE id = 9`],
    ],
  ])('does not match %s', async (_name, statements) => {
    const database = await fresh()
    const book = await attackedBook(database)
    const attack = database.kysely.transaction().execute(async (trx) => {
      for (const text of statements) await sql.raw(text).execute(trx)
    })
    await expect(attack).rejects.toThrow(/check/i)
    expect(await book.dispositions()).toEqual(['1 matched', '2 open'])
  })
})
