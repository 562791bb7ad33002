/**
 * Dry runs: the real code against the real books, and nothing stays. On SQLite it works on a copy; on PostgreSQL inside
 * one outer transaction, where every transaction of the code is a savepoint, rolled back at the end.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CompiledQuery,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresDriver,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  type PostgresPool,
} from 'kysely'
import type { Database } from './database.ts'
import type { PostgresHandle } from './postgres.ts'
import { openSqlite, type SqliteHandle } from './sqlite.ts'
import type { Tables } from './tables.ts'
import { sqliteTrouble } from './trouble.ts'

/** Runs `work` on a database that starts as a copy of this one and is gone afterwards. */
export async function withScratch<T>(database: Database, work: (scratch: Database) => Promise<T>): Promise<T> {
  return database.dialect === 'sqlite' ? withCopy(database, work) : withSavepoints(database, work)
}

async function withCopy<T>(database: SqliteHandle, work: (scratch: Database) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-scratch-'))
  try {
    const path = join(folder, 'scratch.db')
    await database.raw.backup(path).catch((error: unknown) => {
      throw sqliteTrouble(`the copy for the dry run, ${path}`, error)
    })
    const scratch = openSqlite(path, { readOnly: false })
    try {
      return await work({ ...scratch, isScratch: true })
    } finally {
      await scratch.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function withSavepoints<T>(database: PostgresHandle, work: (scratch: Database) => Promise<T>): Promise<T> {
  const client = await database.pool.connect()
  try {
    await client.query('begin', [])
    const pool: PostgresPool = {
      options: database.pool.options,
      connect: async () => ({ query: client.query.bind(client), release: () => undefined }),
      end: async () => undefined,
    }
    const kysely = new Kysely<Tables>({ dialect: new SavepointDialect(pool) })
    const scratch = {
      dialect: 'postgres',
      isScratch: true,
      kysely,
      guard: database.guard,
      pool: database.pool,
    } as const
    return await work({ ...scratch, close: async () => undefined })
  } finally {
    // A lost connection has rolled back already, and the error of the work says so.
    await client.query('rollback', []).catch(() => undefined)
    client.release()
  }
}

class SavepointDialect extends PostgresDialect {
  readonly #pool: PostgresPool

  constructor(pool: PostgresPool) {
    super({ pool })
    this.#pool = pool
  }

  override createDriver(): Driver {
    return new SavepointDriver({ pool: this.#pool })
  }

  override createAdapter(): DialectAdapter {
    return new OneConnectionAdapter()
  }
}

/** All code shares the one connection that holds the outer transaction, one after the other. */
class OneConnectionAdapter extends PostgresAdapter {
  override get supportsMultipleConnections(): boolean {
    return false
  }
}

/**
 * A use of the connection is a savepoint, whether it is one statement or a transaction, so that one that fails undoes
 * itself and leaves the outer transaction usable, exactly as it would have been outside.
 */
class SavepointDriver extends PostgresDriver {
  override async acquireConnection(): ReturnType<PostgresDriver['acquireConnection']> {
    const connection = await super.acquireConnection()
    await connection.executeQuery(CompiledQuery.raw('savepoint scratch_use'))
    return connection
  }

  override async releaseConnection(connection: Parameters<PostgresDriver['releaseConnection']>[0]): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('release savepoint scratch_use'))
    } catch {
      // The use failed and the transaction is aborted up to here.
      await connection.executeQuery(CompiledQuery.raw('rollback to savepoint scratch_use'))
      await connection.executeQuery(CompiledQuery.raw('release savepoint scratch_use'))
    }
    await super.releaseConnection(connection)
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('savepoint scratch_transaction'))
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('release savepoint scratch_transaction'))
  }

  override async rollbackTransaction(connection: Parameters<PostgresDriver['rollbackTransaction']>[0]): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback to savepoint scratch_transaction'))
    await connection.executeQuery(CompiledQuery.raw('release savepoint scratch_transaction'))
  }
}
