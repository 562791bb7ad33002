/** How many orders of a source there are to ask about, for status pages: counts from indexes, no rows. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'

export interface OrderCounts {
  /** To be asked about in a run at this moment, open ones included. */
  readonly due: number
  /** Not finished, or never asked about. */
  readonly open: number
  /** Orders whose refund or cost depends on something nobody has told. */
  readonly unclear: number
  /** Of the last nights in which its wallet was read: how many, and how many left nothing unexplained. */
  readonly walletNights: number
  readonly walletNightsProven: number
}

export async function countOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  nowMs: number,
): Promise<OrderCounts> {
  const unasked = await db
    .selectFrom('order_unasked')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book)
    .where('source', '=', source)
    .executeTakeFirstOrThrow()
  const states = db
    .selectFrom('order_state')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book)
    .where('source', '=', source)
  const due = await states.where('due_at_ms', '<=', BigInt(nowMs)).executeTakeFirstOrThrow()
  const open = await states.where('due_at_ms', '=', 0n).executeTakeFirstOrThrow()
  const unclear = await states.where('unclear', 'is not', null).executeTakeFirstOrThrow()
  const count = Number(unasked.count)
  const nights = await lastNights(db, book, source)
  return {
    due: count + Number(due.count),
    open: count + Number(open.count),
    unclear: Number(unclear.count),
    walletNights: nights.length,
    walletNightsProven: nights.filter(({ rest }) => rest === 0n).length,
  }
}

/** Nights that are looked back on. */
const NIGHTS = 30

function lastNights(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly { readonly rest: bigint }[]> {
  return db
    .selectFrom('wallet_night')
    .select('rest')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('pass', 'is not', null)
    .orderBy('night', 'desc')
    .limit(NIGHTS)
    .execute()
}

export interface UnclearOrders {
  readonly unclear: string
  readonly count: number
  /** Of those whose charge is known. */
  readonly charges: bigint
  readonly example: string
}

/** Orders of which something is not known, by what it is. */
export async function unclearOrders(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
): Promise<readonly UnclearOrders[]> {
  const rows = await db
    .selectFrom('order_state')
    .select(({ fn }) => [
      'unclear',
      fn.countAll<bigint>().as('count'),
      sql<bigint>`cast(coalesce(sum(highest_charge), 0) as bigint)`.as('charges'),
      fn.min('order_id').as('example'),
    ])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('unclear', 'is not', null)
    .groupBy('unclear')
    .execute()
  return rows.map(({ unclear, count, charges, example }) => ({
    unclear: unclear ?? '',
    count: Number(count),
    charges,
    example: example ?? '',
  }))
}

/** The newest reading of a source's wallet or counter, UTC milliseconds; null before the first. */
export async function lastReadingMs(db: Kysely<Tables>, book: bigint, source: bigint): Promise<number | null> {
  const wallet = await db
    .selectFrom('wallet_reading')
    .select(({ fn }) => fn.max<bigint | null>('observed_at_ms').as('at'))
    .where('book', '=', book)
    .where('source', '=', source)
    .executeTakeFirstOrThrow()
  const counter = await db
    .selectFrom('counter_reading')
    .select(({ fn }) => fn.max<bigint | null>('observed_at_ms').as('at'))
    .where('book', '=', book)
    .where('source', '=', source)
    .executeTakeFirstOrThrow()
  const at = wallet.at ?? counter.at
  return at === null ? null : Number(at)
}
