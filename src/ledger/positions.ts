/** What the ledger holds for an object, per kind: the newest version and its cumulative amount. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'

export interface Position {
  readonly version: number
  readonly cumulative: Units
}

/** object → kind → position. Objects the ledger does not know are not in the map. */
export async function positions(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  objects: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, Position>>> {
  const found = new Map<string, Map<string, Position>>()
  for (let at = 0; at < objects.length; at += 500) {
    const rows = await db
      .with('newest', (query) =>
        query
          .selectFrom('txn')
          .select(['object', 'kind'])
          .select(({ fn }) => fn.max('version').as('version'))
          .where('book', '=', book)
          .where('source', '=', source)
          .where('object', 'in', objects.slice(at, at + 500))
          .groupBy(['object', 'kind']),
      )
      .selectFrom('newest')
      .innerJoin('txn', (join) =>
        join
          .onRef('txn.object', '=', 'newest.object')
          .onRef('txn.kind', '=', 'newest.kind')
          .onRef('txn.version', '=', 'newest.version'),
      )
      .where('txn.book', '=', book)
      .where('txn.source', '=', source)
      .select(['txn.object', 'txn.kind', 'txn.version', 'txn.cumulative'])
      .execute()
    for (const { object, kind, version, cumulative } of rows) {
      const kinds = found.get(object) ?? new Map<string, Position>()
      kinds.set(kind, { version: Number(version), cumulative })
      found.set(object, kinds)
    }
  }
  return found
}
