/**
 * The only writer of transactions and postings. It numbers, chains, inserts, adds to the daily balances and moves the
 * head, all inside the caller's transaction; moving the head is where the database checks the whole batch.
 */
import { sql, type Transaction } from 'kysely'
import { dialectOf } from '../db/dialect.ts'
import type { Tables } from '../db/tables.ts'
import { InvariantError } from '../domain/errors.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import { ensureAccounts, lockHead, sourceIds, type Book, type Head } from './books.ts'
import { HASH_BYTES, chainHashes, type ChainedBatch } from './chain.ts'
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
  // Sorted, so that a replay gives new accounts the same numbers.
  const accounts = [...checkDrafts(drafts)].sort()
  const sorted = sortDrafts(drafts)
  const head = await lockHead(trx, book)
  await requireClosed(trx, book, head)
  // Almost always nothing of a batch is known yet, so that is tried first and looked up only when the database says no.
  const attempt = await startAttempt(trx, book, head)
  try {
    const result = await writeBatch(trx, { book, head, accounts, recordedAtMs }, sorted)
    await attempt.keep()
    return { ...result, existing: 0 }
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await attempt.withdraw()
  }
  const { fresh, existing } = await splitKnown(trx, book, await sourceIds(trx, book), sorted)
  return { ...(await writeBatch(trx, { book, head, accounts, recordedAtMs }, fresh)), existing }
}

interface Attempt {
  readonly keep: () => Promise<unknown>
  readonly withdraw: () => Promise<unknown>
}

/**
 * After an error PostgreSQL needs a savepoint to go on. SQLite goes on by itself, and a savepoint there copies every
 * page the batch touches; rows beyond the head can simply be deleted.
 */
async function startAttempt(trx: Transaction<Tables>, book: Book, head: Head): Promise<Attempt> {
  if (dialectOf(trx) === 'postgres') {
    await sql`savepoint ledger_post`.execute(trx)
    return {
      keep: async () => sql`release savepoint ledger_post`.execute(trx),
      withdraw: async () => sql`rollback to savepoint ledger_post`.execute(trx),
    }
  }
  const withdraw = async (): Promise<void> => {
    for (const table of ['posting', 'txn'] as const) {
      await trx.deleteFrom(table).where('book', '=', book.id).where('seq', '>', BigInt(head.sequence)).execute()
    }
  }
  return { keep: async () => undefined, withdraw }
}

/** SQLSTATE 23505 on PostgreSQL; SQLite has one code for primary keys and one for unique ones. */
function isUniqueViolation(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
}

/** Rows beyond the head that this program did not just write would be taken for its own. */
async function requireClosed(trx: Transaction<Tables>, book: Book, head: Head): Promise<void> {
  const { sequence } = head
  for (const table of ['txn', 'posting'] as const) {
    const beyond = trx.selectFrom(table).select('seq').where('book', '=', book.id).where('seq', '>', BigInt(sequence))
    if ((await beyond.limit(1).executeTakeFirst()) === undefined) continue
    throw new InvariantError(
      'LEDGER_NOT_CLOSED',
      `Book "${book.name}" holds rows beyond its last closed sequence ${sequence} that tieout did not write.`,
      'Run tieout ledger verify to see them; rows that were never closed can be deleted.',
    )
  }
}

interface Target {
  readonly book: Book
  readonly head: Head
  /** Keys of the accounts that the batch posts to. */
  readonly accounts: readonly string[]
  readonly recordedAtMs: number
}

async function writeBatch(
  trx: Transaction<Tables>,
  { book, head, accounts, recordedAtMs }: Target,
  drafts: readonly TransactionDraft[],
): Promise<Omit<PostResult, 'existing'>> {
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
    accounts: await ensureAccounts(trx, book, accounts),
  }
  await (dialectOf(trx) === 'sqlite' ? insertSqlite(trx, batch) : insertPostgres(trx, batch))
  await addBalances(trx, batch)
  const sequence = head.sequence + drafts.length
  const hash = hashes.subarray(-HASH_BYTES)
  await trx
    .updateTable('head')
    .set({ seq: BigInt(sequence), recorded_at_ms: BigInt(at), hash })
    .where('book', '=', book.id)
    .execute()
  return { posted: drafts.length, headSequence: sequence, headHash: hash.toString('hex') }
}
