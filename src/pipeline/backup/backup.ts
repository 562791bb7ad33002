/** A backup: one file that holds the books as they were at one moment, examined before it gets its name. */
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { requireTables } from '../../db/migrate.ts'
import { openSqlite, type SqliteHandle } from '../../db/sqlite.ts'
import { copyWhole, damageIn, giveName, nameTaken } from '../../db/whole-file.ts'
import { ConfigError, InputError, InvariantError } from '../../domain/errors.ts'
import { machine } from '../../machine/machine.ts'
import { holds, standingsIn, type Standing } from './standing.ts'

export interface Backup {
  readonly file: string
  readonly bytes: number
  readonly books: readonly Standing[]
}

/** `backups/NAME-TIME.db` beside the database, in a folder that is made: it can be another disk, or be taken to one. */
export function newBackupFile(database: string): string {
  const folder = join(dirname(database), 'backups')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return join(folder, `${basename(database, extname(database))}-${fileTime(machine().nowMs())}.db`)
}

/** "20261125T035805Z". */
export function fileTime(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

/** A file that exists is never written over. A backup that is cut off leaves a file that ends in `.part` at most. */
export async function makeBackup(database: SqliteHandle, name: () => string): Promise<Backup> {
  await requireTables(database)
  const file = name()
  if (existsSync(file)) throw nameTaken(file)
  requireFolder(file)
  const part = partBeside(file)
  try {
    const books = await copyExamined(database, part)
    giveName(part, file)
    return { file, bytes: statSync(file).size, books }
  } finally {
    rmSync(part, { force: true })
  }
}

/** A name beside `path` that nobody has: only there a file can become the other one at once. */
export function partBeside(path: string): string {
  return `${path}.${machine().uuid().slice(0, 8)}.part`
}

/** Copies a database and proves the copy: its pages, and that the original has the heads that it has. Returns them. */
export async function copyExamined(database: SqliteHandle, into: string): Promise<readonly Standing[]> {
  await copyWhole(database, into)
  const copy = openSqlite(into, { readOnly: true })
  try {
    const [damage] = damageIn(copy)
    if (damage !== undefined) throw badCopy(database.raw.name, `the copy is damaged: ${damage}`)
    const books = await standingsIn(copy.kysely)
    for (const standing of books)
      if (!(await holds(database.kysely, standing.book, standing)))
        throw badCopy(database.raw.name, `book ${standing.book.name} has another chain head in the copy`)
    return books
  } finally {
    await copy.close()
  }
}

function badCopy(path: string, why: string): InvariantError {
  return new InvariantError(
    'COPY_DIFFERS',
    `The copy of ${path} was thrown away: ${why}.`,
    'Run tieout doctor, which looks whether the original is damaged, and look at the disk.',
  )
}

/** A folder that is not there is rather a slip, or a disk that is not mounted. */
function requireFolder(file: string): void {
  const folder = dirname(resolve(file))
  if (existsSync(folder)) return
  throw new InputError('FOLDER_MISSING', `The folder ${folder} does not exist.`, 'Make it, or name another file.')
}

/** Throws ConfigError for PostgreSQL, with the command of its own tools; it never shows the password. */
export function postgresHasTools(url: string, what: 'backup' | 'restore'): ConfigError {
  const address = withoutPassword(url)
  const next =
    what === 'backup'
      ? `pg_dump --format=custom --file=tieout.dump '${address}'`
      : `pg_restore --clean --if-exists --single-transaction --dbname='${address}' tieout.dump, while nothing else uses it`
  return new ConfigError(
    'POSTGRES_HAS_TOOLS',
    `tieout ${what} is for SQLite; PostgreSQL has tools of its own.`,
    `Run: ${next}. It asks for the password, or takes it from PGPASSWORD.`,
  )
}

function withoutPassword(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null) return 'postgresql://USER@HOST/DATABASE'
  parsed.password = ''
  const secret = [...parsed.searchParams.keys()].filter((name) => /pass/i.test(name))
  for (const name of secret) parsed.searchParams.delete(name)
  return parsed.href
}
