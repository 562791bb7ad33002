/** A dry run sees the books and what it does to them, and leaves nothing behind. */
import { expect, it } from 'vitest'
import { withScratch } from '../../src/db/scratch.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'

const BOOK = { name: 'acme', currency: 'USD', timeZone: 'UTC' }

describeOnBothEngines('a scratch database', (fresh) => {
  it('starts as a copy and leaves the original as it was', async () => {
    const database = await fresh()
    await ensureBook(database.kysely, BOOK)
    const seen = await withScratch(database, async ({ kysely }) => {
      await ensureBook(kysely, { ...BOOK, name: 'other' })
      return kysely.selectFrom('book').select('name').orderBy('name').execute()
    })
    expect(seen.map((row) => row.name)).toEqual(['acme', 'other'])
    expect(await database.kysely.selectFrom('book').select('name').execute()).toEqual([{ name: 'acme' }])
  })

  it('keeps working after a statement and a transaction of the code have failed', async () => {
    const database = await fresh()
    const names = await withScratch(database, async ({ kysely }) => {
      await ensureBook(kysely, BOOK)
      const again = { id: 1n, name: 'again', currency: 'USD', time_zone: 'UTC' }
      await expect(kysely.insertInto('book').values(again).execute()).rejects.toThrow()
      await expect(
        kysely.transaction().execute(async (trx) => {
          await trx
            .insertInto('book')
            .values({ ...again, id: 2n })
            .execute()
          await trx
            .insertInto('book')
            .values({ ...again, id: 2n })
            .execute()
        }),
      ).rejects.toThrow()
      return kysely.selectFrom('book').select('name').execute()
    })
    expect(names).toEqual([{ name: 'acme' }])
  })

  it('gives the error of the work to the caller and is gone all the same', async () => {
    const database = await fresh()
    const work = withScratch(database, async ({ kysely }) => {
      await ensureBook(kysely, BOOK)
      throw new Error('stop')
    })
    await expect(work).rejects.toThrow('stop')
    expect(await database.kysely.selectFrom('book').select('name').execute()).toEqual([])
  })
})
