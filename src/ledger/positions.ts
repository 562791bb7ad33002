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
      .selectFrom('txn')
      .select(['object', 'kind', 'version', 'cumulative'])
      .where('book', '=', book)
      .where('source', '=', source)
      .where('object', 'in', objects.slice(at, at + 500))
      .orderBy('version')
      .execute()
    for (const { object, kind, version, cumulative } of rows) {
      const kinds = found.get(object) ?? new Map<string, Position>()
      kinds.set(kind, { version: Number(version), cumulative })
      found.set(object, kinds)
    }
  }
  return found
}
