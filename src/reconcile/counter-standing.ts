/**
 * What a counter is taken for: its last reading that nobody rejected, what decisions say it moved by without anything being
 * earned, and the payouts that it has not shown. Kept each time it changes, since a decision may be made late, or replaced,
 * and pages as they were known before must stay as they were.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { isReturn, RETURNS } from '../domain/counters/counter-payout.ts'
import type { Units } from '../domain/money/money.ts'
import type { Evidence, IsoDate } from '../domain/transaction.ts'

export interface CounterStanding {
  readonly amount: Units
  readonly atMs: number
  readonly jumps: Units
  readonly unseen: Units
}

interface Kept extends CounterStanding {
  readonly place: Evidence
}

/** As it was at a batch of the landing; null before the first reading. */
export async function standingAt(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  batch: number,
): Promise<CounterStanding | null> {
  const kept = await keptStanding(db, book, source, batch)
  if (kept === null) return null
  // What came after it has not been looked for in any reading yet.
  const since = await unshown(db, book, source, { batch, after: kept.place })
  return { ...kept, unseen: kept.unseen + since }
}

/** Keeps what the readings and decisions come to now, where it is something else than before. */
export async function saveStanding(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { batch, item }: Evidence,
): Promise<void> {
  const before = await keptStanding(db, book, source, Number.MAX_SAFE_INTEGER)
  const now = await standingNow(db, book, source)
  if (now === null) return
  if (
    before?.amount === now.amount &&
    before.atMs === now.atMs &&
    before.jumps === now.jumps &&
    before.unseen === now.unseen
  )
    return
  const values = { amount: now.amount, observed_at_ms: BigInt(now.atMs), jumps: now.jumps, unseen: now.unseen }
  await db
    .insertInto('counter_standing')
    .values({ book, source, batch: BigInt(batch), item: BigInt(item), ...values })
    .onConflict((conflict) => conflict.columns(['book', 'source', 'batch', 'item']).doUpdateSet(values))
    .execute()
}

async function keptStanding(db: Kysely<Tables>, book: bigint, source: bigint, batch: number): Promise<Kept | null> {
  const row = await db
    .selectFrom('counter_standing')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('batch', '<=', BigInt(batch))
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  const { amount, observed_at_ms: atMs, jumps, unseen } = row
  return { amount, atMs: Number(atMs), jumps, unseen, place: { batch: Number(row.batch), item: Number(row.item) } }
}

/** By the decisions in force now. */
async function standingNow(db: Kysely<Tables>, book: bigint, source: bigint): Promise<CounterStanding | null> {
  const last = await db
    .selectFrom('counter_reading')
    .select(['amount', 'observed_at_ms'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('origin', '=', 'api')
    .where('decision', '!=', 'rejected')
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (last === undefined) return null
  const row = await db
    .selectFrom('counter_verdict')
    .select(sql<bigint>`cast(coalesce(sum(jump), 0) as bigint)`.as('total'))
    .where('book', '=', book)
    .where('source', '=', source)
    .where('status', '=', 'accepted')
    .executeTakeFirst()
  const unseen = await unshown(db, book, source, { batch: Number.MAX_SAFE_INTEGER, after: null })
  return { amount: last.amount, atMs: Number(last.observed_at_ms), jumps: row?.total ?? 0n, unseen }
}

/**
 * Payouts that no reading can have shown: all, when the counter is a lifetime total, and of an unpaid balance those of days
 * that had ended when counting began with a reading. And what came back of payouts as far as it is part of what the counter
 * moved by: an unpaid balance has to show all of it.
 */
async function unshown(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  known: { readonly batch: number; readonly after: Evidence | null },
): Promise<Units> {
  const batch = BigInt(known.batch)
  const after = known.after ?? { batch: 0, item: 0 }
  const mode = await db
    .selectFrom('counter_mode')
    .select('mode')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('batch', '<=', batch)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  const isUnpaid = mode?.mode === 'unpaid'
  const rows = await db
    .selectFrom('counter_payout')
    .select(['payout', 'amount', 'shown_batch', 'paid_on'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('evidence_batch', '<=', batch)
    .where((eb) =>
      eb(eb.refTuple('evidence_batch', 'evidence_item'), '>', eb.tuple(BigInt(after.batch), BigInt(after.item))),
    )
    // Stated again it has another place; booked by then, it was looked for.
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('txn')
            .select('txn.seq')
            .whereRef('txn.book', '=', 'counter_payout.book')
            .whereRef('txn.source', '=', 'counter_payout.source')
            .whereRef('txn.object', '=', 'counter_payout.payout')
            .where('txn.version', '=', 1n)
            .where('txn.kind', 'in', ['payout', 'payout-returned'])
            .where((first) =>
              first(
                first.refTuple('txn.evidence_batch', 'txn.evidence_item'),
                '<=',
                first.tuple(BigInt(after.batch), BigInt(after.item)),
              ),
            ),
        ),
      ),
    )
    .where((where) =>
      where.or([where('payout', 'like', RETURNS), where('shown_batch', 'is', null), where('shown_batch', '>', batch)]),
    )
    .execute()
  const began = rows.length === 0 ? '' : await countingBegan(db, book, source, batch)
  return rows.reduce((sum, { payout, amount, shown_batch: shown, paid_on: date }) => {
    const isShown = shown !== null && shown <= batch
    const counts = isReturn(payout) ? isUnpaid || isShown : !isShown && (!isUnpaid || date <= began)
    return counts ? sum + amount : sum
  }, 0n)
}

/** The day of the reading that counting began with; '' where a file has stated what it began with. */
async function countingBegan(db: Kysely<Tables>, book: bigint, source: bigint, batch: bigint): Promise<IsoDate> {
  const row = await db
    .selectFrom('counter_verdict')
    .select(({ fn }) => fn.max('day').as('day'))
    .where('book', '=', book)
    .where('source', '=', source)
    .where('status', '=', 'baseline')
    .where('batch', '<=', batch)
    .executeTakeFirst()
  return row?.day ?? ''
}
