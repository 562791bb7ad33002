/**
 * Brings a database up to this program's migrations, all or nothing. The whole run is one transaction under a lock, so
 * two processes that start together do not meet half a schema, and a failing script leaves the database as it was.
 */
import { sql, type Transaction } from 'kysely'
import { ConfigError, InvariantError } from '../domain/errors.ts'
import type { Database } from './database.ts'
import { migrationFiles, type MigrationFile } from './migration-files.ts'
import type { PostgresHandle } from './postgres.ts'
import { toldOfFile, type SqliteHandle } from './sqlite.ts'
import type { Tables } from './tables.ts'
import { troubleIn } from './trouble.ts'

interface Applied {
  readonly name: string
  readonly sha256: string
}

/** Any constant will do, as long as every version of the program uses the same. */
const ADVISORY_LOCK = 7_468_656_584n

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS migration (
  name text PRIMARY KEY,
  sha256 text NOT NULL,
  applied_at_ms bigint NOT NULL
)`
const CREATE_TABLE_SQLITE = `${CREATE_TABLE.replace('bigint', 'INTEGER')} STRICT`

/** Returns the names of the migrations it applied. `directory` holds the scripts; the program's own by default. */
export async function migrate(database: Database, nowMs: number, directory?: string): Promise<readonly string[]> {
  const files = migrationFiles(database.dialect, directory)
  return database.dialect === 'sqlite' ? migrateSqlite(database, files, nowMs) : migratePostgres(database, files, nowMs)
}

/** Throws a ConfigError when the database is older or newer than the program: for handles that must not write. */
export async function requireMigrated(database: Database): Promise<void> {
  const missing = pending(migrationFiles(database.dialect), await requireTables(database))
  if (missing.length === 0) return
  throw new ConfigError(
    'DATABASE_OLDER',
    `An older tieout made this database: it lacks the ${missing.length === 1 ? 'migration' : 'migrations'} ${missing.map((file) => file.name).join(', ')}.`,
    'Run any command that writes, such as tieout sync; it migrates first.',
  )
}

/** What has been applied. Throws a ConfigError when nothing has: for commands that change books but never make them. */
export async function requireTables({ kysely }: Database): Promise<readonly Applied[]> {
  try {
    return await kysely.selectFrom('migration').select(['name', 'sha256']).orderBy('name').execute()
  } catch (error) {
    const trouble = troubleIn(error)
    if (trouble !== null) throw trouble
    throw new ConfigError(
      'DATABASE_EMPTY',
      'The database holds no tieout books yet.',
      'Run tieout sync, tieout connect, tieout orders import or tieout evidence import first; they create the tables.',
      { cause: error },
    )
  }
}

/** The schema of a database beside this program's, in words; null when they are the same. */
export async function otherSchema(database: Database): Promise<{ theirs: string; ours: string } | null> {
  const [theirs, ours] = [await requireTables(database), migrationFiles(database.dialect)].map((migrations) =>
    migrations.map(({ name, sha256 }) => `${name} (${sha256.slice(0, 8)})`).join(', '),
  )
  return theirs === ours || theirs === undefined || ours === undefined ? null : { theirs, ours }
}

function migrateSqlite(database: SqliteHandle, files: readonly MigrationFile[], nowMs: number): readonly string[] {
  const { raw } = database
  // Almost always there is nothing to do, and no lock to wait for.
  const before = appliedBefore(raw)
  if (before !== null && pending(files, before).length === 0) return []
  try {
    raw.exec('begin immediate')
    raw.exec(CREATE_TABLE_SQLITE)
    const missing = pending(files, appliedIn(raw))
    const record = raw.prepare('insert into migration (name, sha256, applied_at_ms) values (?, ?, ?)')
    for (const file of missing) {
      try {
        raw.exec(file.script)
      } catch (error) {
        throw troubleIn(toldOfFile(database, error)) ?? failed(file, error)
      }
      record.run(file.name, file.sha256, BigInt(nowMs))
    }
    raw.exec('commit')
    return missing.map((file) => file.name)
  } catch (error) {
    if (raw.inTransaction) raw.exec('rollback')
    throw toldOfFile(database, error)
  }
}

function appliedIn(raw: SqliteHandle['raw']): readonly Applied[] {
  return raw.prepare<[], Applied>('select name, sha256 from migration order by name').all()
}

/** Null where nothing can be read: what is wrong then, if anything is, shows as soon as something is written. */
function appliedBefore(raw: SqliteHandle['raw']): readonly Applied[] | null {
  try {
    return appliedIn(raw)
  } catch {
    return null
  }
}

async function migratePostgres(
  database: PostgresHandle,
  files: readonly MigrationFile[],
  nowMs: number,
): Promise<readonly string[]> {
  return database.kysely.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(ADVISORY_LOCK)})`.execute(trx)
    await sql.raw(CREATE_TABLE).execute(trx)
    const applied = await trx.selectFrom('migration').select(['name', 'sha256']).orderBy('name').execute()
    const missing = pending(files, applied)
    for (const file of missing) await applyPostgres(trx, file, nowMs)
    return missing.map((file) => file.name)
  })
}

async function applyPostgres(trx: Transaction<Tables>, file: MigrationFile, nowMs: number): Promise<void> {
  try {
    await sql.raw(file.script).execute(trx)
  } catch (error) {
    throw troubleIn(error) ?? failed(file, error)
  }
  const row = { name: file.name, sha256: file.sha256, applied_at_ms: BigInt(nowMs) }
  await trx.insertInto('migration').values(row).execute()
}

/** What is still to be applied: what is applied must be exactly the beginning of what the program carries. */
function pending(files: readonly MigrationFile[], applied: readonly Applied[]): readonly MigrationFile[] {
  for (const [index, done] of applied.entries()) {
    const file = files[index]
    if (file === undefined) {
      throw new ConfigError(
        'DATABASE_NEWER',
        `The database has migration ${done.name}, which this program does not know: a newer tieout made it.`,
        'Use that newer version of tieout with this database.',
      )
    }
    if (file.name !== done.name) {
      throw new ConfigError(
        'DATABASE_UNKNOWN',
        `A tieout from before its first release made this database: it has migration ${done.name} where this program has ${file.name}.`,
        'Make a new database: name another one in the configuration, run tieout sync, and import the files again.',
      )
    }
    if (file.sha256 !== done.sha256) {
      throw new ConfigError(
        'MIGRATION_CHANGED',
        `Migration ${file.name} is not the script that this database applied.`,
        'Restore the original script; a change of the schema is a new migration.',
      )
    }
  }
  const missing = files.slice(applied.length)
  requireNumbered(files)
  return missing
}

function requireNumbered(files: readonly MigrationFile[]): void {
  for (const [index, file] of files.entries()) {
    if (Number(file.name.slice(0, 4)) === index + 1) continue
    throw new ConfigError(
      'MIGRATION_GAP',
      `Migration ${file.name} should be number ${String(index + 1).padStart(4, '0')}.`,
      'Number migrations 0001, 0002, 0003 without gaps.',
    )
  }
}

function failed(file: MigrationFile, cause: unknown): InvariantError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new InvariantError(
    'MIGRATION_FAILED',
    `Migration ${file.name} failed and nothing was changed: ${reason}.`,
    'Report this message with the database engine and its version.',
    { cause },
  )
}
