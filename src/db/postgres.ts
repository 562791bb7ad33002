/**
 * PostgreSQL through a pool, one connection while in a transaction. Whole numbers arrive as bigint, as they do from
 * SQLite; the parsers belong to this pool, so other users of the driver in the same process keep theirs.
 */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { ConfigError, TransientError } from '../domain/errors.ts'
import type { Tables } from './tables.ts'

export interface PostgresHandle {
  readonly dialect: 'postgres'
  /** True for a dry run's handle, of which nothing stays. */
  readonly isScratch?: boolean
  readonly kysely: Kysely<Tables>
  readonly pool: pg.Pool
  readonly close: () => Promise<void>
}

export interface PostgresOptions {
  readonly readOnly: boolean
}

const MAX_CONNECTIONS = 10
const CONNECT_TIMEOUT_MS = 10_000
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

export async function openPostgres(url: string, options: PostgresOptions): Promise<PostgresHandle> {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'tieout',
    types,
    ...(options.readOnly ? { options: '-c default_transaction_read_only=on' } : {}),
  })
  // An idle connection that dies is replaced on the next use; without a listener it would end the process.
  pool.on('error', () => undefined)
  try {
    const client = await pool.connect()
    client.release()
  } catch (error) {
    await pool.end()
    throw connectError(url, error)
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const close = async (): Promise<void> => {
    await kysely.destroy()
    if (!pool.ended) await pool.end()
  }
  return { dialect: 'postgres', kysely, pool, close }
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
