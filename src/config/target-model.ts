/** The accounting systems a book is delivered to, as a valid `tieout.yaml` names them. Secrets stay references. */
import type { Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'
import type { SecretReference } from './model.ts'

export const TARGET_TYPES = ['quickbooks', 'xero'] as const
export type TargetType = (typeof TARGET_TYPES)[number]

interface TargetCommon {
  /** Unique in its book. */
  readonly name: string
  readonly clientId: SecretReference
  readonly clientSecret: SecretReference
  /** Where the browser comes back to after consent; registered with the vendor letter by letter. */
  readonly redirectUri: string
  /** The first accounting day that is delivered; earlier journals are left to whoever kept the books before. */
  readonly from: IsoDate
  /** Whether opening balances are delivered too: a company that kept books before has its own. */
  readonly deliverOpenings: boolean
  /** A journal with more lines is split into parts that balance. */
  readonly linesPerEntry: number
  readonly requestsPerMinute: number
  /** Absolute path of a mapping of its own; without one, its type's file in the mapping folder. */
  readonly mapping?: string
}

/** Base addresses without a slash at the end, so that an emulator can stand behind any of them. */
export interface QuickbooksTargetConfig extends TargetCommon {
  readonly type: 'quickbooks'
  readonly urls: {
    /** The consent page. */
    readonly authorize: string
    readonly token: string
    readonly revoke: string
    /** `/v3/company/…` follows. */
    readonly api: string
  }
}

export interface XeroTargetConfig extends TargetCommon {
  readonly type: 'xero'
  /** A web app with consent, or a custom connection of one organisation without. */
  readonly grant: 'authorization-code' | 'client-credentials'
  /** Whether a delivered journal is posted, or a draft that somebody posts in Xero. */
  readonly postAs: 'posted' | 'draft'
  readonly urls: {
    readonly authorize: string
    readonly token: string
    readonly revoke: string
    /** Lists the organisations of a token. */
    readonly connections: string
    /** `/ManualJournals` follows. */
    readonly api: string
  }
}

export type TargetConfig = QuickbooksTargetConfig | XeroTargetConfig

/** Who may approve, how much at once, and what happens when the target's books are closed. */
export interface JournalPolicy {
  readonly approval: 'review' | 'auto'
  /** Automatic approval stops at these; null: no limit. */
  readonly limits: { readonly perEntry: Units | null; readonly perDay: Units | null }
  /** Whoever approves must not be who prepared. */
  readonly differentApprover: boolean
  /** Hold a journal of a closed period, or date it on the first open day with its own day in the memo. */
  readonly closedPeriod: 'hold' | 'first-open-day'
}
