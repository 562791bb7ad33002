/** A queue that an older program kept gets numbers in the order of first sight, and the history that can be told of it. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { listExceptions, raiseException } from '../../src/reconcile/exceptions.ts'
import { exceptionsAt, historyOf } from '../../src/reconcile/exceptions/history.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'
import { olderMigrations } from '../support/older-migrations.ts'

describeEmptyOnBothEngines('exceptions of an older program', (freshUrl) => {
  it('are numbered, keep what is known of them, and go on', async () => {
    const database = await openDatabase(await freshUrl())
    try {
      await migrate(database, 0, olderMigrations('0016'))
      const { kysely } = database
      // As the older program made it: without the id that books have had since.
      const id = 1n
      await sql`insert into book (id, name, currency, time_zone) values (${id}, 'agency', 'USD', 'UTC')`.execute(kysely)
      const rows = [
        ['order:2', 'open', 20, null],
        ['order:1', 'open', 20, null],
        ['order:3', 'closed', 10, 30],
      ] as const
      for (const [object, status, firstMs, closedMs] of rows) {
        await sql`insert into exception (book, source, code, object, status, amount, currency, detail, first_seen_ms,
          last_seen_ms, closed_at_ms, evidence_batch, evidence_item)
          values (${id}, 'panel', 'REFUND_MISSING', ${object}, ${status}, 5, 'USD', 'x', ${firstMs}, 25, ${closedMs}, 1, 1)`.execute(
          kysely,
        )
      }
      await migrate(database, 40)
      const numbered = (await listExceptions(kysely, id)).map(({ number, object, status }) => [number, object, status])
      expect(numbered).toEqual([
        [2, 'order:1', 'open'],
        [3, 'order:2', 'open'],
        [1, 'order:3', 'closed'],
      ])
      expect((await historyOf(kysely, id, 1)).map(({ atMs, event }) => [atMs, event])).toEqual([
        [10, 'opened'],
        [30, 'closed'],
      ])
      expect((await exceptionsAt(kysely, id, 20)).map(({ number }) => number)).toEqual([1, 2, 3])
      const about = { source: 'panel', code: 'REFUND_MISSING' as const, currency: 'USD', detail: 'x' }
      await raiseException(kysely, id, { ...about, object: 'order:3', amount: 6n }, { batch: 2, item: 1 }, 50)
      await raiseException(kysely, id, { ...about, object: 'order:4', amount: 6n }, { batch: 2, item: 2 }, 50)
      expect((await exceptionsAt(kysely, id, 50)).map(({ number }) => number)).toEqual([1, 2, 3, 4])
    } finally {
      await database.close()
    }
  })
})
