/**
 * The only writer of transactions and postings. It numbers, chains, inserts, adds to the daily balances and moves the
 * head, all inside the caller's transaction; moving the head is where the database checks the whole batch.
 */
import { hash } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { createCanonicalWriter } from '../domain/canonical.ts'
import { InvariantError } from '../domain/errors.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import { accountIds, ensureAccounts, sourceIds, type Book } from './books.ts'
import { addBalances } from './daily-balances.ts'
import { checkDrafts, sortDrafts } from './drafts.ts'
import { insertPostings, insertTransactions, type PostingRow, type TxnRow } from './insert-rows.ts'
import { splitKnown } from './identity.ts'

export interface PostResult {
  readonly posted: number
  /** Drafts that were already in the ledger with the same content. */
  readonly existing: number
  readonly headSequence: number
  readonly headHash: string
}

const writer = createCanonicalWriter()

/**
 * Posts a batch of any size as one. `recordedAtMs` is when we knew; it never falls, so an earlier clock is raised to the
 * head's. Throws InvariantError when a draft breaks a rule, or is known with other content; nothing is written then,
 * because the caller's transaction fails with it.
 */
export async function postTransactions(
  trx: Transaction<Tables>,
  book: Book,
  drafts: readonly TransactionDraft[],
  recordedAtMs: number,
): Promise<PostResult> {
  checkDrafts(drafts)
  const sorted = sortDrafts(drafts)
  // Almost always nothing of a batch is known yet, so that is tried first and looked up only when the database says no.
  await sql`savepoint ledger_post`.execute(trx)
  try {
    const result = await writeBatch(trx, book, sorted, recordedAtMs)
    await sql`release savepoint ledger_post`.execute(trx)
    return { ...result, existing: 0 }
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await sql`rollback to savepoint ledger_post`.execute(trx)
  }
  const { fresh, existing } = await splitKnown(trx, book, await sourceIds(trx, book), sorted)
  return { ...(await writeBatch(trx, book, fresh, recordedAtMs)), existing }
}

/** SQLSTATE 23505 on PostgreSQL; SQLite has one code for primary keys and one for unique ones. */
function isUniqueViolation(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
}

async function writeBatch(
  trx: Transaction<Tables>,
  book: Book,
  drafts: readonly TransactionDraft[],
  recordedAtMs: number,
): Promise<Omit<PostResult, 'existing'>> {
  const head = await trx.selectFrom('head').selectAll().where('book', '=', book.id).executeTakeFirstOrThrow()
  if (drafts.length === 0) return { posted: 0, headSequence: Number(head.seq), headHash: head.hash.toString('hex') }
  const sources = await sourceIds(trx, book)
  const accounts = await ensureAccounts(trx, book, await accountIds(trx, book), accountKeys(drafts))
  const at = Math.max(recordedAtMs, Number(head.recorded_at_ms))
  const rows = chain(book, drafts, sources, accounts, Number(head.seq), head.hash, at)
  await insertTransactions(trx, rows.txns)
  await insertPostings(trx, rows.postings)
  await addBalances(trx, book, drafts, accounts)
  const seq = head.seq + BigInt(drafts.length)
  await trx
    .updateTable('head')
    .set({ seq, recorded_at_ms: BigInt(at), hash: rows.hash })
    .where('book', '=', book.id)
    .execute()
  return { posted: drafts.length, headSequence: Number(seq), headHash: rows.hash.toString('hex') }
}

function accountKeys(drafts: readonly TransactionDraft[]): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const draft of drafts) for (const posting of draft.postings) keys.add(posting.account)
  // Sorted, so that a replay gives new accounts the same numbers.
  return new Set([...keys].sort())
}

function chain(
  book: Book,
  drafts: readonly TransactionDraft[],
  sources: ReadonlyMap<string, bigint>,
  accounts: ReadonlyMap<string, bigint>,
  headSequence: number,
  headHash: Buffer,
  recordedAtMs: number,
): { readonly txns: readonly TxnRow[]; readonly postings: readonly PostingRow[]; readonly hash: Buffer } {
  const txns: TxnRow[] = []
  const postings: PostingRow[] = []
  let sequence = headSequence
  let previous = headHash
  for (const draft of drafts) {
    sequence += 1
    const bytes = writer.encode(previous, { ...draft, book: book.name, sequence, recordedAtMs })
    previous = hash('sha256', bytes, 'buffer')
    txns.push({
      book: book.id,
      seq: sequence,
      source: idOf(sources, draft.source, 'source'),
      draft,
      recordedAtMs,
      hash: previous,
    })
    for (const [index, posting] of draft.postings.entries()) {
      const account = idOf(accounts, posting.account, 'account')
      postings.push({ book: book.id, seq: sequence, line: index + 1, account, amount: posting.amount })
    }
  }
  return { txns, postings, hash: previous }
}

function idOf(ids: ReadonlyMap<string, bigint>, name: string, what: string): bigint {
  const id = ids.get(name)
  if (id !== undefined) return id
  throw new InvariantError(
    'LEDGER_NAME_UNKNOWN',
    `The ledger has no ${what} "${name}".`,
    'The settings of the book must name every source before it posts.',
  )
}
