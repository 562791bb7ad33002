/** Matches and their legs out of the database: by number, by status, and by the line or item they hold. */
import { sql, type Kysely } from 'kysely'
import { readInChunks } from '../db/chunks.ts'
import type { GroupStep } from '../db/match-tables.ts'
import type { Tables } from '../db/tables.ts'
import { howOf, postsOf } from '../domain/matching/how.ts'
import type { Side } from '../domain/matching/match.ts'
import type { Leg, StoredMatch } from './matches.ts'

export async function matchesById(
  db: Kysely<Tables>,
  book: bigint,
  ids: readonly bigint[],
): Promise<readonly StoredMatch[]> {
  const groups = await readInChunks(ids, (some) =>
    db
      .selectFrom('match_group')
      .selectAll()
      .where('book', '=', book)
      .where('id', 'in', [...some])
      .orderBy('id')
      .execute(),
  )
  const legs = new Map<bigint, Leg[]>()
  const rows = await readInChunks(ids, (some) =>
    db
      .selectFrom('match_leg')
      .selectAll()
      .where('book', '=', book)
      .where('match', 'in', [...some])
      .orderBy('match')
      .orderBy('side')
      .orderBy('ref')
      .execute(),
  )
  for (const { match, side, ref, amount, posts } of rows) {
    const leg = { side, ref, amount, posts: posts === null ? null : postsOf(posts) }
    const of = legs.get(match)
    if (of === undefined) legs.set(match, [leg])
    else of.push(leg)
  }
  return groups.map((row) => ({
    id: row.id,
    status: row.status,
    step: row.step,
    confidence: Number(row.confidence),
    residual: row.residual,
    feeRule: row.fee_rule,
    how: howOf(row.how),
    reason: row.reason,
    legs: legs.get(row.id) ?? [],
    human:
      row.decided_by === null
        ? null
        : { by: row.decided_by, why: row.decided_why ?? '', atMs: Number(row.decided_at_ms) },
    place: { batch: Number(row.batch), item: Number(row.item) },
    undone:
      row.undone_batch === null
        ? null
        : {
            place: { batch: Number(row.undone_batch), item: Number(row.undone_item) },
            ...(row.undone_by === null ? {} : { by: row.undone_by }),
            ...(row.undone_why === null ? {} : { why: row.undone_why }),
            ...(row.undone_at_ms === null ? {} : { atMs: Number(row.undone_at_ms) }),
          },
  }))
}

/** Numbers of matches in these statuses, lowest first; the newest first when limited. */
export async function matchIds(
  db: Kysely<Tables>,
  book: bigint,
  statuses: readonly ('proposed' | 'active' | 'undone')[],
  limit?: number,
): Promise<readonly bigint[]> {
  const query = db
    .selectFrom('match_group')
    .select('id')
    .where('book', '=', book)
    // Written out, or SQLite could not tell that the index of proposals answers it.
    .where('status', 'in', sql<never>`(${sql.join(statuses.map((status) => sql.lit(status)))})`)
  const rows =
    limit === undefined ? await query.orderBy('id').execute() : await query.orderBy('id', 'desc').limit(limit).execute()
  return rows.map(({ id }) => id)
}

/** Proposals that hold any of these lines or items. */
export async function proposalsOf(
  db: Kysely<Tables>,
  book: bigint,
  side: Side,
  refs: readonly bigint[],
): Promise<readonly bigint[]> {
  const rows = await readInChunks(refs, (some) =>
    db
      .selectFrom('match_leg as l')
      .innerJoin('match_group as g', (join) => join.onRef('g.book', '=', 'l.book').onRef('g.id', '=', 'l.match'))
      .select('l.match')
      .where('l.book', '=', book)
      .where('l.side', '=', side)
      .where('l.ref', 'in', [...some])
      .where('g.status', '=', 'proposed')
      .execute(),
  )
  return rows.map(({ match }) => match)
}

/** Active matches that hold a line or an item: by side and ref. */
export async function activeLegs(
  db: Kysely<Tables>,
  book: bigint,
  side: Side,
  refs: readonly bigint[],
): Promise<
  readonly (Leg & { readonly match: bigint; readonly origin: 'automatic' | 'human'; readonly step: GroupStep })[]
> {
  const rows = await readInChunks(refs, (some) =>
    db
      .selectFrom('match_leg as l')
      .innerJoin('match_group as g', (join) => join.onRef('g.book', '=', 'l.book').onRef('g.id', '=', 'l.match'))
      .select(['l.match', 'l.side', 'l.ref', 'l.amount', 'l.posts', 'g.origin', 'g.step'])
      .where('l.book', '=', book)
      .where('l.side', '=', side)
      .where('l.ref', 'in', [...some])
      .where('g.status', '=', 'active')
      .orderBy('l.ref')
      .orderBy('l.match')
      .execute(),
  )
  return rows.map((row) => ({ ...row, posts: row.posts === null ? null : postsOf(row.posts) }))
}
