/** What a scan for unregistered orders needs to know of the registry: how far ids have come, and children it left unasked. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'

/** The highest numeric id the panel has answered for; null when it has for none. Reads every answered order once. */
export async function highestAnsweredId(db: Kysely<Tables>, book: bigint, source: bigint): Promise<number | null> {
  const row = await db
    .selectFrom('order_state')
    .select('order_id')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('status', 'is not', null)
    .where(sql<boolean>`ltrim(order_id, '0123456789') = ''`)
    .where(sql<boolean>`length(order_id) <= 15`)
    .orderBy(sql`length(order_id) desc`)
    .orderBy('order_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : Number(row.order_id)
}

/** Orders that parents named and nobody has asked about, by id: a crash may come between the two. */
export async function unaskedChildren(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('order_unasked')
    .innerJoin('panel_order', (join) =>
      join
        .onRef('panel_order.book', '=', 'order_unasked.book')
        .onRef('panel_order.source', '=', 'order_unasked.source')
        .onRef('panel_order.order_id', '=', 'order_unasked.order_id'),
    )
    .select('order_unasked.order_id')
    .where('order_unasked.book', '=', book)
    .where('order_unasked.source', '=', source)
    .where('order_unasked.order_id', '>', after)
    .where('panel_order.origin', '=', 'parent')
    .orderBy('order_unasked.order_id')
    .limit(limit)
    .execute()
  return rows.map((row) => row.order_id)
}
