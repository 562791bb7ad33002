/**
 * Webhook deliveries in their spool: stored durably before the vendor gets its 200, many in one commit, the same bytes
 * once with a count. Each reception takes the next sequence, in the order of commits, so a reader who goes on after the
 * last sequence it saw misses nothing.
 */
import { hash } from 'node:crypto'
import { sql, type Kysely, type Transaction } from 'kysely'
import { dialectOf } from '../db/dialect.ts'
import type { Tables } from '../db/tables.ts'

export interface NewDelivery {
  readonly book: string
  readonly source: string
  readonly receivedAtMs: number
  readonly contentType: string
  readonly body: Buffer
}

export interface Delivery {
  readonly source: string
  readonly sequence: number
  /** Of the latest reception. */
  readonly receivedAtMs: number
  readonly receptions: number
  readonly contentType: string
  readonly body: Buffer
  readonly sha256: Buffer
}

/** Eight columns a row: far below the 32,766 parameters SQLite takes. */
const ROWS_PER_STATEMENT = 200

/** Stores them all in one durable commit. */
export async function storeDeliveries(spool: Kysely<Tables>, deliveries: readonly NewDelivery[]): Promise<void> {
  const distinct = [...merged(deliveries).values()]
  if (distinct.length === 0) return
  if (dialectOf(spool) === 'postgres') return storeInOneStatement(spool, distinct)
  await spool.transaction().execute(async (trx) => {
    const first = await takeSequences(trx, distinct.length)
    for (let at = 0; at < distinct.length; at += ROWS_PER_STATEMENT) {
      const rows = distinct.slice(at, at + ROWS_PER_STATEMENT)
      await upsert(
        trx,
        rows.map((row, index) => ({ ...row, sequence: first + BigInt(at + index) })),
      )
    }
  })
}

/** The same for PostgreSQL: a vendor waits for one answer of the server, not for four. */
async function storeInOneStatement(spool: Kysely<Tables>, rows: readonly Row[]): Promise<void> {
  const column = (name: keyof Row) => rows.map((row) => row[name])
  const count = BigInt(rows.length)
  await sql`
    with taken as (
      update webhook_spool set last_sequence = last_sequence + ${count}::bigint where id = 1
      returning last_sequence - ${count}::bigint as before
    )
    insert into webhook_delivery (book, source, sha256, sequence, first_received_at_ms, last_received_at_ms, receptions,
      content_type, body)
    select own.book, own.source, own.sha256, taken.before + own.number, own.first_received_at_ms, own.last_received_at_ms,
      own.receptions, own.content_type, own.body
    from taken, unnest(${column('book')}::text[], ${column('source')}::text[], ${column('sha256')}::bytea[],
      ${column('first_received_at_ms')}::bigint[], ${column('last_received_at_ms')}::bigint[],
      ${column('receptions')}::bigint[], ${column('content_type')}::text[], ${column('body')}::bytea[])
      with ordinality as own(book, source, sha256, first_received_at_ms, last_received_at_ms, receptions, content_type, body,
        number)
    on conflict (book, source, sha256) do update set sequence = excluded.sequence,
      last_received_at_ms = excluded.last_received_at_ms, receptions = webhook_delivery.receptions + excluded.receptions
  `.execute(spool)
}

interface Row {
  readonly book: string
  readonly source: string
  readonly sha256: Buffer
  readonly first_received_at_ms: bigint
  readonly last_received_at_ms: bigint
  readonly receptions: bigint
  readonly content_type: string
  readonly body: Buffer
}

/** One statement may not touch a row twice, so equal bytes are counted together first. */
function merged(deliveries: readonly NewDelivery[]): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>()
  for (const { book, source, receivedAtMs, contentType, body } of deliveries) {
    const sha256 = hash('sha256', body, 'buffer')
    const key = `${book}/${source}/${sha256.toString('base64')}`
    const same = rows.get(key)
    rows.set(key, {
      book,
      source,
      sha256,
      first_received_at_ms: same?.first_received_at_ms ?? BigInt(receivedAtMs),
      last_received_at_ms: BigInt(receivedAtMs),
      receptions: (same?.receptions ?? 0n) + 1n,
      content_type: contentType,
      body,
    })
  }
  return rows
}

/** Holds the spool's row until the commit: sequences are visible in the order they were given. */
async function takeSequences(trx: Transaction<Tables>, count: number): Promise<bigint> {
  const { last_sequence } = await trx
    .updateTable('webhook_spool')
    .set({ last_sequence: sql<bigint>`last_sequence + ${BigInt(count)}` })
    .where('id', '=', 1n)
    .returning('last_sequence')
    .executeTakeFirstOrThrow()
  return last_sequence - BigInt(count) + 1n
}

async function upsert(trx: Transaction<Tables>, rows: readonly (Row & { readonly sequence: bigint })[]): Promise<void> {
  await trx
    .insertInto('webhook_delivery')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['book', 'source', 'sha256']).doUpdateSet((eb) => ({
        sequence: eb.ref('excluded.sequence'),
        last_received_at_ms: eb.ref('excluded.last_received_at_ms'),
        receptions: sql<bigint>`webhook_delivery.receptions + excluded.receptions`,
      })),
    )
    .execute()
}

/** Deliveries after a sequence, oldest first. */
export async function readDeliveries(
  spool: Kysely<Tables>,
  book: string,
  afterSequence: number,
  limit: number,
): Promise<readonly Delivery[]> {
  const rows = await spool
    .selectFrom('webhook_delivery')
    .select(['source', 'sequence', 'last_received_at_ms', 'receptions', 'content_type', 'body', 'sha256'])
    .where('book', '=', book)
    .where('sequence', '>', BigInt(afterSequence))
    .orderBy('sequence')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    source: row.source,
    sequence: Number(row.sequence),
    receivedAtMs: Number(row.last_received_at_ms),
    receptions: Number(row.receptions),
    contentType: row.content_type,
    body: row.body,
    sha256: row.sha256,
  }))
}

export interface DeliveryCounts {
  /** Distinct bodies in the spool. */
  readonly deliveries: number
  /** Times one of them came again. */
  readonly duplicates: number
  /** Not landed yet. */
  readonly waiting: number
}

export async function countDeliveries(
  spool: Kysely<Tables>,
  book: string,
  afterSequence: number,
): Promise<DeliveryCounts> {
  const { fn } = spool
  const all = await spool
    .selectFrom('webhook_delivery')
    .select([fn.count<bigint>('sequence').as('deliveries'), fn.sum<bigint | null>('receptions').as('receptions')])
    .where('book', '=', book)
    .executeTakeFirstOrThrow()
  const after = await spool
    .selectFrom('webhook_delivery')
    .select(fn.count<bigint>('sequence').as('waiting'))
    .where('book', '=', book)
    .where('sequence', '>', BigInt(afterSequence))
    .executeTakeFirstOrThrow()
  const deliveries = Number(all.deliveries)
  return { deliveries, duplicates: Number(all.receptions ?? 0n) - deliveries, waiting: Number(after.waiting) }
}

/** Forgets what has been landed and was last received before an instant: the landing keeps it for ever. */
export async function pruneDeliveries(
  spool: Kysely<Tables>,
  book: string,
  landedSequence: number,
  beforeMs: number,
): Promise<void> {
  await spool
    .deleteFrom('webhook_delivery')
    .where('book', '=', book)
    .where('sequence', '<=', BigInt(landedSequence))
    .where('last_received_at_ms', '<', BigInt(beforeMs))
    .execute()
}

/** How far a book has landed a spool; 0 before the first delivery. */
export async function landedSequence(db: Kysely<Tables>, book: bigint, spool: string): Promise<number> {
  const row = await db
    .selectFrom('webhook_cursor')
    .select('sequence')
    .where('book', '=', book)
    .where('spool', '=', spool)
    .executeTakeFirst()
  return Number(row?.sequence ?? 0n)
}

export async function moveLandedSequence(
  db: Kysely<Tables>,
  book: bigint,
  spool: string,
  sequence: number,
): Promise<void> {
  await db
    .insertInto('webhook_cursor')
    .values({ book, spool, sequence: BigInt(sequence) })
    .onConflict((conflict) => conflict.columns(['book', 'spool']).doUpdateSet({ sequence: BigInt(sequence) }))
    .execute()
}
