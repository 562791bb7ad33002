/**
 * The deliveries still to be made, per channel and in order. A delivery is claimed before it is sent and marked after:
 * two processes do not send it both, and one that dies in between leaves it to the next.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Notice } from './notice.ts'

export interface PendingDelivery {
  readonly book: bigint
  readonly message: bigint
  readonly attempts: number
  readonly notice: Notice
}

export interface ChannelState {
  readonly name: string
  readonly failures: number
  readonly retryAtMs: number
  readonly lastError: string | null
  readonly lastErrorAtMs: number | null
  readonly lastDeliveredAtMs: number | null
}

/** Longer than any channel takes to answer. */
const CLAIM_MS = 120_000

/** Oldest first. */
export async function pendingDeliveries(
  db: Kysely<Tables>,
  channel: string,
  limit: number,
): Promise<readonly PendingDelivery[]> {
  const rows = await db
    .selectFrom('alert_delivery as delivery')
    .innerJoin('alert_message as message', (join) =>
      join.onRef('message.book', '=', 'delivery.book').onRef('message.id', '=', 'delivery.message'),
    )
    .innerJoin('book', 'book.id', 'delivery.book')
    .select(['delivery.book', 'delivery.message', 'delivery.attempts', 'book.name'])
    .select(['message.rule', 'message.object', 'message.event', 'message.severity', 'message.title', 'message.detail'])
    .select(['message.first_seen_ms', 'message.written_at_ms'])
    .where('delivery.channel', '=', channel)
    .where('delivery.status', '=', 'pending')
    .orderBy('delivery.book')
    .orderBy('delivery.message')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    book: row.book,
    message: row.message,
    attempts: Number(row.attempts),
    notice: {
      id: `${row.name}-${row.message}`,
      event: row.event,
      severity: row.severity,
      book: row.name,
      rule: row.rule,
      object: row.object,
      title: row.title,
      detail: row.detail,
      firstSeenMs: Number(row.first_seen_ms),
      atMs: Number(row.written_at_ms),
    },
  }))
}

/** False when it is settled already or somebody else is sending it. A claim from the future is a clock that was set back. */
export async function claim(
  db: Kysely<Tables>,
  channel: string,
  { book, message }: PendingDelivery,
  nowMs: number,
): Promise<boolean> {
  const result = await db
    .updateTable('alert_delivery')
    .set((update) => ({ claimed_until_ms: BigInt(nowMs + CLAIM_MS), attempts: update('attempts', '+', 1n) }))
    .where('book', '=', book)
    .where('message', '=', message)
    .where('channel', '=', channel)
    .where('status', '=', 'pending')
    .where((where) =>
      where.or([
        where('claimed_until_ms', '<=', BigInt(nowMs)),
        where('claimed_until_ms', '>', BigInt(nowMs + CLAIM_MS)),
      ]),
    )
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export async function settle(
  db: Kysely<Tables>,
  channel: string,
  { book, message }: PendingDelivery,
  outcome: { readonly status: 'delivered' | 'given-up' | 'pending'; readonly error: string | null },
  nowMs: number,
): Promise<void> {
  await db
    .updateTable('alert_delivery')
    .set({
      ...outcome,
      claimed_until_ms: 0n,
      settled_at_ms: outcome.status === 'pending' ? null : BigInt(nowMs),
    })
    .where('book', '=', book)
    .where('message', '=', message)
    .where('channel', '=', channel)
    .execute()
}

export async function channelStates(db: Kysely<Tables>): Promise<ReadonlyMap<string, ChannelState>> {
  const rows = await db.selectFrom('alert_channel').selectAll().execute()
  return new Map(
    rows.map((row) => [
      row.name,
      {
        name: row.name,
        failures: Number(row.failures),
        retryAtMs: Number(row.retry_at_ms),
        lastError: row.last_error,
        lastErrorAtMs: row.last_error_at_ms === null ? null : Number(row.last_error_at_ms),
        lastDeliveredAtMs: row.last_delivered_at_ms === null ? null : Number(row.last_delivered_at_ms),
      },
    ]),
  )
}

export async function saveChannelState(db: Kysely<Tables>, state: ChannelState): Promise<void> {
  const changing = {
    failures: BigInt(state.failures),
    retry_at_ms: BigInt(state.retryAtMs),
    last_error: state.lastError,
    last_error_at_ms: state.lastErrorAtMs === null ? null : BigInt(state.lastErrorAtMs),
    last_delivered_at_ms: state.lastDeliveredAtMs === null ? null : BigInt(state.lastDeliveredAtMs),
  }
  await db
    .insertInto('alert_channel')
    .values({ name: state.name, ...changing })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(changing))
    .execute()
}

/** How many deliveries of the book wait per channel. */
export async function waitingPerChannel(db: Kysely<Tables>, book: bigint): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('alert_delivery')
    .select('channel')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book)
    .where('status', '=', 'pending')
    .groupBy('channel')
    .execute()
  return new Map(rows.map(({ channel, count }) => [channel, Number(count)]))
}
