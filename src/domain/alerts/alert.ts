/**
 * Alerts: what a person should hear about without looking. A rule finds at most one alert per object (a source, an
 * exception code, the book itself), so that the same trouble is one alert however often it is looked at.
 */
import type { ConnectionFacts } from './connection-health.ts'
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

export const ALERT_RULES = [
  'runFailed',
  'runLate',
  'sourceFailed',
  'sourceStale',
  'walletBelow',
  'runway',
  'clicksFell',
  'spendSpike',
  'exceptionsOpen',
  'unconverged',
  'proofDiffers',
  'connectionLost',
] as const
export type AlertRule = (typeof ALERT_RULES)[number]

export type AlertSeverity = 'warning' | 'critical'

/** What a message about an alert says: it is new, got worse, is still there, or is over. */
export type AlertEvent = 'opened' | 'raised' | 'repeated' | 'resolved'

export interface Alert {
  readonly rule: AlertRule
  /** '' for the book itself. */
  readonly object: string
  readonly severity: AlertSeverity
  /** One line: what is wrong, with what. */
  readonly title: string
  /** Sentences: the figures, and what to do next. */
  readonly detail: string
}

/** Thresholds of every rule; null switches a rule off. */
export interface AlertRules {
  readonly runFailed: object | null
  readonly runLate: { readonly graceMinutes: number } | null
  readonly sourceFailed: object | null
  readonly sourceStale: { readonly hours: number } | null
  /** Thresholds by "source" or "book/source"; a source that is not there has none. */
  readonly walletBelow: Readonly<Record<string, Units>> | null
  readonly runway: { readonly days: number } | null
  readonly clicksFell: { readonly percent: number } | null
  readonly spendSpike: { readonly factor: number } | null
  readonly exceptionsOpen: { readonly olderThanDays: number; readonly amountAbove: Units } | null
  readonly unconverged: { readonly hours: number } | null
  readonly proofDiffers: { readonly criticalAbove: Units } | null
  readonly connectionLost: { readonly days: number } | null
}

/** What the rules look at: one book, read from the database. */
export interface BookFacts {
  readonly book: string
  readonly nowMs: number
  readonly runs: RunFacts
  readonly sources: readonly SourceFacts[]
  readonly exceptions: readonly ExceptionFacts[]
  readonly backlog: readonly BacklogFacts[]
  /** Of the targets that have ever been connected. */
  readonly connections: readonly ConnectionFacts[]
}

export interface BrokenRun {
  /** Null where the process ended before it had a run. */
  readonly id: number | null
  /** The accounting day it closes; null without a run. */
  readonly night: IsoDate | null
  /** Of a sync of one source alone; null for a night. */
  readonly source: string | null
  readonly startedAtMs: number
  readonly reason: string | null
}

export interface RunFacts {
  /**
   * The newest night when it did not come to its end and nobody is working on it, else a later sync of one source of which
   * the same is true, else the newest night of the schedule when its process failed or crashed.
   */
  readonly broken: BrokenRun | null
  /** Null before the first sync. */
  readonly firstStartedMs: number | null
  /** Since when a daemon keeps the schedule; null when none ever has. */
  readonly scheduledSinceMs: number | null
  readonly lastFinishedMs: number | null
  /** When the newest night was due whose grace is over; null when nobody asks. */
  readonly dueMs: number | null
}

export interface SourceFacts {
  readonly name: string
  readonly kind: 'panel' | 'publisher' | 'advertiser'
  readonly currency: string
  /** The newest reading that was accepted; null when there is none. */
  readonly lastReadingMs: number | null
  /** Where that reading was landed. */
  readonly figureBatch: number | null
  /** Where the newest reading was landed, one that is held for review included. */
  readonly answerBatch: number | null
  /** The newest attempt to read it, when that brought no figure. */
  readonly failure: SourceFailure | null
  /** What the wallet holds, as the vendor says or else as the books say; null for receivables and when not known. */
  readonly wallet: Units | null
  /** Vendor less books; null when the vendor has not said it. */
  readonly difference: Units | null
  /** What left the wallet on each day, without gaps from the first day of the books to today, newest last. */
  readonly spending: readonly DayAmount[]
  /** Clicks per day between readings, newest last; empty for a source without clicks. */
  readonly clickRates: readonly number[]
}

/** Why an attempt to read a source brought no figure. */
export const FAILURE_REASONS = ['refused key', 'unreachable', 'no readable answer', 'quarantined'] as const
export type FailureReason = (typeof FAILURE_REASONS)[number]

export interface SourceFailure {
  readonly reason: FailureReason
  readonly atMs: number
  /** A sentence: what the vendor answered and what to do. */
  readonly detail: string
}

export interface DayAmount {
  readonly day: string
  readonly amount: Units
}

/** Open exceptions of one source, code and currency. */
export interface ExceptionFacts {
  readonly source: string
  readonly code: string
  readonly currency: string | null
  readonly count: number
  readonly oldestMs: number
  /** The largest magnitude; null when none is known. */
  readonly largest: Units | null
}

/** Evidence that has arrived and is not in the books yet. */
export interface BacklogFacts {
  readonly object: string
  /** "webhook deliveries", for a sentence. */
  readonly what: string
  readonly count: number
  readonly oldestMs: number
}
