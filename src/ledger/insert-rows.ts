/**
 * Inserting transactions and postings fast through Kysely: statements of a fixed shape are compiled once and run again
 * with new parameters; many rows a statement on SQLite, arrays on PostgreSQL.
 */
import { sql, type CompiledQuery, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { TransactionDraft } from '../domain/transaction.ts'

export interface TxnRow {
  readonly book: bigint
  readonly seq: number
  readonly source: bigint
  readonly draft: TransactionDraft
  readonly recordedAtMs: number
  readonly hash: Buffer
}

export interface PostingRow {
  readonly book: bigint
  readonly seq: number
  readonly line: number
  readonly account: bigint
  readonly amount: bigint
}

const TXN_COLUMNS = [
  ['book', 'bigint'],
  ['seq', 'bigint'],
  ['source', 'bigint'],
  ['object', 'text'],
  ['kind', 'text'],
  ['version', 'bigint'],
  ['currency', 'text'],
  ['amount', 'bigint'],
  ['cumulative', 'bigint'],
  ['effective_date', 'text'],
  ['recorded_at_ms', 'bigint'],
  ['rule', 'text'],
  ['memo', 'text'],
  ['evidence_batch', 'bigint'],
  ['evidence_item', 'bigint'],
  ['hash', 'bytea'],
] as const
const POSTING_COLUMNS = [
  ['book', 'bigint'],
  ['seq', 'bigint'],
  ['line', 'bigint'],
  ['account', 'bigint'],
  ['amount', 'bigint'],
] as const

type Columns = readonly (readonly [string, string])[]
type Table = 'txn' | 'posting'

const ROWS_PER_STATEMENT = { txn: 50, posting: 100 } as const

export async function insertTransactions(trx: Transaction<Tables>, rows: readonly TxnRow[]): Promise<void> {
  await insertRows(trx, 'txn', TXN_COLUMNS, rows, txnCells)
}

export async function insertPostings(trx: Transaction<Tables>, rows: readonly PostingRow[]): Promise<void> {
  await insertRows(trx, 'posting', POSTING_COLUMNS, rows, postingCells)
}

function txnCells(row: TxnRow, push: (value: unknown) => void): void {
  const { draft } = row
  push(row.book)
  push(row.seq)
  push(row.source)
  push(draft.object)
  push(draft.kind)
  push(draft.version)
  push(draft.currency)
  push(draft.amount)
  push(draft.cumulative)
  push(draft.effectiveDate)
  push(row.recordedAtMs)
  push(draft.rule)
  push(draft.memo)
  push(draft.evidence.batch)
  push(draft.evidence.item)
  push(row.hash)
}

function postingCells(row: PostingRow, push: (value: unknown) => void): void {
  push(row.book)
  push(row.seq)
  push(row.line)
  push(row.account)
  push(row.amount)
}

async function insertRows<T>(
  trx: Transaction<Tables>,
  table: Table,
  columns: Columns,
  rows: readonly T[],
  cells: (row: T, push: (value: unknown) => void) => void,
): Promise<void> {
  if (trx.getExecutor().adapter.supportsTransactionalDdl) return insertArrays(trx, table, columns, rows, cells)
  const many = ROWS_PER_STATEMENT[table]
  for (let at = 0; at < rows.length; at += many) {
    const count = Math.min(many, rows.length - at)
    const parameters: unknown[] = []
    const push = (value: unknown): void => {
      parameters.push(value)
    }
    for (let index = at; index < at + count; index += 1) {
      const row = rows[index]
      if (row !== undefined) cells(row, push)
    }
    await trx.executeQuery({ ...valuesStatement(trx, table, columns, count), parameters })
  }
}

/** PostgreSQL: one array per column, whatever the number of rows. */
async function insertArrays<T>(
  trx: Transaction<Tables>,
  table: Table,
  columns: Columns,
  rows: readonly T[],
  cells: (row: T, push: (value: unknown) => void) => void,
): Promise<void> {
  if (rows.length === 0) return
  const arrays: unknown[][] = columns.map(() => [])
  for (const row of rows) {
    let column = 0
    cells(row, (value) => {
      arrays[column]?.push(value)
      column += 1
    })
  }
  await trx.executeQuery({ ...arraysStatement(trx, table, columns), parameters: arrays })
}

const compiled = new Map<string, CompiledQuery>()

function once(key: string, compile: () => CompiledQuery): CompiledQuery {
  let statement = compiled.get(key)
  if (statement === undefined) compiled.set(key, (statement = compile()))
  return statement
}

function valuesStatement(trx: Transaction<Tables>, table: Table, columns: Columns, count: number): CompiledQuery {
  return once(`values/${table}/${count}`, () => {
    const row = sql`(${sql.join(columns.map(() => sql`${null}`))})`
    const names = sql.join(columns.map(([name]) => sql.ref(name)))
    return sql`insert into ${sql.table(table)} (${names}) values ${sql.join(Array.from({ length: count }, () => row))}`.compile(
      trx,
    )
  })
}

function arraysStatement(trx: Transaction<Tables>, table: Table, columns: Columns): CompiledQuery {
  return once(`arrays/${table}`, () => {
    const names = sql.join(columns.map(([name]) => sql.ref(name)))
    const arrays = sql.join(columns.map(([, type]) => sql`${null}::${sql.raw(type)}[]`))
    return sql`insert into ${sql.table(table)} (${names}) select * from unnest(${arrays})`.compile(trx)
  })
}
