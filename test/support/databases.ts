/** One suite over both engines. Each call of `fresh` gives a migrated database of its own, closed when the test ends. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, onTestFinished } from 'vitest'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { POSTGRES_URL_VARIABLE, createPostgresDatabase } from './postgres-server.ts'

export type Fresh = () => Promise<Database>

export function describeDatabases(name: string, suite: (fresh: Fresh) => void): void {
  describe(`${name}, on SQLite`, () => {
    suite(async () => opened(newSqliteUrl()))
  })
  describe(`${name}, on PostgreSQL`, () => {
    suite(async () => opened(await newPostgresUrl()))
  })
}

/** For suites that open and migrate the database themselves, or in another process. */
export function describeEmptyUrls(name: string, suite: (freshUrl: () => Promise<string>) => void): void {
  describe(`${name}, on SQLite`, () => {
    suite(async () => newSqliteUrl())
  })
  describe(`${name}, on PostgreSQL`, () => {
    suite(async () => newPostgresUrl({ empty: true }))
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

export async function newPostgresUrl(options: { readonly empty?: boolean } = {}): Promise<string> {
  const server = process.env[POSTGRES_URL_VARIABLE]
  if (server === undefined) throw new Error(`${POSTGRES_URL_VARIABLE} is not set: run the tests through vitest.`)
  return createPostgresDatabase(server, undefined, options.empty === true ? null : undefined)
}

export async function opened(url: string): Promise<Database> {
  const database = await openDatabase(url)
  onTestFinished(() => database.close())
  await migrate(database, 0)
  return database
}
