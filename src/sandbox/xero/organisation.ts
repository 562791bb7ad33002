/**
 * A Xero organisation in memory: accounts, tax rates, tracking, lock dates and manual journals, voided ones included.
 * Only the API's handlers and a person's hand (the controls) change it.
 */
import type { Units } from '../../domain/money/money.ts'
import type { LateCommit } from '../targets/late.ts'

export interface XeroAccount {
  readonly id: string
  /** Null for a bank account without a code. */
  readonly code: string | null
  readonly name: string
  /** BANK, CURRENT, CURRLIAB, EQUITY, REVENUE, OTHERINCOME, EXPENSE, INVENTORY, … */
  readonly type: string
  /** DEBTORS, CREDITORS, RETAINEDEARNINGS, …: accounts Xero keeps itself. */
  readonly systemAccount: string | null
  readonly isActive: boolean
  /** Its default tax type. */
  readonly taxType: string
}

export interface XeroTaxRate {
  readonly name: string
  readonly type: string
  readonly isActive: boolean
}

export interface XeroTracking {
  readonly id: string
  readonly name: string
  readonly isActive: boolean
  readonly options: readonly { readonly id: string; readonly name: string; readonly isActive: boolean }[]
}

export interface XeroLine {
  readonly amount: Units
  readonly accountId: string
  readonly description: string | null
  readonly taxType: string
  readonly tracking: readonly { readonly categoryId: string; readonly optionId: string }[]
}

export type XeroStatus = 'DRAFT' | 'POSTED' | 'DELETED' | 'VOIDED'

export interface XeroDraft {
  readonly narration: string
  /** YYYY-MM-DD */
  readonly date: string
  readonly status: XeroStatus
  readonly lineAmountTypes: 'Exclusive' | 'Inclusive' | 'NoTax'
  readonly showOnCashBasis: boolean
  readonly url: string | null
  readonly lines: readonly XeroLine[]
}

export interface XeroJournal extends XeroDraft {
  readonly id: string
  readonly updatedMs: number
}

export interface XeroSettings {
  periodLockDate: string | null
  endOfYearLockDate: string | null
  /** 503 with one line of text to everything. */
  isOffline: boolean
  /** Null: not counted. */
  perMinute: number | null
  perDay: number
  concurrent: number
}

export interface XeroOrganisation {
  readonly tenantId: string
  readonly name: string
  readonly baseCurrency: string
  readonly accounts: readonly XeroAccount[]
  readonly taxRates: readonly XeroTaxRate[]
  readonly tracking: readonly XeroTracking[]
  readonly settings: XeroSettings
  /** By id, in the order of creation. */
  readonly journals: Map<string, XeroJournal>
  late: LateCommit[]
  minted: number
}

/** When a journal was changed: later than before, also on a clock that stands still, since the date is its version. */
export function changedMs({ updatedMs }: XeroJournal, nowMs: number): number {
  return Math.max(nowMs, updatedMs + 1)
}
