/** Evidence that has arrived and is not in the books yet: batches nobody processed, and orders a webhook says have changed. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { BacklogFacts } from '../domain/alerts/alert.ts'
import { lastLandedBatch } from '../log/landing.ts'

export async function readBacklog(db: Kysely<Tables>, book: bigint): Promise<readonly BacklogFacts[]> {
  return [...(await unprocessed(db, book)), ...(await unconfirmedHints(db, book))]
}

/** Batches that were landed and not booked: a run died, or a newer program landed what this one cannot process. */
async function unprocessed(db: Kysely<Tables>, book: bigint): Promise<readonly BacklogFacts[]> {
  const landed = await lastLandedBatch(db, book)
  const row = await db.selectFrom('processed').select('batch').where('book', '=', book).executeTakeFirst()
  const done = Number(row?.batch ?? 0n)
  if (landed <= done) return []
  const oldest = await db
    .selectFrom('log_record')
    .select(({ fn }) => fn.min<bigint>('at_ms').as('at'))
    .where('book', '=', book)
    .where('batch', '=', BigInt(done + 1))
    .executeTakeFirstOrThrow()
  return [{ object: 'landing', what: 'landed batches', count: landed - done, oldestMs: Number(oldest.at) }]
}

async function unconfirmedHints(db: Kysely<Tables>, book: bigint): Promise<readonly BacklogFacts[]> {
  const rows = await db
    .selectFrom('order_hint')
    .innerJoin('source', (join) =>
      join.onRef('source.book', '=', 'order_hint.book').onRef('source.id', '=', 'order_hint.source'),
    )
    .select('source.name')
    .select(({ fn }) => [fn.countAll<bigint>().as('count'), fn.min<bigint>('received_at_ms').as('oldest')])
    .where('order_hint.book', '=', book)
    .groupBy('source.name')
    .execute()
  return rows.map(({ name, count, oldest }) => ({
    object: name,
    what: `orders of ${name} that a webhook says have changed`,
    count: Number(count),
    oldestMs: Number(oldest),
  }))
}
