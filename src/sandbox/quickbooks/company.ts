/**
 * A QuickBooks Online company in memory: its lists, its preferences and its journal entries, deleted ones included. Only
 * the API's handlers and a person's hand (the controls) change it.
 */
import type { Units } from '../../domain/money/money.ts'
import type { Reply } from '../http-reply.ts'
import type { LateCommit } from '../targets/late.ts'

export interface ListItem {
  readonly id: string
  readonly name: string
  readonly active: boolean
}

export interface QuickbooksAccount extends ListItem {
  /** "Parent:Sub". */
  readonly fullName: string
  /** "Bank", "Accounts Receivable", "Other Current Asset", … */
  readonly type: string
  readonly subType: string
  readonly number: string
  readonly parentId: string | null
  /** Null: home currency, and any other. */
  readonly currency: string | null
}

export interface QuickbooksName extends ListItem {
  /** A customer or vendor has one currency for ever. */
  readonly currency: string
}

export interface QuickbooksLine {
  readonly id: string
  readonly description: string | null
  readonly amount: Units
  readonly posting: 'Debit' | 'Credit'
  readonly accountId: string
  readonly entity: { readonly type: 'Customer' | 'Vendor' | 'Employee'; readonly id: string } | null
  readonly classId: string | null
  readonly departmentId: string | null
}

export interface QuickbooksDraft {
  readonly document: string | null
  readonly date: string
  readonly memo: string | null
  readonly currency: string
  /** As it came or "1". */
  readonly exchangeRate: string
  readonly adjustment: boolean
  readonly lines: readonly QuickbooksLine[]
}

export interface QuickbooksEntry extends QuickbooksDraft {
  readonly id: string
  readonly syncToken: number
  readonly isDeleted: boolean
  readonly createdMs: number
  readonly updatedMs: number
}

export interface QuickbooksPreferences {
  /** The last closed day. */
  bookCloseDate: string | null
  warnDuplicateJournalNumber: boolean
  trackClasses: boolean
  trackDepartments: boolean
  /** How an undocumented thing is answered: whether a `requestid` also replays a refusal. */
  replaysRefusals: boolean
  /** Whether the 401 comes in the lower-case envelope, as some paths have it. */
  lowerCase401: boolean
  /** Null: not counted. */
  perMinute: number | null
  perSecond: number | null
}

/** What was answered to a `requestid`, and what a late request will still do. */
export interface Remembered {
  readonly reply: Reply
  readonly commit: (() => void) | null
}

export interface QuickbooksCompany {
  readonly realmId: string
  readonly name: string
  readonly country: string
  readonly homeCurrency: string
  readonly multiCurrency: boolean
  readonly accounts: readonly QuickbooksAccount[]
  readonly customers: readonly QuickbooksName[]
  readonly vendors: readonly QuickbooksName[]
  readonly classes: readonly ListItem[]
  readonly departments: readonly ListItem[]
  readonly preferences: QuickbooksPreferences
  /** By id, in the order of creation. */
  readonly entries: Map<string, QuickbooksEntry>
  readonly requests: Map<string, Remembered>
  late: LateCommit[]
  lastId: number
}

export function nextId(company: QuickbooksCompany): string {
  company.lastId += 1
  return String(company.lastId)
}
