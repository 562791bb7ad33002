/**
 * Opens the database a URL names: a SQLite file by default, or PostgreSQL. Both give the same handle, so that everything
 * above this folder is written once. Opening does not migrate; see migrate.ts.
 */
import { ConfigError } from '../domain/errors.ts'
import { openPostgres, type PostgresHandle } from './postgres.ts'
import { openSqlite, type SqliteHandle } from './sqlite.ts'

export type Database = SqliteHandle | PostgresHandle

/** `sqlite:PATH`, a plain path, `:memory:`, or `postgres://user:password@host/database`. */
export async function openDatabase(url: string): Promise<Database> {
  return open(url, { readOnly: false })
}

/** For reports and the web page: cannot write, and on SQLite never waits for the writer. */
export async function openReadOnly(url: string): Promise<Database> {
  return open(url, { readOnly: true })
}

async function open(url: string, options: { readonly readOnly: boolean }): Promise<Database> {
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url, options)
  const path = url.replace(/^sqlite:(\/\/(?=\/))?/, '')
  if (path === '' || /^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    throw new ConfigError(
      'DATABASE_URL_UNKNOWN',
      `"${url.replace(/:\/\/[^@/]*@/, '://')}" does not name a database.`,
      'Use a file path such as sqlite:books.db, or postgres://user:password@host/database.',
    )
  }
  return openSqlite(path, options)
}
