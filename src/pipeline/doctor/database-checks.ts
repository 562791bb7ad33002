/** Checks of the database as a store: it opens, has this program's tables, keeps what was committed, and is not damaged. */
import { sql } from 'kysely'
import type { Database } from '../../db/database.ts'
import { requireMigrated } from '../../db/migrate.ts'
import type { PostgresHandle } from '../../db/postgres.ts'
import type { SqliteHandle } from '../../db/sqlite.ts'
import { TieoutError } from '../../domain/errors.ts'
import { fail, ok, warn, type Finding, type Patient } from './check.ts'

const LEAST_POSTGRES = 14
/** Lines of damage worth printing; the first already means "restore". */
const DAMAGE_LINES = 3
/** Errors of a database that is only new or one release behind: the next writing command makes it right. */
const HEALS_ITSELF: ReadonlySet<string> = new Set(['DATABASE_MISSING', 'DATABASE_EMPTY', 'DATABASE_OLDER'])

export async function checkOpens({ database, databaseError }: Patient): Promise<readonly Finding[]> {
  if (database === null) return [problem(databaseError)]
  try {
    await requireMigrated(database)
    return [ok('', `${database.dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL'}, opens, all migrations are applied`)]
  } catch (error) {
    return [problem(error)]
  }
}

function problem(error: unknown): Finding {
  if (!(error instanceof TieoutError)) return fail('', `cannot be used: ${String(error)}`, 'See that it is a database.')
  return (HEALS_ITSELF.has(error.code) ? warn : fail)('', error.message, error.hint)
}

/** Whether a commit survives the plug being pulled. */
export async function checkDurability({ database }: Patient): Promise<readonly Finding[]> {
  if (database === null) return []
  return database.dialect === 'sqlite' ? sqliteDurability(database) : postgresDurability(database)
}

const JOURNAL_NEXT = 'Run sqlite3 on the file with: PRAGMA journal_mode = WAL; any writing tieout command does it too.'

function sqliteDurability({ raw }: SqliteHandle): readonly Finding[] {
  const mode = String(raw.pragma('journal_mode', { simple: true }))
  const level = Number(raw.pragma('synchronous', { simple: true }))
  if (mode !== 'wal')
    return [warn('', `the journal mode is ${mode}: readers and the writer wait for each other.`, JOURNAL_NEXT)]
  return level >= 2
    ? [ok('', 'write-ahead log, every commit is flushed')]
    : [
        fail(
          '',
          'commits are not flushed to the disk (synchronous is below FULL).',
          'Report this with the version of tieout.',
        ),
      ]
}

interface PostgresSettings {
  /** A bigint from the server. */
  readonly version: number | bigint
  readonly fsync: string
  readonly synchronous_commit: string
  readonly full_page_writes: string
}

async function postgresDurability({ kysely }: PostgresHandle): Promise<readonly Finding[]> {
  const { rows } = await sql<PostgresSettings>`select
    current_setting('server_version_num')::int / 10000 as version,
    current_setting('fsync') as fsync,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('full_page_writes') as full_page_writes`.execute(kysely)
  const [settings] = rows
  return settings === undefined ? [] : postgresFindings(settings)
}

/** Apart from the query, so that a test can show what each setting leads to without breaking a server. */
export function postgresFindings({ version, ...settings }: PostgresSettings): readonly Finding[] {
  const findings: Finding[] = []
  if (version < LEAST_POSTGRES) {
    findings.push(fail('', `the server is PostgreSQL ${version}.`, `Use PostgreSQL ${LEAST_POSTGRES} or newer.`))
  }
  for (const name of ['fsync', 'full_page_writes'] as const) {
    if (settings[name] !== 'off') continue
    findings.push(
      fail('', `${name} is off: a power cut can destroy the books.`, `Set ${name} = on and reload the server.`),
    )
  }
  if (settings.synchronous_commit === 'off') {
    const next = 'Set synchronous_commit = on for this database or user.'
    findings.push(fail('', 'synchronous_commit is off: a crash can lose the last commits.', next))
  }
  return findings.length > 0 ? findings : [ok('', `PostgreSQL ${version}, every commit is flushed`)]
}

/** A quick look at the pages of a SQLite file. PostgreSQL checks them as it reads, where checksums are on. */
export async function checkIntegrity({ database }: Patient): Promise<readonly Finding[]> {
  if (database === null) return []
  return database.dialect === 'sqlite' ? sqliteIntegrity(database) : postgresIntegrity(database)
}

function sqliteIntegrity({ raw }: SqliteHandle): readonly Finding[] {
  const found = lines(() => raw.prepare<[], string>(`pragma quick_check(${DAMAGE_LINES})`).pluck().all())
  if (found.length === 1 && found[0] === 'ok') return [ok('', 'the file is whole (quick check)')]
  const next =
    'Stop every sync and tieout serve, run tieout restore FILE, which keeps the damaged one, then tieout ledger verify.'
  return [fail('', `the file is damaged: ${found.join('; ')}.`, next)]
}

function lines(read: () => readonly string[]): readonly string[] {
  try {
    return read()
  } catch (error) {
    // A page that cannot be read at all is an error and not a line.
    return [error instanceof Error ? error.message : String(error)]
  }
}

async function postgresIntegrity({ kysely }: PostgresHandle): Promise<readonly Finding[]> {
  const { rows } = await sql<{
    readonly checksums: string
  }>`select current_setting('data_checksums') as checksums`.execute(kysely)
  return rows[0]?.checksums === 'on'
    ? [ok('', 'pages carry checksums')]
    : [
        warn(
          '',
          'pages carry no checksums: damage on the disk is not noticed when it is read.',
          'Run pg_checksums --enable while the server is stopped.',
        ),
      ]
}

/** The database for checks that read tieout's tables; null unless it has all of them. */
export async function readable(database: Database | null): Promise<Database | null> {
  if (database === null) return null
  try {
    await requireMigrated(database)
    return database
  } catch (error) {
    if (error instanceof TieoutError) return null
    throw error
  }
}
