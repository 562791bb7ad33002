/** Nothing is matched twice, whatever writes to the database: raw SQL against both engines. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { describeDatabases } from '../support/databases.ts'
import { moneyBook } from './money-book.ts'

const GROUP = (id: number, status: string) =>
  `INSERT INTO match_group (book, id, status, step, origin, confidence, residual, how, reason, batch, item)
   VALUES (1, ${id}, '${status}', 'exact', 'automatic', 95, 0, '{}', '', 1, 1)`
const LEG = (match: number, side: string, ref: number, amount: bigint) =>
  `INSERT INTO match_leg (book, match, side, ref, amount) VALUES (1, ${match}, '${side}', ${ref}, ${amount})`

const FULL = 15_000_000_000n

describeDatabases('the database', (fresh) => {
  it('takes a match that fits, and adds it up by itself', async () => {
    const database = await fresh()
    const book = await moneyBook(database)
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,')
    await book.bank('bank', '2026-03-02,SOMETHING ELSE,150.00')
    for (const text of [GROUP(9, 'proposed'), LEG(9, 'line', 1, FULL)]) await sql.raw(text).execute(database.kysely)
    expect(await book.dispositions()).toEqual(['1 open'])
    await sql.raw(`UPDATE match_group SET status = 'active' WHERE id = 9`).execute(database.kysely)
    expect(await book.dispositions()).toEqual(['1 matched'])
  })

  it.each([
    ['a second match of a settled line', [GROUP(9, 'active'), LEG(9, 'line', 1, FULL)]],
    ['a second match of a settled item', [GROUP(9, 'active'), LEG(9, 'item', 1, 1n)]],
    ['more than an open line', [GROUP(9, 'active'), LEG(9, 'line', 2, FULL + 1n)]],
    ['the other direction of a line', [GROUP(9, 'active'), LEG(9, 'line', 2, -1n)]],
    ['a line that there is not', [GROUP(9, 'active'), LEG(9, 'line', 77, 1n)]],
    [
      'a proposal that counts too much',
      [GROUP(9, 'proposed'), LEG(9, 'line', 1, FULL), `UPDATE match_group SET status = 'active' WHERE id = 9`],
    ],
    ['a changed leg', [`UPDATE match_leg SET amount = 1 WHERE match = 1 AND side = 'line'`]],
    ['a deleted leg', [`DELETE FROM match_leg WHERE match = 1`]],
    ['a deleted match', [`DELETE FROM match_group WHERE id = 1`]],
    [
      'a match undone twice',
      [
        `UPDATE match_group SET status = 'undone', undone_batch = 1, undone_item = 1 WHERE id = 1`,
        `UPDATE match_group SET status = 'active', undone_batch = NULL, undone_item = NULL WHERE id = 1`,
      ],
    ],
    ['a line declared unmatched', [`UPDATE statement_line SET matched = 0 WHERE id = 1`]],
    ['an item declared unmatched', [`UPDATE open_item SET matched = 0, status = 'open' WHERE id = 1`]],
  ] as const)('refuses %s', async (_, statements) => {
    const database = await fresh()
    const book = await moneyBook(database)
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
    await book.bank('bank', '2026-03-05,PAYELANCER PAYOUT,150.00', '2026-03-02,SOMETHING ELSE,150.00')
    expect(await book.matches()).toEqual(['exact active line 1 150.00, item 1 150.00'])
    const before = [await book.matches(), await book.dispositions()]
    const attack = database.kysely.transaction().execute(async (trx) => {
      for (const text of statements) await sql.raw(text).execute(trx)
    })
    await expect(attack).rejects.toThrow(/match|CHECK|check|UNIQUE|unique/i)
    expect([await book.matches(), await book.dispositions()]).toEqual(before)
  })
})
