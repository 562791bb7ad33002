/** All tables of two databases, row by row, whichever engines they are on. */
import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Database } from '../../src/db/database.ts'

/** Both have the same tables and the same rows in them, but for the tables of `except`. How many of these hold anything. */
export async function expectSameTables(one: Database, other: Database, except: ReadonlySet<string>): Promise<number> {
  const tables = (await tablesOf(one)).filter((table) => !except.has(table))
  expect((await tablesOf(other)).filter((table) => !except.has(table))).toEqual(tables)
  let filled = 0
  for (const table of tables) {
    const rows = await rowsOf(one, table)
    expect(await rowsOf(other, table), `the rows of ${table}`).toEqual(rows)
    if (rows.length > 0) filled += 1
  }
  return filled
}

async function tablesOf({ kysely, dialect }: Database): Promise<readonly string[]> {
  const query =
    dialect === 'sqlite'
      ? sql<{ readonly name: string }>`
          select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`
      : sql<{ readonly name: string }>`
          select table_name as name from information_schema.tables
          where table_schema = current_schema() and table_type = 'BASE TABLE'`
  return (await query.execute(kysely)).rows.map(({ name }) => name).toSorted()
}

async function rowsOf({ kysely }: Database, table: string): Promise<readonly string[]> {
  const { rows } = await sql<Readonly<Record<string, unknown>>>`select * from ${sql.table(table)}`.execute(kysely)
  return rows.map(inText).toSorted()
}

/** Columns by name, for the order they were added in is the engine's own. */
function inText(row: Readonly<Record<string, unknown>>): string {
  const columns = Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return columns.map(([name, value]) => `${name}=${valueInText(value)}`).join(' ')
}

/** A small number may be a bigint on one engine alone, and bytes come in the class of the driver. */
function valueInText(value: unknown): string {
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}
