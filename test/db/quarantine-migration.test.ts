/** Of what an older program had set aside, rows of files wait for a decision; answers were asked again since. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { listQuarantined } from '../../src/evidence/quarantine.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'
import { landOlder } from '../support/older-landing.ts'
import { olderMigrations } from '../support/older-migrations.ts'

describeEmptyOnBothEngines('the quarantine of an older program', (freshUrl) => {
  it('waits where nothing else can answer it', async () => {
    const database = await openDatabase(await freshUrl())
    try {
      await migrate(database, 0, olderMigrations('0026'))
      const { kysely } = database
      const { id } = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
      const kinds = ['evidence-file', 'order-history', 'panel-balance', 'webhook'] as const
      await landOlder(
        kysely,
        id,
        1,
        kinds.map((kind) => ({ kind, source: 'panel', body: 'x' })),
      )
      for (const [index, kind] of kinds.entries()) {
        await sql`insert into quarantine (book, batch, item, line, source, object, reason)
          values (${id}, 1, ${index + 1}, 2, 'panel', ${kind}, 'bad')`.execute(kysely)
      }
      await migrate(database, 40)
      const objects = async (show: 'waiting' | 'all') =>
        (await listQuarantined(kysely, id, { show })).map(({ object }) => object)
      expect(await objects('waiting')).toEqual(['order-history', 'evidence-file'])
      expect(await objects('all')).toHaveLength(4)
    } finally {
      await database.close()
    }
  })
})
