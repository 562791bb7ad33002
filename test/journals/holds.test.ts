/** Holds and preparations: the last word counts, and what was said before stays written. */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { heldJournals, readHolds, sayHold, type HoldSubject, type HoldWord } from '../../src/journals/holds.ts'
import { addPreparations, latestByOther, listPreparations } from '../../src/journals/preparations.ts'
import type { Book } from '../../src/ledger/books.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { approve, newBook, post } from './support.ts'

const HOLD: HoldWord = { action: 'hold', why: 'disputed', by: 'ann', atMs: Date.UTC(2026, 10, 20) }
const RELEASE: HoldWord = { ...HOLD, action: 'release', why: 'settled' }

async function say({ kysely }: Database, book: Book, subject: HoldSubject, word: HoldWord): Promise<boolean> {
  return kysely.transaction().execute((trx) => sayHold(trx, book, subject, word))
}

async function withJournal(database: Database): Promise<Book> {
  const book = await newBook(database)
  await post(database, book, [['panel', 'charge', 'netpanel', '1', '2026-11-01']])
  await approve(database, book)
  return book
}

const prepared = { day: '2026-11-01', currency: 'USD', head: 1n, sha256: 'ab'.repeat(32), by: 'ann', atMs: 5 }

describeOnBothEngines('what a person holds', (fresh) => {
  it('is held until it is released, and can be held again', async () => {
    const database = await fresh()
    const book = await withJournal(database)
    const journal = { journal: 1n }
    expect(await say(database, book, journal, RELEASE)).toBe(false)
    expect(await say(database, book, journal, HOLD)).toBe(true)
    expect(await say(database, book, journal, HOLD)).toBe(false)
    expect(await say(database, book, journal, { ...HOLD, by: 'bob', why: 'still.' })).toBe(true)
    expect([...(await heldJournals(database.kysely, book))]).toEqual([[1n, 'Held by bob since 2026-11-20: still.']])
    expect(await say(database, book, { day: '2026-11-02' }, HOLD)).toBe(true)
    expect(await say(database, book, journal, RELEASE)).toBe(true)
    const { days, journals } = await readHolds(database.kysely, book)
    expect([[...days.keys()], [...journals.keys()]]).toEqual([['2026-11-02'], []])
    const other = await newBook(database, 'Other')
    expect((await readHolds(database.kysely, other)).days.size).toBe(0)
  })
})

describeOnSqlite('a preparation', (fresh) => {
  it('is the latest by somebody else, whatever the case of the name', async () => {
    const database = await fresh()
    const book = await withJournal(database)
    const later = { ...prepared, by: 'Bob', head: 2n, sha256: 'cd'.repeat(32) }
    const elsewhere = { ...prepared, by: 'cid', currency: 'EUR' }
    await database.kysely.transaction().execute((trx) => addPreparations(trx, book, [prepared, later, elsewhere]))
    const all = await listPreparations(database.kysely, book)
    expect(all).toEqual([prepared, later, elsewhere])
    expect(['ann', ' BOB ', 'dan'].map((by) => latestByOther(all, prepared, by)?.by)).toEqual(['Bob', 'ann', 'Bob'])
    expect(latestByOther(all, elsewhere, 'Cid')).toBeUndefined()
  })
})
