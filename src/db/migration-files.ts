/**
 * The migrations this program carries: migrations/NNNN_name.sql, in order, from the package root, so that the same files
 * serve the sources and the published build. They are written for SQLite; PostgreSQL's are made from them, with what
 * NNNN_name.postgres.sql adds, and with the spool's of the same name, whose tables stand with the books there.
 */
import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InvariantError } from '../domain/errors.ts'
import type { DialectName } from './dialect.ts'
import { postgresScript } from './postgres-script.ts'

export interface MigrationFile {
  /** "0001_schema" */
  readonly name: string
  readonly script: string
  /** Of the script, in lower-case hex. */
  readonly sha256: string
}

export function packageRoot(): string {
  let directory = import.meta.dirname
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory)
    if (parent === directory) {
      throw new InvariantError(
        'PACKAGE_INCOMPLETE',
        `No package.json was found above ${import.meta.dirname}.`,
        'Install tieout again.',
      )
    }
    directory = parent
  }
  return directory
}

const own = new Map<DialectName, readonly MigrationFile[]>()

/** The program's own are read once in a process; `directory` names others. */
export function migrationFiles(dialect: DialectName, directory?: string): readonly MigrationFile[] {
  if (directory !== undefined) return readMigrations(dialect, directory)
  const files = own.get(dialect) ?? readMigrations(dialect, join(packageRoot(), 'migrations'))
  own.set(dialect, files)
  return files
}

function readMigrations(dialect: DialectName, directory: string): readonly MigrationFile[] {
  return readdirSync(directory)
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const script = dialect === 'sqlite' ? readScript(directory, file) : readForPostgres(directory, file)
      return { name: file.slice(0, -'.sql'.length), script, sha256: hash('sha256', script, 'hex') }
    })
}

function readForPostgres(directory: string, file: string): string {
  const shared = readScript(directory, file) + readScript(join(directory, 'spool'), file)
  return postgresScript(shared, readScript(directory, file.replace(/sql$/, 'postgres.sql')))
}

/** Empty where there is none. */
function readScript(directory: string, file: string): string {
  const path = join(directory, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
