/** Whom orders were for, and which category their services are in: derived from the landing, used to tag journal lines. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Evidence } from '../domain/transaction.ts'

const IDS_PER_QUERY = 500

/** Tags orders, or takes their tag away when `client` is null; returns how many that changed. */
export async function tagOrders(
  db: Kysely<Tables>,
  at: { readonly book: bigint; readonly source: bigint },
  {
    ids,
    client,
    evidence,
  }: { readonly ids: readonly string[]; readonly client: string | null; readonly evidence: Evidence },
): Promise<number> {
  const before = await clientsOf(db, at, ids)
  const changing = ids.filter((id) => (before.get(id) ?? null) !== client)
  const changed = { evidence_batch: BigInt(evidence.batch), evidence_item: BigInt(evidence.item) }
  for (const id of changing) {
    if (client === null) {
      await db
        .deleteFrom('order_client')
        .where('book', '=', at.book)
        .where('source', '=', at.source)
        .where('order_id', '=', id)
        .execute()
    } else {
      await db
        .insertInto('order_client')
        .values({ ...at, order_id: id, client, ...changed })
        .onConflict((conflict) => conflict.columns(['book', 'source', 'order_id']).doUpdateSet({ client, ...changed }))
        .execute()
    }
  }
  return changing.length
}

/** Orders without a tag are not in the map. */
export async function clientsOf(
  db: Kysely<Tables>,
  { book, source }: { readonly book: bigint; readonly source: bigint },
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
    const rows = await db
      .selectFrom('order_client')
      .select(['order_id', 'client'])
      .where('book', '=', book)
      .where('source', '=', source)
      .where('order_id', 'in', ids.slice(at, at + IDS_PER_QUERY))
      .execute()
    for (const { order_id, client } of rows) found.set(order_id, client)
  }
  return found
}

/** Writes what is new or has moved. A service that is no longer listed keeps its category, since its orders do too. */
export async function saveCategories(
  db: Kysely<Tables>,
  at: { readonly book: bigint; readonly source: bigint },
  services: readonly { readonly service: string; readonly category: string }[],
  evidence: Evidence,
): Promise<void> {
  const rows = await db
    .selectFrom('service_category')
    .select(['service', 'category'])
    .where('book', '=', at.book)
    .where('source', '=', at.source)
    .execute()
  const known = new Map(rows.map((row) => [row.service, row.category]))
  const changed = { evidence_batch: BigInt(evidence.batch), evidence_item: BigInt(evidence.item) }
  for (const { service, category } of services) {
    if (category === '' || known.get(service) === category) continue
    await db
      .insertInto('service_category')
      .values({ ...at, service, category, ...changed })
      .onConflict((conflict) => conflict.columns(['book', 'source', 'service']).doUpdateSet({ category, ...changed }))
      .execute()
  }
}
