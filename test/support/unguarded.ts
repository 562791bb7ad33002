/** A database without the guards of a table, as somebody with all rights would make it before an attack. */
import { sql, type Kysely } from 'kysely'
import { dialectOf } from '../../src/db/dialect.ts'
import type { Tables } from '../../src/db/tables.ts'

/** Drops them for a while, as somebody who leaves no traces would. */
export async function withoutTriggers(db: Kysely<Tables>, table: string, work: () => Promise<void>): Promise<void> {
  if (dialectOf(db) === 'postgres') {
    await dropTriggers(db, table)
    await work()
    await sql`alter table ${sql.table(table)} enable trigger user`.execute(db)
    return
  }
  const { rows } = await sql<{ readonly sql: string }>`
    select sql from sqlite_schema where type = 'trigger' and tbl_name = ${table}`.execute(db)
  await dropTriggers(db, table)
  await work()
  for (const trigger of rows) await sql.raw(trigger.sql).execute(db)
}

export async function dropTriggers(db: Kysely<Tables>, table: string): Promise<void> {
  if (dialectOf(db) === 'postgres') {
    await sql`alter table ${sql.table(table)} disable trigger user`.execute(db)
    return
  }
  const { rows } = await sql<{ readonly name: string }>`
    select name from sqlite_schema where type = 'trigger' and tbl_name = ${table}`.execute(db)
  for (const { name } of rows) await sql`drop trigger ${sql.id(name)}`.execute(db)
}
