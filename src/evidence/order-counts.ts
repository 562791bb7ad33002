/** How many orders of a source there are to ask about, for status pages: counts from indexes, no rows. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { walletReadings, type WalletReading } from './readings.ts'

export interface OrderCounts {
  /** To be asked about in a run at this moment, open ones included. */
  readonly due: number
  /** Not finished, or never asked about. */
  readonly open: number
  /** Claimed refunds that wait for proof. */
  readonly waitingRefunds: number
  /** Of the last nights in which its wallet was read: how many, and in how many of them it was proven. */
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
  const waiting = await states.where('pending', 'is not', null).executeTakeFirstOrThrow()
  const count = Number(unasked.count)
  const nights = provenNights(await walletReadings(db, book, source, Number.MAX_SAFE_INTEGER, READINGS))
  return {
    due: count + Number(due.count),
    open: count + Number(open.count),
    waitingRefunds: Number(waiting.count),
    walletNights: nights.length,
    walletNightsProven: nights.filter((isProven) => isProven).length,
  }
}

/** Nights that are looked back on, and readings that hold them: a night may look at its wallet several times. */
const NIGHTS = 30
const READINGS = 300

/**
 * Of each of the last nights, the newest first: whether the wallet stood still while the orders were asked about, and then
 * tied with the books or differed by no more than the night before. `readings` are the newest first.
 */
export function provenNights(readings: readonly WalletReading[]): readonly boolean[] {
  const nights: boolean[] = []
  for (let at = 0; at < readings.length && nights.length < NIGHTS;) {
    const start = readings.findIndex(({ moment }, index) => index >= at && moment === 'before')
    if (start === -1) break
    const [last] = readings.slice(at, start)
    if (last !== undefined) {
      const cut = readings.slice(start).find((each) => each.moment === 'after' && each.consistent)
      const difference = last.balance - last.booked
      const before = cut === undefined ? 0n : cut.balance - cut.booked
      nights.push(last.consistent && (difference === 0n || difference === before))
    }
    at = start + 1
  }
  return nights
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
