/**
 * The tables of a PostgreSQL as tables of SQLite, row by row, so that whoever reads the books for an oracle has one SQL
 * to write. Without constraints and types: it shows what is there. Copied are the tables a statement names, if anything
 * was committed since they were.
 */
import BetterSqlite3 from 'better-sqlite3'
import type { Answer, PostgresInstance } from './postgres-instance.ts'

export interface Mirror {
  /** Something was committed. */
  readonly changed: () => void
  /** Somebody's transaction is open: its tables stay as they were copied, each when it was last read. */
  readonly isBusy: () => boolean
  /** Up to date for that statement. */
  readonly reading: (sql: string) => BetterSqlite3.Database
  readonly close: () => void
}

/** Of pg_type. */
const BOOL = 16
const BYTEA = 17
const WHOLE: ReadonlySet<number> = new Set([20, 21, 23])

/** While `isBusy` says so, a transaction is open whose rows nobody may see yet. */
export function createMirror({ ask, tables }: PostgresInstance, isBusy: () => boolean): Mirror {
  const raw = new BetterSqlite3(':memory:')
  raw.defaultSafeIntegers(true)
  const known = new Set(tables)
  const copied = new Map<string, number>()
  let version = 0

  const copy = (table: string): void => {
    const answer = ask(`select * from ${table}`)
    if (!copied.has(table))
      raw.exec(`create table "${table}" (${answer.columns.map(({ name }) => `"${name}"`).join()})`)
    raw.exec(`delete from "${table}"`)
    const insert = raw.prepare(`insert into "${table}" values (${answer.columns.map(() => '?').join()})`)
    for (const row of answer.rows) insert.run(...row.map((text, index) => valueOf(text, answer.columns[index])))
    copied.set(table, version)
  }

  for (const table of tables) copy(table)
  return {
    isBusy,
    changed: () => void (version += 1),
    reading: (sql) => {
      if (isBusy()) return raw
      for (const [name] of sql.matchAll(/[a-z_]+/g)) if (known.has(name) && copied.get(name) !== version) copy(name)
      return raw
    },
    close: () => void raw.close(),
  }
}

function valueOf(text: string | null, column: Answer['columns'][number] | undefined): bigint | string | Buffer | null {
  if (text === null || column === undefined) return text
  if (WHOLE.has(column.type)) return BigInt(text)
  if (column.type === BOOL) return text === 't' ? 1n : 0n
  if (column.type === BYTEA) return Buffer.from(text.slice(2), 'hex')
  return text
}
