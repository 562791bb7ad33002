/** Files an older version imported are still known as imported, and the same bytes may now go into a second source. */
import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'
import { olderMigrations } from '../support/older-migrations.ts'

describeEmptyOnBothEngines('the imported files of an older version', (freshUrl) => {
  it('are taken over, each for its source', async () => {
    const database = await openDatabase(await freshUrl())
    onTestFinished(() => database.close())
    await migrate(database, 0, olderMigrations('0010'))
    const { kysely } = database
    await sql`insert into book (id, name, currency, time_zone) values (1, 'acme', 'USD', 'UTC')`.execute(kysely)
    const insert = sql`insert into imported_file (book, sha256, name, kind, source, imported_at_ms) values`
    const historyRow = sql`(1, 'aa', 'orders.csv', 'order-history', 'netpanel', 5)`
    await sql`${insert} ${historyRow}, (1, 'bb', 'money.csv', 'evidence-file', '', 6)`.execute(kysely)
    await migrate(database, 1)
    expect(await kysely.selectFrom('imported_file').selectAll().orderBy('sha256').execute()).toEqual([
      {
        book: 1n,
        sha256: 'aa',
        name: 'orders.csv',
        kind: 'order-history',
        source: 'netpanel',
        imported_at_ms: 5n,
      },
      { book: 1n, sha256: 'bb', name: 'money.csv', kind: 'evidence-file', source: '', imported_at_ms: 6n },
    ])
    await expect(sql`${insert} ${historyRow}`.execute(kysely)).rejects.toThrow()
    await sql`${insert} (1, 'aa', 'orders.csv', 'order-history', 'grosspanel', 7)`.execute(kysely)
  })
})
