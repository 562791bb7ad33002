/** Statements of a fixed shape are built and compiled by Kysely once and run again and again with new parameters. */
import type { CompiledQuery, Kysely, RawBuilder } from 'kysely'
import { dialectOf } from './dialect.ts'
import type { Tables } from './tables.ts'

/** Shapes are few: a table, and on SQLite a number of rows up to a limit. */
const statements = new Map<string, CompiledQuery>()

/** `shape` must say everything the statement depends on beside the engine. */
export async function executeShape(
  db: Kysely<Tables>,
  shape: string,
  build: () => RawBuilder<unknown>,
  parameters: readonly unknown[],
): Promise<void> {
  const key = `${dialectOf(db)} ${shape}`
  let statement = statements.get(key)
  if (statement === undefined) {
    statement = build().compile(db)
    statements.set(key, statement)
  }
  await db.executeQuery({ ...statement, parameters })
}
