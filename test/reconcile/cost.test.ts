/** What a night and a small import read follows what is new and what is open, not all the months there were. */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { addDays } from '../../src/domain/time/dates.ts'
import { importBalanced } from '../proofs/proven-book.ts'
import { counted, type Cost } from '../support/counted-rows.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, NOON_MS, type MoneyBook } from './money-book.ts'

const FEW = 3
const MANY = 9
const LAST_DAY = '2026-03-09'

/** So many months before the last day: payouts less the account's fee, the same top-up again and again, and bank charges. */
async function history(database: Database, months: number): Promise<MoneyBook> {
  const book = await moneyBook(database)
  const first = addDays(LAST_DAY, -30 * months)
  const evidence = [`${first},pub,opening-balance,99999.00,USD,,`, `${first},bank,opening-balance,5000.00,USD,,`]
  const paypal: string[] = []
  const bank: string[] = []
  let balance = 5000
  for (let month = 0; month < months; month += 1) {
    const of = (day: number): string => addDays(first, 30 * month + day)
    for (let week = 0; week < 4; week += 1) {
      const paid = 1000 + 90 * (4 * month + week)
      evidence.push(`${of(7 * week)},pub,payout,${paid}.00,USD,PO-${month}-${week},`)
      evidence.push(`${of(7 * week)},panel,top-up,40.00,USD,INV-${month}-${week},`)
      paypal.push(`${of(7 * week + 1)},PAYELANCER PAYOUT,${(0.98 * paid).toFixed(2)}`)
      balance -= 40
      bank.push(`${of(7 * week + 1)},NETPANEL,-40.00,${balance}.00`)
    }
    balance -= 4
    bank.push(`${of(26)},MONTHLY FEE,-4.00,${balance}.00`)
  }
  await book.evidence(...evidence)
  await book.bank('paypal', ...paypal)
  await importBalanced(book.rig, NOON_MS, 'bank', ...bank)
  return book
}

/** One more night, and then a file of one line with its night. */
async function costs(database: Database, months: number): Promise<readonly Cost[]> {
  const { kysely, cost } = counted(database.kysely)
  const book = await history({ ...database, kysely }, months)
  await book.reconcile(addDays(LAST_DAY, 1))
  // All of the history is settled, or what is open would be read, and rightly.
  expect(await book.exceptions()).toEqual([])
  const all = [cost()]
  await book.reconcile(addDays(LAST_DAY, 2))
  all.push(cost())
  await book.evidence(`${LAST_DAY},panel,top-up,40.00,USD,INV-LAST,`)
  all.push(cost())
  await book.bank('bank', `${LAST_DAY},NETPANEL,-40.00`)
  all.push(cost())
  return all.slice(1).map(({ statements, rows }, index) => ({
    statements: statements - (all[index]?.statements ?? 0),
    rows: rows - (all[index]?.rows ?? 0),
  }))
}

describeOnSqlite('a night after many months', (fresh) => {
  it('costs what a night after few months costs, and so does a small file', async () => {
    const rows = async (months: number): Promise<readonly number[]> =>
      (await costs(await fresh(), months)).map((cost) => cost.rows)
    expect(await rows(MANY)).toEqual(await rows(FEW))
  })

  it('states payouts at the same cost each, however many are known', async () => {
    const database = await fresh()
    const { kysely, cost } = counted(database.kysely)
    const { evidence } = await moneyBook({ ...database, kysely })
    await evidence('2025-01-01,pub,opening-balance,99999.00,USD,,')
    const rows: number[] = []
    for (const month of ['02', '03', '04']) {
      const before = cost().rows
      const days = Array.from({ length: 20 }, (_, day) => `2025-${month}-${String(day + 1).padStart(2, '0')}`)
      await evidence(...days.map((day) => `${day},pub,payout,100.00,USD,PO-${day},`))
      rows.push(cost().rows - before)
    }
    // Only payouts of about the same days are read, and these differ with the length of a month.
    expect(rows[2]).toBeLessThanOrEqual(rows[1] ?? 0)
  })
})
