/** Databases for tests: rules are tested on SQLite, and what differs by engine on both (both-engines.ts). */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, onTestFinished } from 'vitest'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { POSTGRES_URL_VARIABLE, createPostgresDatabase, dropPostgresDatabase } from './postgres-server.ts'
import { copySqliteTemplate } from './sqlite-template.ts'

export type Fresh = () => Promise<Database>

/** Each call of `fresh` gives a migrated database of its own, closed when the test ends. */
export function describeOnSqlite(name: string, suite: (fresh: Fresh) => void): void {
  describe(name, () => {
    suite(async () => opened(newSqliteUrl()))
  })
}

/** A file and not ':memory:', so that what is tested is what runs: WAL, locks and a second connection. */
export function newSqliteUrl(): string {
  const folder = newFolder()
  return `sqlite:${join(folder, 'books.db')}`
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Of the migrated template, empty, or a copy of another database to which nothing is connected; gone with the test. */
export async function newPostgresUrl(
  options: { readonly empty?: boolean; readonly copyOf?: string } = {},
): Promise<string> {
  const server = process.env[POSTGRES_URL_VARIABLE]
  if (server === undefined) throw new Error(`${POSTGRES_URL_VARIABLE} is not set: run the tests through vitest.`)
  const template = options.copyOf === undefined ? undefined : databaseName(options.copyOf)
  const url = await createPostgresDatabase(server, undefined, options.empty === true ? null : template)
  onTestFinished(() => dropPostgresDatabase(server, databaseName(url)))
  return url
}

function databaseName(url: string): string {
  return new URL(url).pathname.slice(1)
}

export async function opened(url: string): Promise<Database> {
  if (url.startsWith('sqlite:')) copySqliteTemplate(url)
  const database = await openDatabase(url)
  onTestFinished(() => database.close())
  await migrate(database, 0)
  return database
}
