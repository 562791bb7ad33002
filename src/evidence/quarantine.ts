/**
 * What was set aside: rows and answers that could not be read. Each is kept with its place in the landing, so it can be
 * looked up again; a corrected file is imported like any other.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'

export interface Quarantined {
  /** '' for a row of a file that names no source of the book. */
  readonly source: string
  /** The file with line and column, or what an answer was about. */
  readonly object: string
  readonly reason: string
  /** UTC milliseconds. */
  readonly landedAtMs: number
  readonly batch: number
  readonly item: number
}

/** Newest first, at most `limit`. */
export async function listQuarantined(
  db: Kysely<Tables>,
  book: bigint,
  { source, limit }: { readonly source?: string; readonly limit: number },
): Promise<readonly Quarantined[]> {
  let query = db
    .selectFrom('quarantine as q')
    .innerJoin('landing as l', (join) =>
      join.onRef('l.book', '=', 'q.book').onRef('l.batch', '=', 'q.batch').onRef('l.item', '=', 'q.item'),
    )
    .select(['q.source', 'q.object', 'q.reason', 'q.batch', 'q.item', 'l.fetched_at_ms'])
    .where('q.book', '=', book)
  if (source !== undefined) query = query.where('q.source', '=', source)
  const rows = await query
    .orderBy('q.batch', 'desc')
    .orderBy('q.item', 'desc')
    .orderBy('q.line', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ fetched_at_ms, batch, item, ...row }) => ({
    ...row,
    landedAtMs: Number(fetched_at_ms),
    batch: Number(batch),
    item: Number(item),
  }))
}

/** Rows that name no source of the book, so that no list of one source can show them. */
export async function countWithoutSource(db: Kysely<Tables>, book: bigint): Promise<bigint> {
  const { count } = await db
    .selectFrom('quarantine')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book)
    .where('source', '=', '')
    .executeTakeFirstOrThrow()
  return count
}

export const SHA_SHOWN = 16

/** A statement file that was set aside whole: its name, and what tells its bytes from others. */
export function setAsideName(file: string, sha256: string): string {
  return `${file} (${sha256.slice(0, SHA_SHOWN)})`
}

/** Why exactly these bytes were set aside when they were last imported; null when they were not. */
export async function whySetAside(
  db: Kysely<Tables>,
  book: bigint,
  account: string,
  sha256: string,
): Promise<string | null> {
  const row = await db
    .selectFrom('quarantine')
    .select('reason')
    .where('book', '=', book)
    .where('source', '=', account)
    .where('object', 'like', `%${setAsideName('', sha256)}`)
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.reason ?? null
}
