/** What the newest reconciliation of a book came to: its summary as it was saved, and the matches it made. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { StoredMatch } from './matches.ts'
import { matchesById, matchIds } from './read-matches.ts'

export interface ReadRun<S> {
  readonly summary: S
  /** Made by it and in force, by number. */
  readonly made: readonly StoredMatch[]
  /** All that wait for a person. */
  readonly proposed: readonly StoredMatch[]
}

/** The summary alone, as an import of a long statement makes very many matches. Null before the first. */
export async function readLastSummary<S>(db: Kysely<Tables>, book: bigint): Promise<S | null> {
  const row = await lastRun(db, book)
  // Written as JSON of S, by the one writer there is.
  return row === undefined ? null : (JSON.parse(row.summary) as S)
}

/** Null before the first; `S` is what was saved, by the one writer there is. */
export async function readLastRun<S>(db: Kysely<Tables>, book: bigint): Promise<ReadRun<S> | null> {
  const row = await lastRun(db, book)
  if (row === undefined) return null
  const made = await db
    .selectFrom('match_group')
    .select('id')
    .where('book', '=', book)
    .where('batch', '=', row.batch)
    .where('item', '=', row.item)
    .where('status', '=', 'active')
    .orderBy('id')
    .execute()
  return {
    // Written as JSON of S.
    summary: JSON.parse(row.summary) as S,
    made: await matchesById(
      db,
      book,
      made.map(({ id }) => id),
    ),
    proposed: await matchesById(db, book, await matchIds(db, book, ['proposed'])),
  }
}

async function lastRun(db: Kysely<Tables>, book: bigint) {
  return db
    .selectFrom('match_run')
    .select(['summary', 'batch', 'item'])
    .where('book', '=', book)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** True when a statement file was processed or taken back after the newest reconciliation. */
export async function hasUnreconciled(db: Kysely<Tables>, book: bigint): Promise<boolean> {
  const last = await db
    .selectFrom('match_run')
    .select(({ fn }) => fn.max('batch').as('batch'))
    .where('book', '=', book)
    .executeTakeFirst()
  const after = last?.batch ?? 0n
  const file = await db
    .selectFrom('statement_file')
    .select('batch')
    .where('book', '=', book)
    .where('batch', '>', after)
    .limit(1)
    .executeTakeFirst()
  const undone = await db
    .selectFrom('statement_undo')
    .select('batch')
    .where('book', '=', book)
    .where('undone_batch', '>', after)
    .limit(1)
    .executeTakeFirst()
  return file !== undefined || undone !== undefined
}
