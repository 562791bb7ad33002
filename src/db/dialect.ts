/** Which engine a Kysely handle speaks to, for the few places where the two need different statements. */
import { PostgresAdapter, sql, type Kysely, type RawBuilder } from 'kysely'

export type DialectName = 'sqlite' | 'postgres'

export function dialectOf<T>(db: Kysely<T>): DialectName {
  return db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite'
}

/**
 * `book = …` for what a partial index of few rows answers. SQLite has no statistics of a book and would take the key and
 * read everything the book ever had; told that the book is rare, it takes the index.
 */
export function amongFew<T>(db: Kysely<T>, book: bigint): RawBuilder<boolean> {
  return dialectOf(db) === 'sqlite' ? sql<boolean>`unlikely(book = ${book})` : sql<boolean>`book = ${book}`
}
