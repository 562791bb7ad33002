/** How many orders of a source there are to ask about, for status pages: counts from indexes, no rows. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'

export interface OrderCounts {
  /** To be asked about in a run at this moment, open ones included. */
  readonly due: number
  /** Not finished, or never asked about. */
  readonly open: number
  /** Claimed refunds that wait for proof. */
  readonly waitingRefunds: number
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
  const waiting = await states.where('pending', 'is not', null).executeTakeFirstOrThrow()
  const count = Number(unasked.count)
  return { due: count + Number(due.count), open: count + Number(open.count), waitingRefunds: Number(waiting.count) }
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
