/** What a panel's answers have shown of its habits: endings in which it lowers charges (O4), and which orders are runs of which (O5). */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Ending } from '../panels/rules/status.ts'

const IDS_PER_QUERY = 500

export async function loweredEndings(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly Ending[]> {
  const rows = await db
    .selectFrom('lowered_ending')
    .select('ending')
    .where('book', '=', book)
    .where('source', '=', source)
    .execute()
  // Written by the rules alone.
  return rows.map(({ ending }) => ending as Ending)
}

export async function saveLowered(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  ending: Ending,
  orderId: string,
): Promise<void> {
  await db.insertInto('lowered_ending').values({ book, source, ending, order_id: orderId }).execute()
}

/** Which of these orders have named runs. */
export async function parentsOf(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  ids: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>()
  for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
    const rows = await db
      .selectFrom('panel_order')
      .select('parent')
      .distinct()
      .where('book', '=', book)
      .where('source', '=', source)
      .where('parent', 'in', ids.slice(at, at + IDS_PER_QUERY))
      .execute()
    for (const { parent } of rows) if (parent !== null) found.add(parent)
  }
  return found
}

/** Which of these parents have a run whose charge is known. */
export async function chargedRuns(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  parents: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>()
  for (let at = 0; at < parents.length; at += IDS_PER_QUERY) {
    const rows = await db
      .selectFrom('panel_order as run')
      .innerJoin('order_state as state', (join) =>
        join
          .onRef('state.book', '=', 'run.book')
          .onRef('state.source', '=', 'run.source')
          .onRef('state.order_id', '=', 'run.order_id'),
      )
      .select('run.parent')
      .distinct()
      .where('run.book', '=', book)
      .where('run.source', '=', source)
      .where('run.parent', 'in', parents.slice(at, at + IDS_PER_QUERY))
      .where('state.highest_charge', 'is not', null)
      .execute()
    for (const { parent } of rows) if (parent !== null) found.add(parent)
  }
  return found
}
