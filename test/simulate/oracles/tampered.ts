/**
 * Somebody with SQL gets around the guards and changes one thing in closed books. `ledger verify` has to see it, or its
 * silence about all other books says nothing.
 */
import type BetterSqlite3 from 'better-sqlite3'
import type { Random } from '../../../src/sandbox/world/random.ts'

interface Tampering {
  readonly name: string
  readonly table: string
  readonly sql: string
}

/** Of the book that began last. */
const lastOf = (table: string, ...key: readonly string[]): string => {
  const columns = ['book', ...key]
  const newestFirst = columns.map((column) => `${column} desc`).join()
  return `(${columns.join()}) in (select ${columns.join()} from ${table} order by ${newestFirst} limit 1)`
}

const TAMPERINGS: readonly [Tampering, ...Tampering[]] = [
  {
    name: 'moved an amount from one posting to another',
    table: 'posting',
    sql: `update posting set amount = amount + case when (book, seq, line) in (
        select book, seq, line from posting order by book desc, seq desc, line desc limit 1) then 1 else -1 end
      where (book, seq, line) in (select book, seq, line from posting order by book desc, seq desc, line desc limit 2)`,
  },
  {
    name: 'deleted a posting',
    table: 'posting',
    sql: `delete from posting where ${lastOf('posting', 'seq', 'line')}`,
  },
  {
    name: 'dated a transaction back',
    table: 'txn',
    sql: `update txn set effective_date = '2020-01-01' where ${lastOf('txn', 'seq')}`,
  },
  {
    name: 'put a transaction to another object',
    table: 'txn',
    sql: `update txn set object = object || '0' where ${lastOf('txn', 'seq')}`,
  },
  {
    name: 'changed a byte of what was landed',
    table: 'log_body',
    sql: `update log_body set body = cast(x'00' || substr(body, 2) as blob) where ${lastOf('log_body', 'batch', 'item')}`,
  },
  {
    name: 'changed what a record of the log was about',
    table: 'log_record',
    sql: `update log_record set request = request || ' ' where ${lastOf('log_record', 'batch', 'item')}`,
  },
  {
    name: 'raised a day of an account on both sides',
    table: 'balance',
    sql: `update balance set debit = debit + 1, credit = credit + 1 where ${lastOf('balance', 'account', 'currency', 'day')}`,
  },
  {
    name: 'moved a cent in a sealed journal',
    table: 'journal_line',
    sql: `update journal_line set rounded = rounded + case when ${lastOf('journal_line', 'journal', 'account')} then 1000000
        else case when (book, journal) in (select book, journal from journal_line order by 1 desc, 2 desc, account desc limit 1)
          and account = (select min(account) from journal_line as other
            where other.book = journal_line.book and other.journal = journal_line.journal) then -1000000 else 0 end end`,
  },
]

/** Does one of them; gives its name, or null where there is nothing it could be done to. */
export function tamper(raw: BetterSqlite3.Database, random: Random): string | null {
  const { name, table, sql } = random.pick(TAMPERINGS)
  const guards = raw
    .prepare(`select name, sql from sqlite_master where type = 'trigger' and tbl_name = ?`)
    .all(table) as readonly { readonly name: string; readonly sql: string }[]
  raw.pragma('foreign_keys = OFF')
  for (const guard of guards) raw.exec(`drop trigger ${guard.name}`)
  const { changes } = raw.prepare(sql).run()
  for (const guard of guards) raw.exec(guard.sql)
  raw.pragma('foreign_keys = ON')
  return changes === 0 ? null : name
}
