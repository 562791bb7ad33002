/**
 * The migrations this program carries: migrations/NNNN_name.<dialect>.sql, in order, from the package root, so that the
 * same files serve the sources and the published build.
 */
import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InvariantError } from '../domain/errors.ts'
import type { DialectName } from './dialect.ts'

export interface MigrationFile {
  /** "0001_ledger" */
  readonly name: string
  readonly script: string
  /** Lower-case hex of the script's bytes. */
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
  const ending = `.${dialect}.sql`
  return readdirSync(directory)
    .filter((file) => /^\d{4}_/.test(file) && file.endsWith(ending))
    .sort()
    .map((file) => {
      const script = readFileSync(join(directory, file), 'utf8')
      return { name: file.slice(0, -ending.length), script, sha256: hash('sha256', script, 'hex') }
    })
}
