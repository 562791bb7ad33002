/** The months of the proof of cash that are kept: as all of the history proves them, whatever order the files come in. */
import { expect, it } from 'vitest'
import { replayBook } from '../../src/pipeline/replay.ts'
import { moneyBook, NOON_MS, type MoneyBook } from '../reconcile/money-book.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { importBalanced, keptMonthsOf } from './proven-book.ts'

const DAY_MS = 86_400_000

async function agree({ rig }: MoneyBook): Promise<readonly string[]> {
  const { kept, proved } = await keptMonthsOf(rig)
  expect(kept).toEqual(proved)
  return kept
}

describeOnSqlite('the months that are kept', (fresh) => {
  it('stay those of all the history: with a gap, a file for it, an older file, and an opening that comes late', async () => {
    const book = await moneyBook(await fresh())
    const { rig } = book
    await book.evidence('2026-01-01,pub,opening-balance,600.00,USD,,')
    await book.bank('bank', '2026-01-20,NETPANEL X,-5.00')
    expect(await agree(book)).toEqual(['2026-01: ?'])
    await importBalanced(rig, NOON_MS, 'bank', '2026-01-30,MONTHLY FEE,-4.00,991.00')
    expect(await agree(book)).toEqual(['2026-01: 991.00'])
    await book.evidence('2026-01-01,bank,opening-balance,1000.00,USD,,')
    await book.reconcile('2026-03-09')
    expect(await agree(book)).toEqual(['2026-01: 991.00'])
    await importBalanced(rig, NOON_MS, 'bank', '2026-02-10,MONTHLY FEE,-4.00,987.00')
    await importBalanced(rig, NOON_MS, 'bank', '2026-03-05,MONTHLY FEE,-4.00,973.00')
    expect(await agree(book)).toEqual(['2026-01: 991.00', '2026-02: 987.00', '2026-03: 973.00'])
    expect(await book.exceptions()).toContain('STATEMENT_DIFFERS cash:2026-03:USD')
    await importBalanced(rig, NOON_MS + DAY_MS, 'bank', '2026-02-20,MONTHLY FEE,-10.00,977.00')
    expect((await agree(book)).at(-1)).toBe('2026-03: 973.00')
    // A day whose lines were not all in the file that told its balance: that balance says nothing any more.
    await book.bank('bank', '2026-02-20,NETPANEL Y,-1.00')
    await agree(book)
    await importBalanced(rig, NOON_MS + DAY_MS, 'bank', '2025-12-31,MONTHLY FEE,-2.00,998.00')
    expect(await agree(book)).toHaveLength(4)

    const again = await opened(newSqliteUrl())
    const options = { nowMs: NOON_MS, signal: new AbortController().signal, onBatch: () => undefined }
    const from = { kysely: rig.database.kysely, book: await rig.bookRow() }
    expect((await replayBook(from, again, rig.book, options)).isSame).toBe(true)
    const rows = async (database: typeof again) =>
      database.kysely.selectFrom('cash_month').selectAll().orderBy('month').execute()
    expect(await rows(again)).toEqual(await rows(rig.database))
  })
})
