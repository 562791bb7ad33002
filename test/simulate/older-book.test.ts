/** Books made older for a simulation have the tables that the older version made, and today's after its upgrade. */
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migrate } from '../../src/db/migrate.ts'
import { openSqlite, type SqliteHandle } from '../../src/db/sqlite.ts'
import { makeOlder, NEWEST_MIGRATIONS } from './people/older-book.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

const OWN = join(import.meta.dirname, '../../migrations')

/** The scripts of the version that lacked the newest `steps` of today's. */
function olderScripts(steps: number): string {
  const folder = temporaryFolder()
  const names = readdirSync(OWN)
    .filter((name) => name.endsWith('.sqlite.sql'))
    .toSorted()
  for (const name of names.slice(0, names.length - steps)) cpSync(join(OWN, name), join(folder, name))
  return folder
}

/** What the tables, indexes and triggers are, however their text is laid out. */
function schemaOf({ raw }: SqliteHandle): readonly unknown[] {
  const facts = (table: string): unknown[] =>
    ['table_xinfo', 'table_list', 'foreign_key_list'].map((kind) => raw.pragma(`${kind}(${table})`))
  const objects = raw
    .prepare<[], { type: string; name: string; sql: string | null }>(
      'select type, name, sql from sqlite_schema order by type, name',
    )
    .all()
  return objects.map(({ type, name, sql }) => ({
    type,
    name,
    facts: type === 'table' ? facts(name) : [],
    sql: type === 'table' ? null : (sql ?? '').replaceAll(/[\s"]+/g, ' '),
  }))
}

/** To the letter, as `ledger verify` compares them. */
function definitionsOf({ raw }: SqliteHandle): readonly unknown[] {
  return raw.prepare('select type, name, sql from sqlite_schema order by type, name').all()
}

describe('a book made older', () => {
  const steps = NEWEST_MIGRATIONS.map((_, at) => at + 1)

  it.each(steps)('has the tables of the version %i migrations before', async (taken) => {
    const now = openSqlite(':memory:', { readOnly: false })
    await migrate(now, 0)
    const today = schemaOf(now)
    const whole = definitionsOf(now)
    const older = openSqlite(':memory:', { readOnly: false })
    await migrate(older, 0, olderScripts(taken))
    expect(makeOlder(now.raw, taken)).toHaveLength(taken)
    expect(schemaOf(now)).toEqual(schemaOf(older))
    expect(await migrate(now, 0)).toHaveLength(taken)
    expect(schemaOf(now)).toEqual(today)
    expect(definitionsOf(now)).toEqual(whole)
    await now.close()
    await older.close()
  })
})
