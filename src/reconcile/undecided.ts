/**
 * What is undecided about a counter, as it was found each time it changed: from which day on, what is booked
 * provisionally, and between which amounts the total since lies. Proofs, reports and approvals read it from here.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Interval } from '../domain/counters/counter-undecided.ts'
import type { Evidence, IsoDate } from '../domain/transaction.ts'

export interface Undecided extends Interval {
  /** The first undecided day. */
  readonly since: IsoDate
  /** The reading to decide about first, as commands name it: "12.1". */
  readonly reading: string
}

/** The newest row through a batch of the landing; null when nothing is undecided. */
export async function undecidedOf(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  throughBatch: number = Number.MAX_SAFE_INTEGER,
): Promise<Undecided | null> {
  const row = await db
    .selectFrom('counter_undecided')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('batch', '<=', BigInt(throughBatch))
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined || row.since === null) return null
  const { since, reading, booked, low, high } = row
  return { since, reading: reading ?? '', booked, low, high }
}

/** Writes a row when something has changed. */
export async function saveUndecided(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { batch, item }: Evidence,
  now: Undecided | null,
): Promise<void> {
  const before = await undecidedOf(db, book, source)
  if (isSame(before, now)) return
  const none = { since: null, reading: null, booked: 0n, low: 0n, high: null }
  const values = now === null ? none : { ...now }
  await db
    .insertInto('counter_undecided')
    .values({ book, source, batch: BigInt(batch), item: BigInt(item), ...values })
    .onConflict((conflict) => conflict.columns(['book', 'source', 'batch', 'item']).doUpdateSet(values))
    .execute()
}

function isSame(one: Undecided | null, other: Undecided | null): boolean {
  if (one === null || other === null) return one === other
  return (
    one.since === other.since &&
    one.reading === other.reading &&
    one.booked === other.booked &&
    one.low === other.low &&
    one.high === other.high
  )
}
