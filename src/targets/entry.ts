/**
 * One journal entry as an accounting system holds it, in words that are neither QuickBooks' nor Xero's. What we send and
 * what we read back are the same kind of value, so that they can be compared line by line.
 */
import type { Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'

export interface EntryLine {
  /** What the target itself calls the account: a QuickBooks Account.Id, a Xero account code. */
  readonly account: string
  /** Debit positive, credit negative; whole minor units of the entry's currency, never zero. */
  readonly amount: Units
  readonly description: string
  /** QuickBooks: class and department with their ids. Xero: tracking category and option by name; at most two. */
  readonly dimensions: readonly EntryDimension[]
  /** Whom a QuickBooks receivable or payable is with; null elsewhere. */
  readonly entity: { readonly type: 'Customer' | 'Vendor'; readonly id: string } | null
}

export interface EntryDimension {
  readonly name: string
  readonly value: string
}

export interface TargetEntry {
  /** The natural key, at most 21 characters: DocNumber in QuickBooks, a token in Xero's narration. */
  readonly document: string
  readonly date: IsoDate
  readonly currency: string
  /** Units of the company's currency for one of this currency, as decimal text; null in the company's own currency. */
  readonly exchangeRate: string | null
  /** QuickBooks' PrivateNote, Xero's Narration, which starts with the document. */
  readonly memo: string
  /** They sum to zero. */
  readonly lines: readonly EntryLine[]
}

export type RemoteStatus = 'posted' | 'draft' | 'voided' | 'deleted'

/** An entry as the target holds it now. */
export interface RemoteEntry extends TargetEntry {
  readonly remoteId: string
  /** Changes with every edit: QuickBooks' SyncToken, Xero's UpdatedDateUTC. */
  readonly version: string
  readonly status: RemoteStatus
  /** The target's own JSON of this entry, as it came: evidence. */
  readonly raw: string
}
