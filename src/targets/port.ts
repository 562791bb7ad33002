/**
 * What delivery needs of an accounting system. An answer is a value, never an exception: what became of a request decides
 * what happens next, and only `created` says that an entry is there. Everything else is looked up before it is sent again.
 */
import type { IsoDate } from '../domain/transaction.ts'
import type { Company } from './company.ts'
import type { RemoteEntry, TargetEntry } from './entry.ts'

/** Why no entry came of it, or no answer. Messages are sentences for a person and hold no secret. */
export type Trouble =
  /** Not before `untilMs`; a day limit can be hours away, so nobody sleeps on it. */
  | {
      readonly kind: 'throttled'
      readonly scope: 'minute' | 'concurrent' | 'day'
      readonly untilMs: number
      readonly message: string
      /** False when nothing was sent, since an earlier answer said it would be refused. */
      readonly sent: boolean
    }
  /** Also after one renewal: somebody has to connect again. */
  | { readonly kind: 'unauthorised'; readonly message: string }
  /** The company cannot be written to now: offline, or its subscription has lapsed. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** No usable answer: it may have taken effect. `answered` is false when there was no HTTP answer at all. */
  | { readonly kind: 'unknown'; readonly answered: boolean; readonly message: string }
  | Refused

/** The target's considered no. `evidence` is its own answer. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: 'closed-period' | 'duplicate-document' | 'mapping' | 'invalid'
  /** The target's own code or the start of its message: "6210". */
  readonly code: string
  readonly message: string
  readonly evidence: string
}

export type Answer<T> = { readonly kind: 'ok'; readonly value: T } | Trouble
export type CreateOutcome = { readonly kind: 'created'; readonly remote: RemoteEntry } | Trouble

export interface CreateRequest {
  /** The exact bytes to send, as they were shown before approval. */
  readonly body: string
  /** QuickBooks' requestid, Xero's Idempotency-Key: at most 50 characters. */
  readonly key: string
  /** For messages. */
  readonly document: string
}

/** What a look-up may go by: QuickBooks filters by number, Xero only by the whole narration, both by date. */
export interface EntryKey extends Pick<TargetEntry, 'document' | 'memo' | 'date'> {
  /** It may have arrived, and somebody there may have given it another day since. */
  readonly wasSent?: boolean
}

export interface EntryQuery {
  /** Entries whose document starts so. */
  readonly documentPrefix: string
  /** Entry dates, both ends inside. */
  readonly from: IsoDate
  readonly to: IsoDate
  /** Only what was changed at or after this instant, where the target can tell. */
  readonly changedSinceMs?: number
}

export interface AccountingTarget {
  /** Company, accounts, tax rates and dimensions. */
  readonly pull: () => Promise<Answer<Company>>
  /** Only what decides about dates: cheap enough to ask before every delivery. */
  readonly closedThrough: () => Promise<Answer<IsoDate | null>>
  readonly create: (request: CreateRequest) => Promise<CreateOutcome>
  /** Every entry with one of these documents, duplicates and voided ones included. Few requests, however many documents. */
  readonly find: (wanted: readonly EntryKey[]) => Promise<Answer<readonly RemoteEntry[]>>
  readonly list: (query: EntryQuery) => Promise<Answer<readonly RemoteEntry[]>>
  readonly close: () => Promise<void>
}

/** The pure half of a target: the same entry always gives the same bytes. */
export type EntryBody = (entry: TargetEntry) => string
