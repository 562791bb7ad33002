/** Books and drafts for tests of the ledger: order charges and refunds of one panel, as the pipeline would post them. */
import type { Database } from '../../src/db/database.ts'
import type { TransactionDraft } from '../../src/domain/transaction.ts'
import { ensureBook, ensureSources, type Book } from '../../src/ledger/books.ts'
import { postTransactions, type PostResult } from '../../src/ledger/post.ts'

export async function newBook(database: Database, name = 'acme'): Promise<Book> {
  const book = await ensureBook(database.kysely, { name, currency: 'USD', timeZone: 'UTC' })
  await ensureSources(database.kysely, book, [
    { name: 'netpanel', kind: 'panel' },
    { name: 'grosspanel', kind: 'panel' },
  ])
  return book
}

export async function post(
  database: Database,
  book: Book,
  drafts: readonly TransactionDraft[],
  recordedAtMs = 1_000,
): Promise<PostResult> {
  return database.kysely.transaction().execute((trx) => postTransactions(trx, book, drafts, recordedAtMs))
}

export function charge(object: string, amount: bigint, changes: Partial<TransactionDraft> = {}): TransactionDraft {
  return draft(object, 'charge', '5100', amount, changes)
}

/** `amount` is what comes back: positive. */
export function refund(object: string, amount: bigint, changes: Partial<TransactionDraft> = {}): TransactionDraft {
  return draft(object, 'refund', '5190', amount, changes)
}

function draft(
  object: string,
  kind: 'charge' | 'refund',
  account: string,
  amount: bigint,
  changes: Partial<TransactionDraft>,
): TransactionDraft {
  const spent = kind === 'charge' ? amount : -amount
  return {
    source: 'netpanel',
    object,
    kind,
    version: 1,
    currency: 'USD',
    amount,
    cumulative: amount,
    effectiveDate: '2026-03-01',
    rule: `panel-${kind}`,
    memo: `${kind} of ${object}`,
    evidence: { batch: 1, item: 1 },
    postings: [
      { account, amount: spent },
      { account: '1310:netpanel', amount: -spent },
    ],
    ...changes,
  }
}

/** Three transactions: order 1 charged 4.50 and refunded 0.90, order 2 charged 2.00. */
export const THREE: readonly TransactionDraft[] = [
  charge('order:1', 450_000_000n),
  charge('order:2', 200_000_000n),
  refund('order:1', 90_000_000n),
]
