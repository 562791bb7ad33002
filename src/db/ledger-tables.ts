/**
 * Row types of the ledger: books, their dictionaries, the append-only transactions and postings, the head
 * that closes batches, and the daily balances. Every integer is a bigint at run time on both engines.
 */
type Int = bigint

export interface BookTable {
  readonly id: Int
  readonly name: string
  readonly currency: string
  readonly time_zone: string
}

/** The id of a book that lasts. */
export interface BookIdentityTable {
  readonly book: Int
  readonly lasting_id: string
}

export interface SourceTable {
  readonly book: Int
  readonly id: Int
  readonly name: string
  readonly kind: string
}

export interface AccountTable {
  readonly book: Int
  readonly id: Int
  readonly key: string
}

export interface TxnTable {
  readonly book: Int
  readonly seq: Int
  readonly source: Int
  readonly object: string
  readonly kind: string
  readonly version: Int
  readonly currency: string
  readonly amount: Int
  readonly cumulative: Int
  readonly effective_date: string
  readonly recorded_at_ms: Int
  readonly rule: string
  readonly memo: string
  readonly evidence_batch: Int
  readonly evidence_item: Int
  readonly hash: Buffer
}

export interface PostingTable {
  readonly book: Int
  readonly seq: Int
  readonly line: Int
  readonly account: Int
  readonly amount: Int
}

export interface HeadTable {
  readonly book: Int
  readonly seq: Int
  readonly recorded_at_ms: Int
  readonly hash: Buffer
}

export interface BalanceTable {
  readonly book: Int
  readonly account: Int
  readonly currency: string
  readonly day: string
  /** Both are sums of magnitudes: never negative. */
  readonly debit: Int
  readonly credit: Int
}

export interface MigrationTable {
  readonly name: string
  readonly sha256: string
  readonly applied_at_ms: Int
}

export interface LedgerTables {
  book: BookTable
  book_identity: BookIdentityTable
  source: SourceTable
  account: AccountTable
  txn: TxnTable
  posting: PostingTable
  head: HeadTable
  balance: BalanceTable
  migration: MigrationTable
}
