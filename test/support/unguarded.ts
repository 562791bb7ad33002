/** A database without the guards of a table, as somebody with all rights would make it before an attack. */
import { sql, type Kysely } from 'kysely'
import { dialectOf } from '../../src/db/dialect.ts'
import type { Tables } from '../../src/db/tables.ts'

export async function dropTriggers(db: Kysely<Tables>, table: string): Promise<void> {
  if (dialectOf(db) === 'postgres') {
    await sql`alter table ${sql.table(table)} disable trigger user`.execute(db)
    return
  }
  const { rows } = await sql<{ readonly name: string }>`
    select name from sqlite_schema where type = 'trigger' and tbl_name = ${table}`.execute(db)
  for (const { name } of rows) await sql`drop trigger ${sql.id(name)}`.execute(db)
}
