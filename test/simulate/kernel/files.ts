/**
 * Databases of the simulated computer. SQLite is in memory, one connection that processes share as they would share a
 * file: a transaction keeps the others out, as `begin immediate` does, and a process that is killed leaves nothing of its
 * own. What a URL of PostgreSQL names is a server (postgres-server.ts).
 */
import { basename } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely'
import type { Database } from '../../../src/db/database.ts'
import { migrate } from '../../../src/db/migrate.ts'
import {
  handleOver,
  openSqlite,
  prepareConnection,
  statementsOf,
  type OpenConnection,
  type SqliteOptions,
} from '../../../src/db/sqlite.ts'
import { sqliteTrouble } from '../../../src/db/trouble.ts'
import { kindOf, NEVER, passAfter, passBefore, type Gate, type GateParts, type StatementKind } from './gate.ts'
import type { PostgresInstance } from './postgres-instance.ts'
import { createPostgresServer } from './postgres-server.ts'
import type { SimProcess } from './processes.ts'

export interface SimFiles {
  /** The engine of a process: see Machine.openEngine. */
  readonly openEngine: (process: SimProcess) => (url: string, options: object) => Promise<Database>
  /** A transaction is open: what is read now may be of several moments. */
  readonly isBusy: (url: string) => boolean
  /** For oracles, who read by their own SQL: where the tables that the statement names can be read. */
  readonly rawOf: (url: string, sql: string) => BetterSqlite3.Database
  /** A backup of a SQLite file: all bytes. */
  readonly copy: (url: string) => Buffer
  /** Puts a backup in the place of the file. No process may have it open. */
  readonly restore: (url: string, bytes: Buffer) => void
  /** Frees all of them. */
  readonly close: () => void
}

interface SimFile {
  connection: OpenConnection
  /** Whose transaction is open. */
  holder: SimProcess | null
}

/** As SQLite's own wait for a locked file. */
const BUSY_MS = 30_000
const LOOK_AGAIN_MS = 5
/** Processes share the connection, and so what was prepared on it: preparing costs more than running. */
const STATEMENTS = 4096

let template: Buffer | null = null

/** Every database of this process starts as a copy of one that was migrated once. Also loads what commands load late. */
export async function prepareTemplate(): Promise<void> {
  if (template !== null) return
  const handle = openSqlite(':memory:', { readOnly: false })
  await migrate(handle, 0)
  // Loading a module takes real time, which simulated time does not wait for.
  await Promise.all([import('intuit-oauth'), import('xero-node')])
  template = handle.raw.serialize()
  await handle.close()
}

/** `postgres`: the server that every URL of PostgreSQL leads to; null where there is none. */
export function createFiles(parts: GateParts, postgres: PostgresInstance | null): SimFiles {
  const files = new Map<string, SimFile>()
  const server = postgres === null ? null : createPostgresServer(parts, postgres)
  /** By its name alone: the folder is another one in each run. */
  const fileOf = (address: string): SimFile => {
    const url = basename(address.replace(/^sqlite:/, ''))
    const known = files.get(url)
    if (known !== undefined) return known
    const made = { connection: connect(template), holder: null }
    files.set(url, made)
    return made
  }
  const replace = (url: string, bytes: Buffer): void => {
    const file = fileOf(url)
    file.connection.raw.close()
    file.connection = connect(bytes)
  }
  return {
    openEngine: (process) => async (url, given) => {
      const options = given as SqliteOptions
      if (server !== null && isPostgres(url)) return server.open(process, url, options)
      if (url === ':memory:') return openSqlite(url, options)
      const file = fileOf(url)
      process.onKill(() => letGo(file, process))
      const through = (driver: Driver): Driver => new SimDriver(driver, { ...parts, file, process })
      const handle = handleOver(file.connection, options, through)
      // The connection outlives the handle: it is the file.
      return { ...handle, close: async () => undefined }
    },
    isBusy: (url) => server !== null && isPostgres(url) && server.mirror.isBusy(),
    rawOf: (url, sql) => (server !== null && isPostgres(url) ? server.mirror.reading(sql) : fileOf(url).connection.raw),
    copy: (url) => fileOf(url).connection.raw.serialize(),
    restore: replace,
    close: () => {
      for (const { connection } of files.values()) connection.raw.close()
      server?.mirror.close()
      postgres?.release()
    },
  }
}

function isPostgres(url: string): boolean {
  return url.startsWith('postgres://')
}

function connect(bytes: Buffer | null): OpenConnection {
  const raw = bytes === null ? new BetterSqlite3(':memory:') : new BetterSqlite3(bytes)
  prepareConnection(raw)
  return { raw, statements: statementsOf(raw, 'of the simulation', STATEMENTS) }
}

/** What the operating system does for a process that has died. */
function letGo(file: SimFile, process: SimProcess): void {
  if (file.holder === process) undo(file)
}

/** As SQLite does by itself when a disk fails. */
function undo(file: SimFile): void {
  const { raw } = file.connection
  if (raw.open && raw.inTransaction) raw.exec('rollback')
  file.holder = null
}

interface FileGate extends Gate {
  readonly file: SimFile
}

class SimDriver implements Driver {
  readonly #inner: Driver
  readonly #gate: FileGate

  constructor(inner: Driver, gate: FileGate) {
    this.#inner = inner
    this.#gate = gate
  }

  init(): Promise<void> {
    return this.#inner.init()
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new SimConnection(await this.#inner.acquireConnection(), this.#gate)
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const { file } = this.#gate
    await passGate(this.#gate, 'begin')
    try {
      await this.#inner.beginTransaction(innerOf(connection), settings)
    } catch (error) {
      file.holder = null
      throw error
    }
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const { file, process } = this.#gate
    await passGate(this.#gate, 'commit')
    await this.#inner.commitTransaction(innerOf(connection))
    if (file.holder === process) file.holder = null
    await passAfter(this.#gate, 'commit')
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const { file, process } = this.#gate
    if (!process.isAlive()) return NEVER
    await this.#inner.rollbackTransaction(innerOf(connection))
    if (file.holder === process) file.holder = null
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return this.#inner.releaseConnection(innerOf(connection))
  }

  destroy(): Promise<void> {
    return Promise.resolve()
  }
}

class SimConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection
  readonly #gate: FileGate

  constructor(inner: DatabaseConnection, gate: FileGate) {
    this.inner = inner
    this.#gate = gate
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const kind = kindOf(query.sql)
    await passGate(this.#gate, kind)
    const result = await this.inner.executeQuery<R>(query)
    await passAfter(this.#gate, kind)
    return result
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    await passGate(this.#gate, kindOf(query.sql))
    yield* this.inner.streamQuery<R>(query, chunkSize)
  }
}

function innerOf(connection: DatabaseConnection): DatabaseConnection {
  return connection instanceof SimConnection ? connection.inner : connection
}

/** Waits until the statement may run; it may also fail, or never run. */
async function passGate(gate: FileGate, kind: StatementKind): Promise<void> {
  const { file, process, timeline, faults, trace } = gate
  await passBefore(gate, kind)
  if (kind === 'begin' && faults.draw('database', ['locked']) !== null) {
    trace.add(`${process.id} finds the file locked`)
    await process.pause(BUSY_MS)
    throw failure('SQLITE_BUSY', 'database is locked')
  }
  const untilMs = timeline.nowMs() + BUSY_MS
  while (file.holder !== null && file.holder !== process) {
    if (timeline.nowMs() >= untilMs) throw failure('SQLITE_BUSY', 'database is locked')
    await process.pause(LOOK_AGAIN_MS)
  }
  // Before anybody else can come to look.
  if (kind === 'begin') file.holder = process
  if (file.holder !== process || (kind !== 'write' && kind !== 'commit')) return
  const drawn = faults.draw('database', kind === 'write' ? ['disk-full', 'disk-fails'] : ['full-at-commit'])
  if (drawn === null) return
  trace.add(`${process.id} is refused: ${drawn}`)
  undo(file)
  throw drawn === 'disk-fails'
    ? failure('SQLITE_IOERR', 'disk I/O error')
    : failure('SQLITE_FULL', 'database or disk is full')
}

/** In the form in which src/db throws the errors of the engine. */
function failure(code: string, message: string): unknown {
  return sqliteTrouble('the database of the simulation', new BetterSqlite3.SqliteError(message, code))
}
