/**
 * The contract of the engines: what SQLite and PostgreSQL do each in its own way, so what is tested on both. The schema, its
 * migrations and guards, the log, the ledger's writes, the lease, the moves of a delivery, and one whole night. A rule of
 * the books is tested on SQLite alone (`describeOnSqlite`); that PostgreSQL derives the same is shown by the replay that
 * compares all tables, in test/pipeline/replay-tables.test.ts.
 */
import { describe } from 'vitest'
import { newPostgresUrl, newSqliteUrl, opened, type Fresh } from './databases.ts'

export function describeOnBothEngines(name: string, suite: (fresh: Fresh) => void): void {
  describe(`${name}, on SQLite`, () => {
    suite(async () => opened(newSqliteUrl()))
  })
  describe(`${name}, on PostgreSQL`, () => {
    suite(async () => opened(await newPostgresUrl()))
  })
}

/** For suites that open and migrate the database themselves, or in another process. */
export function describeEmptyOnBothEngines(name: string, suite: (freshUrl: () => Promise<string>) => void): void {
  describe(`${name}, on SQLite`, () => {
    suite(async () => newSqliteUrl())
  })
  describe(`${name}, on PostgreSQL`, () => {
    suite(async () => newPostgresUrl({ empty: true }))
  })
}
