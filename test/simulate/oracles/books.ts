/**
 * The books as an outsider reads them: with SQL of its own on the tables that docs/ledger.md and docs/exceptions.md
 * describe, sharing no code with what wrote them. Amounts are counts of 10⁻⁸.
 */
import type BetterSqlite3 from 'better-sqlite3'

export interface PostedLine {
  readonly source: string
  readonly object: string
  readonly kind: string
  readonly account: string
  readonly currency: string
  readonly amount: bigint
}

export interface OpenException {
  readonly number: bigint
  readonly source: string
  readonly code: string
  readonly object: string
  readonly amount: bigint | null
  readonly detail: string
}

export interface Books {
  /** Sums by source, object, kind and account. */
  readonly posted: () => readonly PostedLine[]
  /** The same of one source. */
  readonly postedOf: (source: string) => readonly PostedLine[]
  /** Sum of an account, by its key ("1100"), optionally with its sub-account as in "1100:panel-1". */
  readonly balanceOf: (account: string) => bigint
  readonly openExceptions: () => readonly OpenException[]
  /** Any SQL of one's own. */
  readonly rows: (sql: string, ...values: readonly unknown[]) => readonly Readonly<Record<string, unknown>>[]
}

const POSTED = `
  select source.name as source, txn.object, txn.kind, account.key as account, txn.currency, sum(posting.amount) as amount
  from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join source on source.book = txn.book and source.id = txn.source
  join book on book.id = txn.book
  where book.name = ?
  group by source.name, txn.object, txn.kind, account.key, txn.currency
  order by source.name, txn.object, txn.kind, account.key`

/** To prepare a statement costs more than to run it, and each oracle asks the same after every night. */
const PREPARED = new WeakMap<BetterSqlite3.Database, Map<string, BetterSqlite3.Statement>>()

function prepared(database: BetterSqlite3.Database, sql: string): BetterSqlite3.Statement {
  const known = PREPARED.get(database) ?? new Map<string, BetterSqlite3.Statement>()
  PREPARED.set(database, known)
  const statement = known.get(sql) ?? database.prepare(sql)
  known.set(sql, statement)
  return statement
}

/** `raw` gives the database as it is then, to read the tables of that statement from: a backup may have come into its place. */
export function readBooks(raw: (sql: string) => BetterSqlite3.Database, book: string): Books {
  const rows: Books['rows'] = (sql, ...values) =>
    prepared(raw(sql), sql).all(...values) as readonly Readonly<Record<string, unknown>>[]
  const posted = (): readonly PostedLine[] => rows(POSTED, book) as unknown as readonly PostedLine[]
  return {
    posted,
    postedOf: (source) => posted().filter((line) => line.source === source),
    balanceOf: (account) =>
      posted()
        .filter((line) => line.account === account)
        .reduce((sum, line) => sum + line.amount, 0n),
    openExceptions: () =>
      rows(
        `select number, source, code, object, amount, detail from exception
         where status = 'open' and book = (select id from book where name = ?) order by number`,
        book,
      ) as unknown as readonly OpenException[],
    rows,
  }
}
