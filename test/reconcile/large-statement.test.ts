/** A statement of any length is settled and posted some lines at a time, in one database transaction. */
import { expect, it } from 'vitest'
import { addDays } from '../../src/domain/time/dates.ts'
import { LINES_AT_ONCE } from '../../src/pipeline/process/match-pool.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook } from './money-book.ts'

const LINES = 2 * LINES_AT_ONCE + 500

describeOnSqlite('a statement of many lines that a rule settles', (open) => {
  it('is posted in parts of bounded size, and each line once', async () => {
    const database = await open()
    if (database.dialect !== 'sqlite') return
    const book = await moneyBook(database)
    database.raw.exec(`create temp table part (lines integer);
      create temp trigger part_posted after update of seq on main.head
      begin insert into part values (new.seq - old.seq); end`)
    const days = Array.from({ length: LINES }, (_, index) => addDays('2026-01-01', Math.floor((index / LINES) * 60)))
    await book.bank('bank', ...days.map((day, index) => `${day},MONTHLY FEE ${index},-1.${10 + (index % 89)}`))
    const parts = database.raw.prepare<[], { lines: bigint }>('select lines from part').all()
    const sizes = parts.map(({ lines }) => Number(lines))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(LINES)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(LINES_AT_ONCE)
    expect(await book.exceptions()).toEqual([])
  })

  it('leaves the book as it was when its second part fails for good, and is posted once that is mended', async () => {
    const database = await open()
    if (database.dialect !== 'sqlite') return
    const book = await moneyBook(database)
    await book.bank('bank', '2026-01-01,MONTHLY FEE,-5.00')
    const before = [await book.balances(), await book.matches()]
    database.raw.exec(`create temp trigger part_refused before update of seq on main.head
      when new.seq > ${LINES_AT_ONCE + 1} begin select raise(abort, 'no more'); end`)
    await book.bank('bank', ...Array.from({ length: LINES }, (_, index) => `2026-01-02,MONTHLY FEE ${index},-1.00`))
    expect([await book.balances(), await book.matches()]).toEqual(before)
    expect(await book.exceptions()).toEqual(['FILE_UNREAD reconcile'])
    database.raw.exec('drop trigger part_refused')
    await book.reconcile()
    expect(await book.balances()).toMatchObject({ '1000:bank': `-${LINES + 5}.00` })
    expect(await book.exceptions()).toEqual([])
  })
})
