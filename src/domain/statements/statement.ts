/**
 * What any bank, PayPal or Razorpay statement says, in one shape: which account and currency, what it opened and
 * closed with, and every line as it moved that balance. Readers make these; nothing here knows a file format.
 */
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'
import type { ReadByProfile } from './bank-profile.ts'

export const STATEMENT_FORMATS = [
  'paypal-csv',
  'paypal-json',
  'razorpay-csv',
  'bank-csv',
  'ofx',
  'camt',
  'mt940',
] as const
export type StatementFormat = (typeof STATEMENT_FORMATS)[number]

/** A bank account's balances are what is held, a card's and a credit line's what is owed. */
export const ACCOUNT_KINDS = ['bank', 'card'] as const
export type AccountKind = (typeof ACCOUNT_KINDS)[number]

/** What a line is, as far as its own file tells. `other` is for descriptor rules and people. */
export type LineType =
  | 'payment'
  | 'fee'
  | 'tax'
  | 'refund'
  | 'transfer'
  | 'conversion'
  | 'settlement'
  | 'top-up'
  | 'bonus'
  | 'charge'
  | 'hold'
  | 'adjustment'
  | 'other'

/** Why a line moved no money; `null` in `StatementLine.uncounted` when it did. No file says `undone`: its file was taken back. */
export type Uncounted = 'pending' | 'memo' | 'denied' | 'hold' | 'information' | 'undone'

export interface StatementLine {
  /** Where it stands: the line of a text file, else the position of the entry in the file; from 1. */
  readonly line: number
  /** The statement's own id of it (PayPal transaction, FITID, entity id); null when it gives none. Not always unique. */
  readonly externalId: string | null
  /** The booking day, in the account's zone. */
  readonly date: IsoDate
  /** UTC milliseconds, when the file tells the time and its zone is known. */
  readonly atMs: number | null
  /** What it does to the balance of the account: in positive, out negative. After fees the line itself bears. */
  readonly amount: Units
  /** Before its own fee and tax; null when the file has no such column. `gross - fee - tax = amount`. */
  readonly gross: Units | null
  /** Positive for money taken. Includes no tax. */
  readonly fee: Units | null
  /** Tax on the fee, or withheld; positive for money taken. */
  readonly tax: Units | null
  /** The balance after it; null when the file prints none. Where the file prints the one before, its amount is added. */
  readonly balance: Units | null
  readonly type: LineType
  /** The file's own word: "Payment Refund", "T1107", "NTRF". */
  readonly rawType: string
  readonly uncounted: Uncounted | null
  /** Other ids by which something else may be found: a reference transaction, UTR, invoice, order, end-to-end id. */
  readonly references: readonly string[]
  /** Lines settled together: a settlement id or a payout batch; null otherwise. */
  readonly group: string | null
  readonly counterparty: string
  readonly description: string
}

export type Footing =
  /** Opening and lines come to the closing figure, and every printed balance follows from the one before. */
  | { readonly kind: 'foots' }
  /** The first thing that does not add up, in a sentence that names the line. */
  | { readonly kind: 'differs'; readonly difference: Units; readonly line: number | null; readonly reason: string }
  /** The file states no balance to prove it by. */
  | { readonly kind: 'unproven' }

/** One account in one currency, as one file tells it. A file may hold several. */
export interface StatementSection {
  /** The account's number or IBAN in the file; null when the file does not name it. */
  readonly accountNumber: string | null
  readonly currency: string
  /** Where the file says of which kind the account is. */
  readonly kind?: AccountKind
  readonly opening: { readonly amount: Units; readonly date: IsoDate | null } | null
  readonly closing: { readonly amount: Units; readonly date: IsoDate | null } | null
  /** In the order of the file. */
  readonly lines: readonly StatementLine[]
  readonly footing: Footing
}

/** How a file's columns were understood, for a person to check. Formats without columns have none. */
export interface HeaderBinding {
  readonly column: string
  /** What it is read as, or null when it is not read. */
  readonly role: string | null
}

export interface ParsedStatement {
  readonly format: StatementFormat
  readonly sections: readonly StatementSection[]
  readonly bindings: readonly HeaderBinding[]
  /** What a person should know though nothing is wrong, in full sentences. */
  readonly remarks: readonly string[]
  /** Of a bank's CSV. */
  readonly byProfile?: ReadByProfile
}
