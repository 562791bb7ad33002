/**
 * The shape of one ledger transaction before it is posted. Pure data: the posting rules make these, the ledger
 * numbers, chains and stores them. One transaction has one currency, so "balances per currency" is "sums to zero";
 * a conversion is two transactions of one object through a clearing account.
 */
import type { Units } from './money/money.ts'

/** "1310:netpanel" (code and wallet) or "3900" (code alone). The code is what mappings look up. */
export type AccountKey = string

/** YYYY-MM-DD */
export type IsoDate = string

export interface Posting {
  readonly account: AccountKey
  /** Debit positive, credit negative, never zero. */
  readonly amount: Units
}

/** Which landed bytes made us post this. Both are positions in the raw landing: see src/db/evidence-tables.ts. */
export interface Evidence {
  readonly batch: number
  readonly item: number
}

export interface TransactionDraft {
  readonly source: string
  /** The thing the vendor spoke of: "order:23501", "counter:earnings", "top-up:INV-7". */
  readonly object: string
  /** What happened to it: a posting rule's name, "charge", "refund", "earn". */
  readonly kind: string
  /** 1, 2, 3 … per (source, object, kind). */
  readonly version: number
  readonly currency: string
  /** The change this version makes to the object's cumulative amount of this kind. Never zero; Σ debits equals its magnitude. */
  readonly amount: Units
  /** The cumulative amount after it: what the evidence says in total. Never negative. */
  readonly cumulative: Units
  /** When it counts, in the book's accounting zone. */
  readonly effectiveDate: IsoDate
  /** The named rule that decided the amount and the date, for the auditor. */
  readonly rule: string
  readonly memo: string
  readonly evidence: Evidence
  /** At least two, summing to zero. */
  readonly postings: readonly Posting[]
}

/** A transaction as the ledger holds it. */
export interface PostedTransaction extends TransactionDraft {
  readonly book: string
  /** 1, 2, 3 … per book, without gaps. */
  readonly sequence: number
  /** When we knew, UTC milliseconds. Never falls along the sequence. */
  readonly recordedAtMs: number
  /** Lower-case hex SHA-256 over the previous hash and every field of this transaction. */
  readonly hash: string
}
