/**
 * Lets Kysely prepare each statement once. Kysely asks its SQLite handle to prepare every query anew, which costs more
 * than running a small one; this hands out the same prepared statement for the same text, the least recently used
 * leaving first. A statement still being iterated is never shared: a second one is prepared instead.
 */
import type BetterSqlite3 from 'better-sqlite3'
import type { SqliteDatabase, SqliteStatement } from 'kysely'

const LIMIT = 256

export function withStatementCache(raw: BetterSqlite3.Database): SqliteDatabase {
  const statements = new Map<string, BetterSqlite3.Statement<unknown[]>>()
  const prepare = (sql: string): SqliteStatement => {
    const known = statements.get(sql)
    if (known?.busy === true) return raw.prepare<unknown[]>(sql)
    const statement = known ?? raw.prepare<unknown[]>(sql)
    statements.delete(sql)
    statements.set(sql, statement)
    if (statements.size > LIMIT) {
      const oldest = statements.keys().next()
      if (oldest.done !== true) statements.delete(oldest.value)
    }
    return statement
  }
  return {
    prepare,
    close: () => {
      statements.clear()
      raw.close()
    },
  }
}
