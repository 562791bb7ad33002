/**
 * Lets Kysely prepare each statement once. Kysely asks its SQLite handle to prepare every query anew, which costs more
 * than running a small one; this hands out the same prepared statement for the same text, the least recently used
 * leaving first. A statement still being iterated is never shared: a second one is prepared instead.
 */
import type BetterSqlite3 from 'better-sqlite3'
import type { SqliteDatabase, SqliteStatement } from 'kysely'

const LIMIT = 256

interface Prepared {
  readonly raw: BetterSqlite3.Statement<unknown[]>
  readonly statement: SqliteStatement
}

/** `told` gives every error of a statement the form it is thrown in. */
export function withStatementCache(
  raw: BetterSqlite3.Database,
  told: (error: unknown) => unknown,
  limit: number = LIMIT,
): SqliteDatabase {
  const statements = new Map<string, Prepared>()
  const prepareAnew = (sql: string): Prepared => {
    const prepared = telling(told, () => raw.prepare<unknown[]>(sql))
    return { raw: prepared, statement: tellingStatement(prepared, told) }
  }
  const prepare = (sql: string): SqliteStatement => {
    const known = statements.get(sql)
    if (known?.raw.busy === true) return prepareAnew(sql).statement
    const prepared = known ?? prepareAnew(sql)
    statements.delete(sql)
    statements.set(sql, prepared)
    if (statements.size > limit) {
      const oldest = statements.keys().next()
      if (oldest.done !== true) statements.delete(oldest.value)
    }
    return prepared.statement
  }
  return {
    prepare,
    close: () => {
      statements.clear()
      raw.close()
    },
  }
}

function tellingStatement(
  prepared: BetterSqlite3.Statement<unknown[]>,
  told: (error: unknown) => unknown,
): SqliteStatement {
  return {
    reader: prepared.reader,
    all: (parameters) => telling(told, () => prepared.all(...parameters)),
    run: (parameters) => telling(told, () => prepared.run(...parameters)),
    iterate: (parameters) => telling(told, () => prepared.iterate(...parameters)),
  }
}

function telling<T>(told: (error: unknown) => unknown, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw told(error)
  }
}
