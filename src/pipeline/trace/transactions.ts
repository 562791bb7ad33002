/** The transactions of a subject, the oldest first and at most so many, with how many there are and what they come to. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate, Posting } from '../../domain/transaction.ts'
import type { Book } from '../../ledger/books.ts'
import { sequenceKnownAt } from '../../ledger/sequences.ts'

export interface TracedTransaction {
  readonly sequence: number
  readonly source: string
  readonly object: string
  readonly kind: string
  readonly version: number
  readonly currency: string
  readonly amount: Units
  readonly cumulative: Units
  readonly effectiveDate: IsoDate
  readonly recordedAtMs: number
  readonly rule: string
  readonly memo: string
  readonly hash: string
  readonly evidence: Evidence
  readonly postings: readonly Posting[]
}

export interface Found {
  readonly transactions: readonly TracedTransaction[]
  /** All of them, shown or not. */
  readonly count: number
}

/** A range of the ledger, both ends inside, with what narrows it. */
export interface Range {
  readonly from: number
  readonly through: number
  readonly currency?: string
  readonly day?: IsoDate
  /** Only transactions that post to it. */
  readonly account?: string
}

export async function ofObject(
  db: Kysely<Tables>,
  book: Book,
  source: string,
  object: string,
  limit: number,
): Promise<Found> {
  const id = await db
    .selectFrom('source')
    .select('id')
    .where('book', '=', book.id)
    .where('name', '=', source)
    .executeTakeFirst()
  if (id === undefined) return { transactions: [], count: 0 }
  const rows = await db
    .selectFrom('txn')
    .select('seq')
    .where('book', '=', book.id)
    .where('source', '=', id.id)
    .where('object', '=', object)
    .orderBy('seq')
    .execute()
  return bySequences(
    db,
    book,
    rows.map(({ seq }) => seq),
    limit,
  )
}

export async function ofRange(db: Kysely<Tables>, book: Book, range: Range, limit: number): Promise<Found> {
  let query = db
    .selectFrom('txn')
    .select('txn.seq')
    .where('txn.book', '=', book.id)
    .where('txn.seq', '>=', BigInt(range.from))
    .where('txn.seq', '<=', BigInt(range.through))
  if (range.currency !== undefined) query = query.where('txn.currency', '=', range.currency)
  if (range.day !== undefined) query = query.where('txn.effective_date', '=', range.day)
  if (range.account !== undefined) {
    query = query.where(sql<boolean>`exists (
      select 1 from posting join account on account.book = posting.book and account.id = posting.account
      where posting.book = txn.book and posting.seq = txn.seq and account.key = ${range.account})`)
  }
  const rows = await query.orderBy('txn.seq').execute()
  return bySequences(
    db,
    book,
    rows.map(({ seq }) => seq),
    limit,
  )
}

/** What a landed item made the books say. Nothing before it was fetched can come from it, so the search starts there. */
export async function ofLanding(
  db: Kysely<Tables>,
  book: Book,
  { batch, item }: Evidence,
  fetchedAtMs: number,
  limit: number,
): Promise<Found> {
  const before = await sequenceKnownAt(db, book, fetchedAtMs - 1)
  const rows = await db
    .selectFrom('txn')
    .select('seq')
    .where('book', '=', book.id)
    .where('seq', '>', BigInt(before))
    .where('evidence_batch', '=', BigInt(batch))
    .where('evidence_item', '=', BigInt(item))
    .orderBy('seq')
    .execute()
  return bySequences(
    db,
    book,
    rows.map(({ seq }) => seq),
    limit,
  )
}

async function bySequences(
  db: Kysely<Tables>,
  book: Book,
  sequences: readonly bigint[],
  limit: number,
): Promise<Found> {
  const wanted = sequences.slice(0, limit)
  if (wanted.length === 0) return { transactions: [], count: sequences.length }
  const rows = await db
    .selectFrom('txn')
    .innerJoin('source', (join) => join.onRef('source.book', '=', 'txn.book').onRef('source.id', '=', 'txn.source'))
    .selectAll('txn')
    .select('source.name')
    .where('txn.book', '=', book.id)
    .where('txn.seq', 'in', wanted)
    .orderBy('txn.seq')
    .execute()
  const postings = await postingsOf(db, book, wanted)
  const transactions = rows.map((row): TracedTransaction => ({
    sequence: Number(row.seq),
    source: row.name,
    object: row.object,
    kind: row.kind,
    version: Number(row.version),
    currency: row.currency,
    amount: row.amount,
    cumulative: row.cumulative,
    effectiveDate: row.effective_date,
    recordedAtMs: Number(row.recorded_at_ms),
    rule: row.rule,
    memo: row.memo,
    hash: row.hash.toString('hex'),
    evidence: { batch: Number(row.evidence_batch), item: Number(row.evidence_item) },
    postings: postings.get(row.seq) ?? [],
  }))
  return { transactions, count: sequences.length }
}

async function postingsOf(
  db: Kysely<Tables>,
  book: Book,
  sequences: readonly bigint[],
): Promise<ReadonlyMap<bigint, readonly Posting[]>> {
  const rows = await db
    .selectFrom('posting')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
    )
    .select(['posting.seq', 'posting.amount', 'account.key'])
    .where('posting.book', '=', book.id)
    .where('posting.seq', 'in', sequences)
    .orderBy('posting.seq')
    .orderBy('posting.line')
    .execute()
  const found = new Map<bigint, Posting[]>()
  for (const { seq, amount, key } of rows) found.set(seq, [...(found.get(seq) ?? []), { account: key, amount }])
  return found
}
