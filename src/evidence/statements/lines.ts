/**
 * Statement lines out of the database, in the shape that matching and people read: every line once, whatever the number
 * of files that show it. Amounts are signed as the account sees them.
 */
import { sql, type Kysely } from 'kysely'
import type { StatementLineTable } from '../../db/statement-tables.ts'
import { amongFew } from '../../db/dialect.ts'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { LineType, Uncounted } from '../../domain/statements/statement.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'

export interface StoredLine {
  /** Unique in the book, from 1 in the order of import. */
  readonly id: number
  /** The id of the money account, or of the panel source, it is on. */
  readonly account: bigint
  readonly currency: string
  readonly date: IsoDate
  readonly atMs: number | null
  readonly amount: Units
  readonly gross: Units | null
  readonly fee: Units | null
  readonly tax: Units | null
  readonly balance: Units | null
  readonly type: LineType
  readonly rawType: string
  readonly uncounted: Uncounted | null
  readonly externalId: string | null
  readonly references: readonly string[]
  readonly group: string | null
  readonly counterparty: string
  readonly description: string
  /** How much of the amount active matches take; signed like it. */
  readonly matched: Units
  readonly disposition: 'open' | 'matched' | 'ignored'
  /** The file that showed it first. */
  readonly evidence: Evidence
  /** Where it stands in that file. */
  readonly position: number
}

export interface LineFilter {
  readonly accounts?: readonly bigint[]
  readonly currency?: string
  /** Booking days, both included. */
  readonly from?: IsoDate
  readonly to?: IsoDate
  /** Lines of money accounts that count and are neither matched in full nor ignored. */
  readonly open?: boolean
  /** Lines that moved money. */
  readonly counted?: boolean
}

const PAGE = 5000

/** By day and then by id. */
export async function readLines(
  db: Kysely<Tables>,
  book: bigint,
  filter: LineFilter = {},
): Promise<readonly StoredLine[]> {
  const { accounts, currency, from, to } = filter
  if (accounts?.length === 0) return []
  const found: StoredLine[] = []
  let after = { date: '', id: 0n }
  for (;;) {
    let query = db
      .selectFrom('statement_line')
      .selectAll()
      .where(filter.open === true ? amongFew(db, book) : sql<boolean>`book = ${book}`)
      .where(sql<boolean>`(date, id) > (${after.date}, ${after.id})`)
    if (accounts !== undefined) query = query.where('account', 'in', [...accounts])
    if (currency !== undefined) query = query.where('currency', '=', currency)
    if (from !== undefined) query = query.where('date', '>=', from)
    if (to !== undefined) query = query.where('date', '<=', to)
    // Written out, or SQLite could not tell that the index of open lines answers it.
    if (filter.open === true) {
      query = query.where('disposition', '=', sql.lit('open')).where('uncounted', 'is', null)
      query = query.where('account', 'in', (other) =>
        other.selectFrom('source').select('source.id').where('source.book', '=', book).where('kind', '=', 'money'),
      )
    }
    if (filter.counted === true) query = query.where('uncounted', 'is', null)
    const rows = await query.orderBy('date').orderBy('id').limit(PAGE).execute()
    for (const row of rows) found.push(toLine(row))
    const last = rows.at(-1)
    if (rows.length < PAGE || last === undefined) return found
    after = { date: last.date, id: last.id }
  }
}

/** What matching still has to explain, of all accounts or some. */
export async function openLines(
  db: Kysely<Tables>,
  book: bigint,
  accounts?: readonly bigint[],
): Promise<readonly StoredLine[]> {
  return readLines(db, book, { open: true, ...(accounts === undefined ? {} : { accounts }) })
}

/** Null when the book has no such line. */
export async function lineById(db: Kysely<Tables>, book: bigint, id: number): Promise<StoredLine | null> {
  const row = await db
    .selectFrom('statement_line')
    .selectAll()
    .where('book', '=', book)
    .where('id', '=', BigInt(id))
    .executeTakeFirst()
  return row === undefined ? null : toLine(row)
}

function toLine(row: StatementLineTable): StoredLine {
  return {
    id: Number(row.id),
    account: row.account,
    currency: row.currency,
    date: row.date,
    atMs: row.at_ms === null ? null : Number(row.at_ms),
    amount: row.amount,
    gross: row.gross,
    fee: row.fee,
    tax: row.tax,
    balance: row.balance,
    type: row.type,
    rawType: row.raw_type,
    uncounted: row.uncounted,
    externalId: row.external_id,
    // Written by save-statement.ts alone: a list of texts.
    references: JSON.parse(row.refs) as string[],
    group: row.group_id,
    counterparty: row.counterparty,
    description: row.description,
    matched: row.matched,
    disposition: row.disposition,
    evidence: { batch: Number(row.batch), item: Number(row.item) },
    position: Number(row.position),
  }
}
