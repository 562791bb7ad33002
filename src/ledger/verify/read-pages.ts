/** Reads a book's transactions with their postings in sequence, a page at a time, so that memory stays bounded. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { PostedTransaction, Posting } from '../../domain/transaction.ts'
import { accountIds, sourceIds, type Book } from '../books.ts'

export interface StoredTransaction extends PostedTransaction {
  readonly hashBytes: Buffer
}

const PAGE = 2_000

/** Everything stored from `from` to `to`, both inside; rows beyond the head too when `to` lies there. */
export async function* readTransactions(
  db: Kysely<Tables>,
  book: Book,
  { from = 1, to = Number.MAX_SAFE_INTEGER }: { readonly from?: number; readonly to?: number } = {},
): AsyncGenerator<readonly StoredTransaction[]> {
  const sources = inverted(await sourceIds(db, book))
  const accounts = inverted(await accountIds(db, book))
  let after = BigInt(from - 1)
  for (;;) {
    const rows = await db
      .selectFrom('txn')
      .selectAll()
      .where('book', '=', book.id)
      .where('seq', '>', after)
      .where('seq', '<=', BigInt(to))
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    const last = rows[rows.length - 1]?.seq
    if (last === undefined) return
    const postings = await postingsOf(db, book, accounts, { after, last })
    yield rows.map((row) => ({
      book: book.name,
      sequence: Number(row.seq),
      source: sources.get(row.source) ?? `#${row.source}`,
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
      evidence: { batch: Number(row.evidence_batch), item: Number(row.evidence_item) },
      postings: postings.get(row.seq) ?? [],
      hash: row.hash.toString('hex'),
      hashBytes: row.hash,
    }))
    after = last
  }
}

async function postingsOf(
  db: Kysely<Tables>,
  book: Book,
  accounts: ReadonlyMap<bigint, string>,
  { after, last }: { readonly after: bigint; readonly last: bigint },
): Promise<ReadonlyMap<bigint, readonly Posting[]>> {
  const rows = await db
    .selectFrom('posting')
    .select(['seq', 'account', 'amount'])
    .where('book', '=', book.id)
    .where('seq', '>', after)
    .where('seq', '<=', last)
    .orderBy('seq')
    .orderBy('line')
    .execute()
  const bySequence = new Map<bigint, Posting[]>()
  for (const { seq, account, amount } of rows) {
    const posting = { account: accounts.get(account) ?? `#${account}`, amount }
    const held = bySequence.get(seq)
    if (held === undefined) bySequence.set(seq, [posting])
    else held.push(posting)
  }
  return bySequence
}

function inverted(ids: ReadonlyMap<string, bigint>): ReadonlyMap<bigint, string> {
  return new Map([...ids].map(([name, id]) => [id, name]))
}
