/**
 * Every decision about a reading of a counter, in the order they were landed. The last one about a reading is in force;
 * the others stay, so that it can be told who said what before.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { Evidence, IsoDate } from '../domain/transaction.ts'
import type { HumanDecision } from './counter-verdicts.ts'

export interface ReadingDecision {
  readonly human: HumanDecision
  /** The earlier day it corrects, when the person knows it. */
  readonly day: IsoDate | null
  /** What was earned or spent beside a payout or a reset, when the person said so. */
  readonly earned: Units | null
}

export async function saveDecision(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  reading: Evidence,
  { human, day, earned }: ReadingDecision,
): Promise<void> {
  const { place, as, by, why, atMs } = human
  const said = { decided_as: as, decided_by: by, decided_why: why, decided_at_ms: BigInt(atMs), day, earned }
  await db
    .insertInto('counter_decision')
    .values({
      book,
      source,
      batch: BigInt(reading.batch),
      item: BigInt(reading.item),
      decided_batch: BigInt(place.batch),
      decided_item: BigInt(place.item),
      ...said,
    })
    // Two lines of one file may speak of the same reading: the last counts.
    .onConflict((conflict) =>
      conflict.columns(['book', 'source', 'batch', 'item', 'decided_batch', 'decided_item']).doUpdateSet(said),
    )
    .execute()
}

/** Takes back the decisions landed at a place: they did not fit. */
export async function dropDecisions(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { batch, item }: Evidence,
): Promise<void> {
  await db
    .deleteFrom('counter_decision')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('decided_batch', '=', BigInt(batch))
    .where('decided_item', '=', BigInt(item))
    .execute()
}

/** The decisions in force about readings from a place on, by reading. */
export async function decisionsFrom(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { batch, item }: Evidence,
): Promise<ReadonlyMap<string, ReadingDecision>> {
  const rows = await db
    .selectFrom('counter_decision')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where((eb) => eb(eb.refTuple('batch', 'item'), '>=', eb.tuple(BigInt(batch), BigInt(item))))
    .orderBy('decided_batch')
    .orderBy('decided_item')
    .execute()
  return new Map(
    rows.map((row) => [
      `${row.batch}.${row.item}`,
      {
        human: {
          place: { batch: Number(row.decided_batch), item: Number(row.decided_item) },
          as: row.decided_as,
          by: row.decided_by,
          why: row.decided_why,
          atMs: Number(row.decided_at_ms),
        },
        day: row.day,
        earned: row.earned,
      },
    ]),
  )
}
