/**
 * What raw SQL can do to lines, open items and matches, on both engines: nothing is matched twice, and what follows from
 * the landing changes only while a batch of it is processed.
 */
import { sql, type Transaction } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { DialectName } from '../../src/db/dialect.ts'
import type { Tables } from '../../src/db/tables.ts'
import { landBatch, lastLandedBatch } from '../../src/log/landing.ts'
import { findBook } from '../../src/ledger/books.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { moneyBook, NOON_MS, type MoneyBook } from './money-book.ts'

const GROUP = (id: number, status: string): string =>
  `INSERT INTO match_group (book, id, status, step, origin, confidence, residual, how, reason, batch, item)
   VALUES (1, ${id}, '${status}', 'exact', 'automatic', 95, 0, '{}', '', 1, 1)`
const LEG = (match: number, side: string, ref: number, amount: bigint): string =>
  `INSERT INTO match_leg (book, match, side, ref, amount) VALUES (1, ${match}, '${side}', ${ref}, ${amount})`
const ITEM = (id: number, object: string): string =>
  `INTO open_item (book, id, kind, source, account, object, currency, amount, date, last_date, refs, words, evidence_batch, evidence_item)
   VALUES (1, ${id}, 'payout', 'pub', '', '${object}', 'USD', 5, '2026-03-01', '2026-03-09', '[]', '[]', 1, 1)`
const RUN = `INTO match_run (book, batch, item, day, at_ms, summary, last_match) VALUES (1, 1, 1, '2026-03-01', 1, '{}', 0)`
const COPY = (table: string, where: string): string => `INTO ${table} SELECT * FROM ${table} WHERE ${where}`
const NO_RECURSION = 'PRAGMA recursive_triggers = OFF'
const UNDONE = `status = 'undone', undone_batch = 1, undone_item = 1`

const FULL = 15_000_000_000n

const SECOND = `      - { name: second, type: bank, currency: USD, code: '1001', rules: [{ contains: TO BANK, means: transfer, account: bank }] }
`

interface Attack {
  readonly name: string
  readonly sql: readonly string[]
  /** While a landed batch waits to be processed: what the processing itself may not do either. */
  readonly processing?: true
  readonly only?: DialectName
}

/** Lines 1 (matched to item 1), 2 (open), 3 (ignored by Ann), 4 and item 2 (separated by Ann). */
const REFUSED: readonly Attack[] = [
  { name: 'match a settled line again', sql: [GROUP(9, 'active'), LEG(9, 'line', 1, FULL)], processing: true },
  { name: 'match a settled item again', sql: [GROUP(9, 'active'), LEG(9, 'item', 1, 1n)], processing: true },
  { name: 'match more than an open line', sql: [GROUP(9, 'active'), LEG(9, 'line', 2, FULL + 1n)], processing: true },
  { name: 'match the other direction of a line', sql: [GROUP(9, 'active'), LEG(9, 'line', 2, -1n)], processing: true },
  { name: 'match a line that there is not', sql: [GROUP(9, 'active'), LEG(9, 'line', 77, 1n)], processing: true },
  {
    name: 'confirm a proposal that counts too much',
    sql: [GROUP(9, 'proposed'), LEG(9, 'line', 1, FULL), `UPDATE match_group SET status = 'active' WHERE id = 9`],
    processing: true,
  },
  {
    name: 'change a leg',
    sql: [`UPDATE match_leg SET amount = 1 WHERE match = 1 AND side = 'line'`],
    processing: true,
  },
  { name: 'delete a leg', sql: ['DELETE FROM match_leg WHERE match = 1'], processing: true },
  { name: 'delete a match', sql: ['DELETE FROM match_group WHERE id = 1'], processing: true },
  { name: 'change the reason of a match', sql: [`UPDATE match_group SET reason = 'x' WHERE id = 1`], processing: true },
  {
    name: 'undo a match twice',
    sql: [
      `UPDATE match_group SET ${UNDONE} WHERE id = 1`,
      `UPDATE match_group SET status = 'active', undone_batch = NULL, undone_item = NULL WHERE id = 1`,
    ],
    processing: true,
  },
  { name: 'declare a line unmatched', sql: ['UPDATE statement_line SET matched = 0 WHERE id = 1'], processing: true },
  {
    name: 'declare an item unmatched',
    sql: [`UPDATE open_item SET matched = 0, status = 'open' WHERE id = 1`],
    processing: true,
  },
  ...['ignored', 'matched'].map((word) => ({
    name: `declare an open line ${word}`,
    sql: [`UPDATE statement_line SET disposition = '${word}' WHERE id = 2`],
    processing: true as const,
  })),
  ...['ignored', 'open'].map((word) => ({
    name: `declare a matched line ${word}`,
    sql: [`UPDATE statement_line SET disposition = '${word}' WHERE id = 1`],
    processing: true as const,
  })),
  {
    name: 'declare an ignored line matched',
    sql: [`UPDATE statement_line SET disposition = 'matched' WHERE id = 3`],
    processing: true,
  },
  ...['withdrawn', 'settled'].map((word) => ({
    name: `declare an open item ${word}`,
    sql: [`UPDATE open_item SET status = '${word}' WHERE id = 2`],
    processing: true as const,
  })),
  { name: 'withdraw an open item', sql: [`UPDATE open_item SET amount = 0, status = 'withdrawn' WHERE id = 2`] },
  { name: 'expect another amount', sql: ['UPDATE open_item SET amount = amount + 1 WHERE id = 2'] },
  { name: 'expect it on another day', sql: [`UPDATE open_item SET last_date = '2036-01-01' WHERE id = 2`] },
  { name: 'give an item to another source', sql: [`UPDATE open_item SET source = 'x' WHERE id = 2`], processing: true },
  { name: 'delete an open item', sql: ['DELETE FROM open_item WHERE id = 2'], processing: true },
  { name: 'expect what nothing was landed of', sql: [`INSERT ${ITEM(9, 'payout:X')}`] },
  { name: 'make a match', sql: [GROUP(9, 'active')] },
  { name: 'undo a match', sql: [`UPDATE match_group SET ${UNDONE} WHERE id = 1`] },
  { name: 'give a match another leg', sql: [LEG(1, 'line', 2, 1n)] },
  { name: 'join a separated pair again', sql: ['DELETE FROM match_refusal'], processing: true },
  { name: 'separate another pair', sql: ['UPDATE match_refusal SET open_item = 1'], processing: true },
  {
    name: 'say that somebody else separated it',
    sql: [`UPDATE match_refusal SET decided_by = 'Bo'`],
    processing: true,
  },
  { name: 'forget a reconciliation', sql: ['DELETE FROM match_run'], processing: true },
  { name: 'change what a reconciliation came to', sql: [`UPDATE match_run SET summary = '{}'`], processing: true },
  { name: 'make a reconciliation up', sql: [`INSERT ${RUN}`] },
  { name: 'have a batch processed again', sql: ['UPDATE processed SET batch = batch - 1'] },
  { name: 'leave a batch out', sql: ['UPDATE processed SET batch = batch + 1'] },
  { name: 'forget what is processed', sql: ['DELETE FROM processed'] },
  { name: 'change a decision', sql: [`UPDATE match_decision SET decided_by = 'Bo'`], processing: true },
  { name: 'delete a decision', sql: ['DELETE FROM match_decision'], processing: true },
  ...['open_item', 'match_refusal', 'match_run', 'match_decision'].map((table) => ({
    name: `empty ${table}`,
    sql: [`TRUNCATE ${table}`],
    processing: true as const,
    only: 'postgres' as const,
  })),
  ...[
    ['a line', COPY('statement_line', 'id = 2')],
    ['an item', COPY('open_item', 'id = 2')],
    ['an item by what it is about', ITEM(9, 'payout:PO-1')],
    ['a decision', COPY('match_decision', 'match IS NOT NULL')],
    ['a reconciliation', COPY('match_run', 'item = 1')],
    ['what is processed', 'INTO processed VALUES (1, 1, 1)'],
  ].map(([what, statement]) => ({
    name: `replace ${what}, without recursive triggers`,
    sql: [`INSERT OR REPLACE ${statement}`],
    processing: true as const,
    only: 'sqlite' as const,
  })),
]

class RolledBack extends Error {}

/** Runs them as one transaction of which nothing stays. */
async function tried(
  { kysely }: Database,
  work: (trx: Transaction<Tables>) => Promise<void>,
): Promise<'taken' | 'refused'> {
  try {
    await kysely.transaction().execute(async (trx) => {
      await work(trx)
      throw new RolledBack()
    })
  } catch (error) {
    if (error instanceof RolledBack) return 'taken'
    expect(String(error)).toMatch(
      /match|landed|processed|line|item|pair|separated|decision|reconciliation|CHECK|check|UNIQUE|unique/i,
    )
  }
  return 'refused'
}

async function landUnprocessed(trx: Transaction<Tables>): Promise<void> {
  const body = Buffer.from('{}')
  const rest = { request: {}, httpStatus: null, contentType: 'application/json', body }
  await landBatch(trx, 1n, [{ kind: 'reconcile', source: '', fetchedAtMs: NOON_MS, ...rest }])
}

async function attackedBook(database: Database): Promise<MoneyBook> {
  const book = await moneyBook(database, SECOND)
  await book.evidence(
    '2026-03-01,pub,opening-balance,900.00,USD,,',
    '2026-03-04,pub,payout,150.00,USD,PO-1,',
    '2026-03-04,pub,payout,80.00,USD,PO-2,',
  )
  await book.bank(
    'bank',
    '2026-03-05,PAYELANCER PAYOUT PO-1,150.00',
    '2026-03-02,SOMETHING ELSE,150.00',
    '2026-03-02,PRIVATE,7.00',
    '2026-03-05,PAYELANCER PAYOUT,80.00',
  )
  await book.bank('second', '2026-03-06,TO BANK,-20.00')
  await book.decide({ decide: 'ignore', line: 3 })
  await book.decide({ decide: 'unmatch', match: 2 })
  expect(await book.dispositions()).toEqual(['1 matched', '2 open', '3 ignored', '4 open', '5 matched'])
  return book
}

describeOnBothEngines('the database', (fresh) => {
  it('takes a match that fits while a batch is processed, and adds it up by itself', async () => {
    const database = await fresh()
    const book = await attackedBook(database)
    const { kysely } = database
    await landUnprocessed(kysely as Transaction<Tables>)
    for (const text of [GROUP(9, 'proposed'), LEG(9, 'line', 2, FULL)]) await sql.raw(text).execute(kysely)
    expect(await book.dispositions()).toContain('2 open')
    await sql.raw(`UPDATE match_group SET status = 'active' WHERE id = 9`).execute(kysely)
    expect(await book.dispositions()).toContain('2 matched')
  })

  it('refuses everything that does not follow from the landing', { timeout: 60_000 }, async () => {
    const database = await fresh()
    const book = await attackedBook(database)
    const { id } = await findBook(database.kysely, 'agency')
    const before = [await book.matches(), await book.dispositions(), await lastLandedBatch(database.kysely, id)]
    const mine = REFUSED.filter(({ only = database.dialect }) => only === database.dialect)
    // A pragma has no effect inside a transaction.
    if (database.dialect === 'sqlite') await sql.raw(NO_RECURSION).execute(database.kysely)
    const outcomes: string[] = []
    for (const { name, sql: statements, processing = false } of mine) {
      const outcome = await tried(database, async (trx) => {
        if (processing) await landUnprocessed(trx)
        for (const text of statements) await sql.raw(text).execute(trx)
      })
      outcomes.push(`${name}: ${outcome}`)
    }
    expect(outcomes).toEqual(mine.map(({ name }) => `${name}: refused`))
    expect([await book.matches(), await book.dispositions(), await lastLandedBatch(database.kysely, id)]).toEqual(
      before,
    )
  })
})
