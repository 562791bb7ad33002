/**
 * Databases of the simulated computer: SQLite in memory, one connection that processes share as they would share a file.
 * A transaction keeps the others out, as `begin immediate` does; a process that is killed leaves nothing of its own.
 */
import { basename } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely'
import {
  handleOver,
  openSqlite,
  prepareConnection,
  statementsOf,
  type OpenConnection,
  type SqliteHandle,
  type SqliteOptions,
} from '../../db/sqlite.ts'
import { migrate } from '../../db/migrate.ts'
import { sqliteTrouble } from '../../db/trouble.ts'
import type { Random } from '../../sandbox/world/random.ts'
import type { Faults } from './faults.ts'
import type { SimProcess } from './processes.ts'
import type { Timeline } from './timeline.ts'
import type { Trace } from './trace.ts'

export interface SimFiles {
  /** The engine of a process: see Machine.openEngine. */
  readonly openEngine: (process: SimProcess) => (url: string, options: object) => Promise<SqliteHandle>
  /** The connection itself, for oracles that read by their own SQL; made empty and migrated when it is new. */
  readonly rawOf: (url: string) => BetterSqlite3.Database
  /** A backup: all bytes. */
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

interface Parts {
  readonly timeline: Timeline
  readonly faults: Faults
  readonly trace: Trace
  readonly random: Random
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

export function createFiles(parts: Parts): SimFiles {
  const files = new Map<string, SimFile>()
  /** By its name alone: the folder is another one in each run. */
  const fileOf = (address: string): SimFile => {
    const url = basename(address.replace(/^sqlite:/, ''))
    const known = files.get(url)
    if (known !== undefined) return known
    const made = { connection: connect(template), holder: null }
    files.set(url, made)
    return made
  }
  return {
    openEngine: (process) => async (url, given) => {
      const options = given as SqliteOptions
      if (url === ':memory:') return openSqlite(url, options)
      const file = fileOf(url)
      process.onKill(() => letGo(file, process))
      const through = (driver: Driver): Driver => new SimDriver(driver, { ...parts, file, process })
      const handle = handleOver(file.connection, options, through)
      // The connection outlives the handle: it is the file.
      return { ...handle, close: async () => undefined }
    },
    rawOf: (url) => fileOf(url).connection.raw,
    copy: (url) => fileOf(url).connection.raw.serialize(),
    restore: (url, bytes) => {
      const file = fileOf(url)
      file.connection.raw.close()
      file.connection = connect(bytes)
    },
    close: () => {
      for (const { connection } of files.values()) connection.raw.close()
    },
  }
}

function connect(bytes: Buffer | null): OpenConnection {
  const raw = bytes === null ? new BetterSqlite3(':memory:') : new BetterSqlite3(bytes)
  prepareConnection(raw)
  return { raw, statements: statementsOf(raw, 'of the simulation', STATEMENTS) }
}

/** What the operating system does for a process that has died. */
function letGo(file: SimFile, process: SimProcess): void {
  if (file.holder !== process) return
  if (file.connection.raw.open && file.connection.raw.inTransaction) file.connection.raw.exec('rollback')
  file.holder = null
}

interface Gate extends Parts {
  readonly file: SimFile
  readonly process: SimProcess
}

class SimDriver implements Driver {
  readonly #inner: Driver
  readonly #gate: Gate

  constructor(inner: Driver, gate: Gate) {
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
    const { file, process } = this.#gate
    // Two that wait wake at the same instant: the first takes the file, and the other waits on.
    do await passGate(this.#gate, 'begin')
    while (file.holder !== null)
    file.holder = process
    try {
      await this.#inner.beginTransaction(innerOf(connection), settings)
    } catch (error) {
      file.holder = null
      throw error
    }
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const { file, process, faults, trace } = this.#gate
    if (faults.draw('database', ['kill-before-commit']) !== null) return die(this.#gate)
    await passGate(this.#gate, 'commit')
    await this.#inner.commitTransaction(innerOf(connection))
    if (file.holder === process) file.holder = null
    trace.add(`${process.id} commit`)
    if (faults.draw('database', ['kill-after-commit']) !== null) return die(this.#gate)
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
  readonly #gate: Gate

  constructor(inner: DatabaseConnection, gate: Gate) {
    this.inner = inner
    this.#gate = gate
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { process, faults } = this.#gate
    await passGate(this.#gate, query.sql)
    const result = await this.inner.executeQuery<R>(query)
    if (isWrite(query.sql) && faults.draw('database', ['kill-after']) !== null) return die(this.#gate)
    return process.isAlive() ? result : NEVER
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    await passGate(this.#gate, query.sql)
    yield* this.inner.streamQuery<R>(query, chunkSize)
  }
}

const NEVER = new Promise<never>(() => undefined)

function innerOf(connection: DatabaseConnection): DatabaseConnection {
  return connection instanceof SimConnection ? connection.inner : connection
}

function die({ process, trace }: Gate): Promise<never> {
  trace.add(`${process.id} is killed at the database`)
  process.kill()
  return NEVER
}

function isWrite(sql: string): boolean {
  return !/^\s*(select|with|pragma|explain|begin)\b/i.test(sql)
}

/** Waits until the statement may run; it may also fail, or never run. */
async function passGate(gate: Gate, sql: string): Promise<void> {
  const { file, process, timeline, faults, random, trace } = gate
  if (!process.isAlive()) return NEVER
  const writes = isWrite(sql)
  if (writes && faults.draw('database', ['kill-before']) !== null) return die(gate)
  const pause = faults.draw('database', sql === 'begin' ? ['paused-beyond-lease', 'paused'] : [])
  if (pause !== null) {
    const ms = pause === 'paused' ? random.int(1, 2000) : random.int(61_000, 400_000)
    trace.add(`${process.id} is paused for ${ms} ms`)
    await process.pause(ms)
  }
  if (sql === 'begin' && faults.draw('database', ['locked']) !== null) {
    trace.add(`${process.id} finds the file locked`)
    await process.pause(BUSY_MS)
    throw failure('SQLITE_BUSY', 'database is locked')
  }
  const untilMs = timeline.nowMs() + BUSY_MS
  while (file.holder !== null && file.holder !== process) {
    if (timeline.nowMs() >= untilMs) throw failure('SQLITE_BUSY', 'database is locked')
    await process.pause(LOOK_AGAIN_MS)
  }
  if (writes && file.holder === process && sql !== 'commit' && faults.draw('database', ['disk-full']) !== null) {
    trace.add(`${process.id} finds the disk full`)
    // As SQLite does by itself when the disk is full.
    if (file.connection.raw.inTransaction) file.connection.raw.exec('rollback')
    file.holder = null
    throw failure('SQLITE_FULL', 'database or disk is full')
  }
}

/** In the form in which src/db throws the errors of the engine. */
function failure(code: string, message: string): unknown {
  return sqliteTrouble('the database of the simulation', new BetterSqlite3.SqliteError(message, code))
}
