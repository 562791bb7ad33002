/** The schema is written once: what PostgreSQL is given says the same as what SQLite is given. */
import { sql, type Kysely } from 'kysely'
import { expect, it } from 'vitest'
import { postgresScript } from '../../src/db/postgres-script.ts'
import type { Tables } from '../../src/db/tables.ts'
import { newPostgresUrl, newSqliteUrl, opened } from '../support/databases.ts'

/** On SQLite the webhooks' tables are in a file of their own. */
const ONLY_POSTGRES = /^(webhook_spool|webhook_delivery)\./
const TYPES: Readonly<Record<string, string>> = { bigint: 'INTEGER', text: 'TEXT', bytea: 'BLOB' }

interface Column {
  readonly name: string
  readonly type: string
  readonly is_required: bigint
  readonly preset: string | null
}

async function sqliteColumns(db: Kysely<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<Column>`
    select t.name || '.' || c.name as name, c.type as type, c."notnull" or c.pk > 0 as is_required, c.dflt_value as preset
    from sqlite_schema t, pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite_%'`.execute(db)
  return rows.map(told)
}

async function postgresColumns(db: Kysely<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<Column>`
    select table_name || '.' || column_name as name, data_type as type,
      (is_nullable = 'NO')::int::bigint as is_required, split_part(column_default, '::', 1) as preset
    from information_schema.columns where table_schema = current_schema()`.execute(db)
  return rows
    .filter(({ name }) => !ONLY_POSTGRES.test(name))
    .map((row) => told({ ...row, type: TYPES[row.type] ?? '' }))
}

function told({ name, type, is_required, preset }: Column): string {
  return `${name} ${type}${is_required === 1n ? ' NOT NULL' : ''}${preset === null ? '' : ` DEFAULT ${preset}`}`
}

it('gives both engines the same tables, columns and indexes', async () => {
  const sqlite = (await opened(newSqliteUrl())).kysely
  const postgres = (await opened(await newPostgresUrl())).kysely
  expect((await postgresColumns(postgres)).toSorted()).toEqual((await sqliteColumns(sqlite)).toSorted())

  const made = await sql<{
    name: string
  }>`select name from sqlite_schema where type = 'index' and sql is not null`.execute(sqlite)
  const there = await sql<{ name: string }>`
    select indexname as name from pg_indexes where schemaname = current_schema()`.execute(postgres)
  expect(there.rows.map(({ name }) => name)).toEqual(expect.arrayContaining(made.rows.map(({ name }) => name)))
})

it('gives PostgreSQL every guard but those against REPLACE, and guards against TRUNCATE', async () => {
  const sqlite = (await opened(newSqliteUrl())).kysely
  const postgres = (await opened(await newPostgresUrl())).kysely
  const { rows: made } = await sql<{ name: string; kept: string }>`
    select name, case when sql like '% BEFORE DELETE ON %' then tbl_name || '_no_truncate' end as kept
    from sqlite_schema where type = 'trigger' and name not like '%_no_replace'`.execute(sqlite)
  const { rows: there } = await sql<{ name: string }>`
    select distinct tgname::text as name from pg_trigger join pg_class on pg_class.oid = tgrelid
    where not tgisinternal and relnamespace = current_schema()::regnamespace`.execute(postgres)
  const wanted = new Set(made.flatMap(({ name, kept }) => (kept === null ? [name] : [name, kept])))
  expect(there.map(({ name }) => name).toSorted()).toEqual([...wanted].toSorted())
})

it('takes what PostgreSQL has of its own in the place of a trigger of that name', () => {
  const trigger = "CREATE TRIGGER t_no_update BEFORE UPDATE ON t\nBEGIN SELECT RAISE(ABORT, 'no'); END;"
  expect(postgresScript(trigger, '')).toContain("RAISE EXCEPTION 'no' USING ERRCODE = 'restrict_violation'")
  const own = 'CREATE TRIGGER t_no_update BEFORE UPDATE ON t EXECUTE FUNCTION other();'
  expect(postgresScript(trigger, own).trim()).toBe(own)
})
