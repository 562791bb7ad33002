/** Counters of an older program: what was decided is kept, what was accepted later is accepted where it is, a held fall stays held. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { decisionsFrom } from '../../src/evidence/counter-decisions.ts'
import { openFalls } from '../../src/evidence/open-falls.ts'
import { lastCounter } from '../../src/evidence/readings.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'
import { olderMigrations } from '../support/older-migrations.ts'

describeEmptyOnBothEngines('counters of an older program', (freshUrl) => {
  it('keep their decisions, go on from what was accepted, and hold the oldest fall', async () => {
    const database = await openDatabase(await freshUrl())
    try {
      await migrate(database, 0, olderMigrations('0028'))
      const { kysely } = database
      const { id } = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
      await sql`insert into source (book, id, name, kind) values (${id}, 1, 'pub', 'publisher')`.execute(kysely)
      const reading = async (
        batch: number,
        amount: number,
        [origin, accounted, accepted]: readonly [string, number, number],
      ) =>
        sql`insert into counter_reading (book, source, batch, item, line, observed_at_ms, origin, impressions, clicks, amount,
          accounted, decision, accepted) values (${id}, 1, ${batch}, 1, 0, ${origin === 'decision' ? batch - 1 : batch}, ${origin},
          null, null, ${amount}, ${accounted}, 'x', ${accepted})`.execute(kysely)
      const verdict = async (batch: number, status: string, change: number, as: string | null) =>
        sql`insert into counter_verdict (book, source, batch, item, status, code, rule, change, day, days, reason,
          decided_batch, decided_item, decided_as, decided_by, decided_why, decided_at_ms)
          values (${id}, 1, ${batch}, 1, ${status}, ${status === 'held' ? 'COUNTER_DECREASE' : null}, null, ${change},
          '2026-03-01', 1, '', ${as === null ? null : batch + 1}, ${as === null ? null : 1}, ${as}, ${as === null ? null : 'Ada'},
          ${as === null ? null : 'mail'}, ${as === null ? null : 9})`.execute(kysely)
      await reading(2, 500, ['api', 500, 1])
      // Held, and accepted as a reset by a decision landed after it.
      await reading(3, 100, ['api', 100, 0])
      await reading(4, 100, ['decision', 100, 1])
      await reading(6, 40, ['api', 40, 0])
      await reading(7, 45, ['api', 45, 0])
      await verdict(2, 'baseline', 0, null)
      await verdict(3, 'accepted', -400, 'reset')
      await verdict(6, 'held', -60, null)
      await verdict(7, 'held', -55, null)
      await migrate(database, 40)
      const first = { batch: 1, item: 1 }
      const kept = [...(await decisionsFrom(kysely, id, 1n, first))]
      expect(kept.map(([name, { human }]) => [name, human.as, human.by])).toEqual([['3.1', 'reset', 'Ada']])
      expect(await lastCounter(kysely, id, 1n)).toMatchObject({
        reading: { amount: 100n },
        accounted: 100n,
        origin: 'api',
      })
      const open = await openFalls(kysely, id, 1n, null)
      expect(open?.falls.map(({ place, level }) => [place.batch, level])).toEqual([[6, 100n]])
      expect(open?.tip).toMatchObject({ kind: 'fall', reading: { amount: 40n } })
      const { rows } = await sql<{ jump: bigint }>`select sum(jump) as jump from counter_verdict`.execute(kysely)
      expect(Number(rows[0]?.jump)).toBe(-400)
    } finally {
      await database.close()
    }
  })
})
