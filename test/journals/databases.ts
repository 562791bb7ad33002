/**
 * One suite over every database: SQLite in memory always, and a PostgreSQL server too when TIEOUT_TEST_POSTGRES_URL names
 * one on which databases may be made. Each test gets a fresh, migrated database.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { describe, onTestFinished } from 'vitest'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'

const POSTGRES_URL = process.env['TIEOUT_TEST_POSTGRES_URL']

export function describeDatabases(name: string, suite: (fresh: () => Promise<Database>) => void): void {
  describe(`${name}, on SQLite`, () => {
    suite(() => migrated(':memory:'))
  })
  if (POSTGRES_URL === undefined) return
  describe(`${name}, on PostgreSQL`, () => {
    suite(async () => migrated(await newPostgresDatabase(POSTGRES_URL)))
  })
}

async function migrated(url: string): Promise<Database> {
  const database = await openDatabase(url)
  onTestFinished(() => database.close())
  await migrate(database, 0)
  return database
}

async function newPostgresDatabase(server: string): Promise<string> {
  const name = `tieout_${randomUUID().replaceAll('-', '')}`
  const client = new pg.Client(server)
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return Object.assign(new URL(server), { pathname: `/${name}` }).href
}
