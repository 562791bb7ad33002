/** Books an older version made get an id that lasts when they are opened, each its own, and keep it. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { lastingIdOf } from '../../src/ledger/book-identity.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'
import { olderMigrations } from '../support/older-migrations.ts'

describeEmptyOnBothEngines('the books of an older program', (freshUrl) => {
  it('get an id each, which nothing changes', async () => {
    const database = await openDatabase(await freshUrl())
    const { kysely } = database
    try {
      await migrate(database, 0, olderMigrations('0025'))
      for (const [id, name] of [
        [1, 'acmeads-north'],
        [2, 'acmeads-south'],
      ] as const)
        await sql`insert into book (id, name, currency, time_zone) values (${id}, ${name}, 'USD', 'UTC')`.execute(
          kysely,
        )
      await migrate(database, 1)
      const ids = await Promise.all([1n, 2n].map((book) => lastingIdOf(kysely, book)))
      for (const id of ids) expect(id).toMatch(/^[0-9A-F]{8}$/)
      expect(new Set(ids).size).toBe(2)
      const again = await ensureBook(kysely, { name: 'acmeads-north', currency: 'USD', timeZone: 'UTC' })
      expect(await lastingIdOf(kysely, again.id)).toBe(ids[0])
      const change = sql`update book_identity set lasting_id = '00000000' where book = 1`.execute(kysely)
      await expect(change).rejects.toThrow('a book keeps its id')
      await expect(sql`delete from book_identity`.execute(kysely)).rejects.toThrow(/keeps its id|never deleted/)
      const third = await ensureBook(kysely, { name: 'other', currency: 'USD', timeZone: 'UTC' })
      const twice = sql`insert into book_identity (book, lasting_id) values (${third.id}, '12345678')`.execute(kysely)
      await expect(twice).rejects.toThrow()
    } finally {
      await database.close()
    }
  })
})
