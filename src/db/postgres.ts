/**
 * PostgreSQL through a pool, one connection while in a transaction. Whole numbers arrive as bigint, as they do from
 * SQLite; the parsers belong to this pool, so other users of the driver in the same process keep theirs.
 */
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { ConfigError, TransientError } from '../domain/errors.ts'
import type { Tables } from './tables.ts'
import { DatabaseTrouble, lostBetween, postgresTrouble } from './trouble.ts'

export interface PostgresHandle {
  readonly dialect: 'postgres'
  /** True for a dry run's handle, of which nothing stays. */
  readonly isScratch?: boolean
  readonly kysely: Kysely<Tables>
  /** What it gives throws when a connection was lost since: also one that nobody used, which is replaced silently. */
  readonly guard: () => () => void
  /** Connections whose errors are told apart already (trouble.ts). */
  readonly pool: PostgresPool
  readonly close: () => Promise<void>
}

export interface PostgresOptions {
  readonly readOnly: boolean
}

const MAX_CONNECTIONS = 10

/** How a pool comes to its connections, and how long it waits for one and keeps it unused. */
export type Connecting = Pick<
  pg.PoolConfig,
  'stream' | 'connectionTimeoutMillis' | 'idleTimeoutMillis' | 'keepAlive' | 'keepAliveInitialDelayMillis'
>

const OVER_SOCKETS: Connecting = {
  connectionTimeoutMillis: 10_000,
  // A server that is gone without a word, as after a failover, is noticed while a connection is idle.
  keepAlive: true,
  keepAliveInitialDelayMillis: 30_000,
}
const { INT2, INT4, INT8, NUMERIC } = pg.types.builtins
const INTEGERS: ReadonlySet<unknown> = new Set([INT2, INT4, INT8])
const WHOLE = /^-?\d+$/

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: Parameters<typeof pg.types.getTypeParser>[0], format?: 'text' | 'binary') => {
    if (format !== 'binary' && INTEGERS.has(oid)) return BigInt
    // sum() over bigint is numeric in PostgreSQL; a whole one is an integer here as well.
    if (format !== 'binary' && oid === NUMERIC) return (text: string) => (WHOLE.test(text) ? BigInt(text) : text)
    return pg.types.getTypeParser(oid, format)
  }) as typeof pg.types.getTypeParser,
}

/** `connecting`: left out, over the sockets of this machine. */
export async function openPostgres(
  url: string,
  options: PostgresOptions,
  connecting: Connecting = OVER_SOCKETS,
): Promise<PostgresHandle> {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    application_name: 'tieout',
    types,
    ...connecting,
    ...(options.readOnly ? { options: '-c default_transaction_read_only=on' } : {}),
  })
  // A connection that dies is replaced on the next use, and the statement it was to carry is told; without listeners, one
  // that dies between two statements of a transaction would end the process.
  let lost = 0
  pool.on('error', () => (lost += 1))
  pool.on('connect', (client) => client.on('error', () => undefined))
  try {
    const client = await pool.connect()
    client.release()
  } catch (error) {
    await pool.end()
    throw connectError(url, error)
  }
  const name = `the PostgreSQL server at ${withoutPassword(url)}`
  const told = tellingApart(pool, name, options.readOnly)
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: told }) })
  const close = async (): Promise<void> => {
    if (!pool.ended) await pool.end()
  }
  const guard = (): (() => void) => {
    const before = lost
    return () => {
      if (lost > before) throw lostBetween(name)
    }
  }
  return { dialect: 'postgres', kysely, guard, pool: told, close }
}

/** The same pool with the errors of a lost connection in one form. A connection that had one is not used again. */
function tellingApart(pool: pg.Pool, name: string, readOnly: boolean): PostgresPool {
  const told = (error: unknown): unknown => {
    const trouble = postgresTrouble(name, error)
    // Of a handle that may only read, no other server would take a write either.
    const isOurs = readOnly && trouble instanceof DatabaseTrouble && trouble.code === 'DATABASE_READ_ONLY'
    return isOurs ? error : trouble
  }
  return {
    options: pool.options,
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw told(error)
      })
      let isUnusable = false
      const used = {
        query: async (text: string, values: readonly unknown[] = []) => {
          try {
            return await client.query(text, [...values])
          } catch (error) {
            const trouble = told(error)
            isUnusable ||= trouble instanceof DatabaseTrouble
            // Whoever cannot be told to roll back any more has rolled back; the error before it says why.
            if (isUnusable && text === 'rollback') return { command: 'ROLLBACK', rowCount: 0, rows: [] }
            throw trouble
          }
        },
        release: () => client.release(isUnusable),
      }
      // Without cursors, which nothing here asks for: a query is text and values.
      return used as unknown as PostgresPoolClient
    },
    end: () => pool.end(),
  }
}

/** SQLSTATE classes that no retry mends: no such database, bad password, no permission. */
const SETTLED = /^(3D000|28...|42501)$/

function connectError(url: string, error: unknown): Error {
  const where = withoutPassword(url)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error && error.message !== '' ? error.message : code
  if (SETTLED.test(code)) {
    return new ConfigError(
      'DATABASE_REFUSED',
      `The PostgreSQL server at ${where} refused the connection: ${message}.`,
      'Correct the user, password or database name in the database URL.',
      { cause: error },
    )
  }
  return new TransientError(
    'DATABASE_UNREACHABLE',
    `The PostgreSQL server at ${where} cannot be reached: ${message}.`,
    'Check the host and port in the database URL, and that the server is running.',
    { cause: error },
  )
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url)
    return `${parsed.host}${parsed.pathname}`
  } catch {
    return 'the configured address'
  }
}
