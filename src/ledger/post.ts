/**
 * The only writer of transactions and postings. It numbers, chains, inserts, adds to the daily balances and moves the
 * head, all inside the caller's transaction; moving the head is where the database checks the whole batch.
 */
import { sql, type Transaction } from 'kysely'
import { dialectOf } from '../db/dialect.ts'
import type { Tables } from '../db/tables.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import { ensureAccounts, lockHead, sourceIds, type Book } from './books.ts'
import { chainHashes, type ChainedBatch } from './chain.ts'
import { addBalances } from './daily-balances.ts'
import { checkDrafts, sortDrafts } from './drafts.ts'
import { splitKnown } from './identity.ts'
import { insertPostgres } from './insert-postgres.ts'
import { insertSqlite } from './insert-sqlite.ts'

export interface PostResult {
  readonly posted: number
  /** Drafts that were already in the ledger with the same content. */
  readonly existing: number
  readonly headSequence: number
  /** Lower-case hex. */
  readonly headHash: string
}

/**
 * Posts a batch of any size as one. `recordedAtMs` is when we knew; it never falls, so an earlier clock is raised to the
 * head's. Throws InvariantError when a draft breaks a rule, or is known with other content; the caller's transaction
 * must then fail with it, which undoes the whole batch.
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
  const head = await lockHead(trx, book)
  if (drafts.length === 0) {
    return { posted: 0, headSequence: head.sequence, headHash: head.hash.toString('hex') }
  }
  const at = Math.max(recordedAtMs, head.recordedAtMs)
  const hashes = chainHashes(book, drafts, head, at)
  const batch: ChainedBatch = {
    book,
    firstSequence: head.sequence + 1,
    recordedAtMs: at,
    drafts,
    hashes,
    sources: await sourceIds(trx, book),
    accounts: await ensureAccounts(trx, book, accountKeys(drafts)),
  }
  await (dialectOf(trx) === 'sqlite' ? insertSqlite(trx, batch) : insertPostgres(trx, batch))
  await addBalances(trx, batch)
  const sequence = head.sequence + drafts.length
  const hash = hashes[hashes.length - 1] ?? head.hash
  await trx
    .updateTable('head')
    .set({ seq: BigInt(sequence), recorded_at_ms: BigInt(at), hash })
    .where('book', '=', book.id)
    .execute()
  return { posted: drafts.length, headSequence: sequence, headHash: hash.toString('hex') }
}

/** Sorted, so that a replay gives new accounts the same numbers. */
function accountKeys(drafts: readonly TransactionDraft[]): readonly string[] {
  const keys = new Set<string>()
  for (const draft of drafts) for (const posting of draft.postings) keys.add(posting.account)
  return [...keys].sort()
}
