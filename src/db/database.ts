/**
 * Opens the database a URL names: a SQLite file by default, or PostgreSQL. Both give the same handle, so that everything
 * above this folder is written once. Opening does not migrate; see migrate.ts.
 */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigError } from '../domain/errors.ts'
import { machine } from '../machine/machine.ts'
import { openPostgres, type PostgresHandle } from './postgres.ts'
import { openSqlite, type SqliteHandle, type SqliteOptions } from './sqlite.ts'

export type Database = SqliteHandle | PostgresHandle

/** Of a SQLite file that is locked; left out, half a minute. */
export interface Waiting {
  /** The engine's own wait, in which the process does nothing else. */
  readonly busyTimeoutMs?: number
}

/** `sqlite:PATH`, a plain path, `:memory:`, or `postgres://user:password@host/database`. */
export async function openDatabase(url: string, waiting: Waiting = {}): Promise<Database> {
  return open(url, { readOnly: false, ...waiting })
}

/** For what changes books that are there already: a SQLite file that does not exist is refused, not made. */
export async function openExisting(url: string, waiting: Waiting = {}): Promise<Database> {
  return open(url, { readOnly: false, mustExist: true, ...waiting })
}

/** For reports and the web page: cannot write, and on SQLite never waits for the writer. */
export async function openReadOnly(url: string): Promise<Database> {
  return open(url, { readOnly: true })
}

/**
 * For proofs that change nothing. On PostgreSQL the handle may write, since the guards are compared with a schema made
 * for it inside a transaction that is rolled back; on SQLite it cannot.
 */
export async function openToVerify(url: string): Promise<Database> {
  return open(url, { readOnly: !isPostgres(url) })
}

/** For a dry run: a SQLite file that does not exist is not made, an empty database in memory stands in for it. */
export async function openToRehearse(url: string): Promise<Database> {
  const isNew = !isPostgres(url) && !existsSync(sqlitePath(url)) && existsSync(dirname(resolve(sqlitePath(url))))
  return open(isNew ? ':memory:' : url, { readOnly: false })
}

/** The file of a SQLite URL; null for PostgreSQL. */
export function databaseFile(url: string): string | null {
  return isPostgres(url) ? null : sqlitePath(url)
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url)
}

function sqlitePath(url: string): string {
  return url.replace(/^sqlite:(\/\/(?=\/))?/, '')
}

async function open(url: string, options: SqliteOptions): Promise<Database> {
  const { openEngine } = machine()
  // Whoever gives a machine an engine gives it one that is a Database.
  if (openEngine !== null) return (await openEngine(url, options)) as Database
  if (isPostgres(url)) return openPostgres(url, options)
  const path = sqlitePath(url)
  if (path === '' || /^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    throw new ConfigError(
      'DATABASE_URL_UNKNOWN',
      `"${url.replace(/:\/\/[^@/]*@/, '://')}" does not name a database.`,
      'Use a file path such as sqlite:books.db, or postgres://user:password@host/database.',
    )
  }
  return openSqlite(path, options)
}
