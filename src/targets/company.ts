/** What a target says about itself: the company, its chart of accounts, tax rates and dimensions, as pulled. */
import type { IsoDate } from '../domain/transaction.ts'

export interface Company {
  /** QuickBooks' realm id, Xero's tenant id. */
  readonly id: string
  readonly name: string
  /** Home currency. */
  readonly currency: string
  readonly multiCurrency: boolean
  /** The last day nobody may post to any more; null when the books are open, or the target does not say. */
  readonly closedThrough: IsoDate | null
  readonly accounts: readonly CompanyAccount[]
  readonly taxRates: readonly { readonly type: string; readonly name: string; readonly isActive: boolean }[]
  /** QuickBooks: "class" and "department". Xero: tracking categories by name. */
  readonly dimensions: readonly CompanyDimension[]
  /** Customers and vendors, for lines on receivables and payables; empty in Xero. */
  readonly entities: readonly CompanyEntity[]
  /** The answers it was read from, as they came: evidence. */
  readonly raw: readonly string[]
}

export interface CompanyAccount {
  /** What an entry's line names: QuickBooks' Account.Id, Xero's code. */
  readonly id: string
  /** "Parent:Sub" in QuickBooks; the name in Xero. */
  readonly name: string
  /** The account number or code; '' when it has none. */
  readonly code: string
  /** The target's own type: "Bank", "Accounts Receivable", "CURRENT". */
  readonly type: string
  /** Null when the account takes every currency. */
  readonly currency: string | null
  readonly isActive: boolean
  /** Why no journal entry may name it, as a sentence; null when it may. */
  readonly refusal: string | null
  /** Which entity a line must name. */
  readonly needs: 'Customer' | 'Vendor' | null
}

export interface CompanyDimension {
  readonly name: string
  /** QuickBooks: id and name of each class. Xero: the option's name twice. */
  readonly values: readonly { readonly id: string; readonly name: string; readonly isActive: boolean }[]
}

export interface CompanyEntity {
  readonly type: 'Customer' | 'Vendor'
  readonly id: string
  readonly name: string
  readonly isActive: boolean
}
