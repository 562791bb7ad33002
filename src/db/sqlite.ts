/**
 * SQLite as a ledger needs it: durable commits, foreign keys, triggers that also see REPLACE, every integer a bigint,
 * and write transactions that take the write lock when they begin, so a second writer waits instead of failing half-way.
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import {
  CompiledQuery,
  Kysely,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Driver,
  type SqliteDatabase,
  type TransactionSettings,
} from 'kysely'
import { ConfigError } from '../domain/errors.ts'
import { withStatementCache } from './statement-cache.ts'
import type { Tables } from './tables.ts'
import { sqliteTrouble, troubleIn } from './trouble.ts'

export interface SqliteHandle {
  readonly dialect: 'sqlite'
  /** True for a dry run's handle, of which nothing stays. */
  readonly isScratch?: boolean
  readonly kysely: Kysely<Tables>
  /** For what Kysely cannot do: scripts of many statements, online backup. */
  readonly raw: BetterSqlite3.Database
  readonly close: () => Promise<void>
}

export interface SqliteOptions {
  readonly readOnly: boolean
  /** A file that is not there is refused instead of made, as it always is for a handle that cannot write. */
  readonly mustExist?: boolean
  /** The engine's own wait, during which nothing else of the process runs. */
  readonly busyTimeoutMs?: number | undefined
}

const BUSY_TIMEOUT_MS = 30_000
const PRAGMAS = [
  'synchronous = FULL',
  'foreign_keys = ON',
  'recursive_triggers = ON',
  'temp_store = MEMORY',
  // Negative is KiB: the hottest pages of the unique key; the system's file cache has the others at hand.
  'cache_size = -40960',
  // Pages a batch touches again and again are copied into the database file once per 64 MiB of log, not per batch.
  'wal_autocheckpoint = 16384',
]

/** Opens a file or ':memory:'. The file is created when missing, its directory is not. */
export function openSqlite(path: string, options: SqliteOptions): SqliteHandle {
  if (path !== ':memory:') requireUsableFile(path, options)
  const raw = connect(path, options)
  return handleOver({ raw, statements: statementsOf(raw, path) }, options)
}

/** A connection that is open, with the statements that were prepared on it. */
export interface OpenConnection {
  readonly raw: BetterSqlite3.Database
  readonly statements: SqliteDatabase
}

/** `limit`: prepared statements that are kept; left out, as many as one process uses again and again. */
export function statementsOf(raw: BetterSqlite3.Database, path: string, limit?: number): SqliteDatabase {
  return withStatementCache(raw, (error) => sqliteTrouble(nameOf(path), error), limit)
}

/** The handle over a connection that is open. `through` may stand between Kysely and the engine. */
export function handleOver(
  { raw, statements }: OpenConnection,
  options: SqliteOptions,
  through: (driver: Driver) => Driver = (driver) => driver,
): SqliteHandle {
  const kysely = new Kysely<Tables>({ dialect: new LedgerSqliteDialect({ raw, statements }, options, through) })
  const close = async (): Promise<void> => {
    await kysely.destroy()
    // Kysely closes only what it has used.
    if (raw.open) raw.close()
  }
  return { dialect: 'sqlite', kysely, raw, close }
}

function connect(path: string, options: SqliteOptions): BetterSqlite3.Database {
  let raw: BetterSqlite3.Database | undefined
  try {
    raw = new BetterSqlite3(path, { readonly: options.readOnly, timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS })
    if (!options.readOnly) raw.pragma('journal_mode = WAL')
    prepareConnection(raw)
    return raw
  } catch (error) {
    raw?.close()
    throw openError(path, error)
  }
}

/** What every connection needs before it is used. */
export function prepareConnection(raw: BetterSqlite3.Database): void {
  raw.defaultSafeIntegers(true)
  for (const pragma of PRAGMAS) raw.pragma(pragma)
}

function openError(path: string, error: unknown): Error {
  if (errorCode(error) === 'SQLITE_NOTADB') return notADatabase(path, error)
  const trouble = troubleIn(sqliteTrouble(nameOf(path), error))
  // A file that cannot be written from the start is a matter of its rights.
  if (trouble !== null && trouble.code !== 'DATABASE_NOT_WRITABLE') return trouble
  return new ConfigError(
    'DATABASE_CANNOT_OPEN',
    `The database ${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}.`,
    'Check that the file and its directory can be read and written by this user.',
    { cause: error },
  )
}

function requireUsableFile(path: string, options: SqliteOptions): void {
  const directory = dirname(resolve(path))
  if (!existsSync(directory)) {
    throw new ConfigError(
      'DATABASE_DIRECTORY_MISSING',
      `The directory ${directory} of the database does not exist.`,
      'Create the directory, or correct the path of the database.',
    )
  }
  if (!existsSync(path)) {
    if (!options.readOnly && options.mustExist !== true) return
    throw new ConfigError(
      'DATABASE_MISSING',
      `There is no database at ${path}.`,
      'Run tieout sync, tieout connect, tieout orders import or tieout evidence import first; they create it.',
    )
  }
  if (statSync(path).isDirectory()) {
    throw new ConfigError(
      'DATABASE_IS_DIRECTORY',
      `${path} is a directory, not a database file.`,
      'Name a file inside it, for example books.db.',
    )
  }
  requireSqliteHeader(path)
}

/** Looked at before SQLite opens the file, since switching an unknown file to WAL could write to it. */
function requireSqliteHeader(path: string): void {
  const header = Buffer.alloc(16)
  let length: number
  try {
    const file = openSync(path, 'r')
    length = readSync(file, header)
    closeSync(file)
  } catch (error) {
    throw openError(path, error)
  }
  if (length > 0 && header.toString('latin1') !== 'SQLite format 3\0') throw notADatabase(path, undefined)
}

function notADatabase(path: string, cause: unknown): Error {
  return new ConfigError(
    'NOT_A_DATABASE',
    `${path} is not a SQLite database.`,
    'Name another file; this one is left as it is.',
    { cause },
  )
}

function nameOf(path: string): string {
  return `the database ${path}`
}

/** Of a file that is used without Kysely: the error of a statement in the form it is thrown in everywhere else. */
export function toldOfFile({ raw }: Pick<SqliteHandle, 'raw'>, error: unknown): unknown {
  return sqliteTrouble(nameOf(raw.name), error)
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

class LedgerSqliteDialect extends SqliteDialect {
  readonly #driver: () => Driver

  constructor({ raw, statements }: OpenConnection, options: SqliteOptions, through: (driver: Driver) => Driver) {
    super({ database: statements })
    this.#driver = () => through(new ImmediateDriver(statements, raw, options))
  }

  override createDriver(): Driver {
    return this.#driver()
  }
}

/**
 * Kysely begins deferred; a deferred transaction that reads and then writes can fail instead of waiting. When the disk is
 * full SQLite ends the transaction by itself: then there is nothing left to roll back, and the first error is the one to
 * tell.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #raw: BetterSqlite3.Database
  readonly #readOnly: boolean

  constructor(database: SqliteDatabase, raw: BetterSqlite3.Database, options: SqliteOptions) {
    super({ database })
    this.#raw = raw
    this.#readOnly = options.readOnly
  }

  override async beginTransaction(connection: DatabaseConnection, settings?: TransactionSettings): Promise<void> {
    const deferred = this.#readOnly || settings?.accessMode === 'read only'
    await connection.executeQuery(CompiledQuery.raw(deferred ? 'begin' : 'begin immediate'))
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#raw.inTransaction) await super.rollbackTransaction(connection)
  }
}
