/** What the rules of a counter are given: readings, what people said of them, and payouts on record. Amounts are units. */
import type { AnswerWord } from '../../domain/exceptions/counter-answers.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'

/** A counter as it was read: totals since the account began, or of what is unpaid. */
export interface Reading {
  /** Its place in the log, "12.1". */
  readonly name: string
  readonly atMs: number
  /** The vendor's day it was read on; a reading after midnight speaks of the day before. */
  readonly readOn: IsoDate
  readonly amount: Units
  readonly impressions: bigint | null
  readonly clicks: bigint | null
}

export interface Answer {
  readonly as: AnswerWord
  /** Earned or spent beside what the counter moved by, where the person said so; below zero where more was taken back. */
  readonly earned: Units | null
  /** The reading it was compared with when the person answered: with another one the answer no longer fits. */
  readonly against: string | null
  readonly by: string
  readonly why: string
}

/** A payout, or what came back of one, that a row or a line of a statement tells of; before any fee, positive. */
export interface RecordedPayout {
  readonly key: string
  readonly reference: string
  readonly amount: Units
  readonly date: IsoDate
  /** The key of the payout of which it came back; null of a payout. */
  readonly returnOf: string | null
}

/** What a file states that one of the vendor's days came to; signed. */
export interface DayTotal {
  /** Where it was landed. */
  readonly place: Evidence
  readonly day: IsoDate
  readonly amount: Units
}

/** C5: whether the counter falls when the account is paid; null while nobody has said so. */
export type CounterMode = 'unpaid' | 'lifetime'

export interface CounterFacts {
  readonly mode: CounterMode | null
  /** C0: what a file states that the counter began with; null begins with the first reading. */
  readonly opening: Reading | null
  /** In the order they were landed. */
  readonly readings: readonly Reading[]
  /** By the name of the reading; the newest word about each. */
  readonly answers: ReadonlyMap<string, Answer>
  readonly payouts: readonly RecordedPayout[]
  readonly dayTotals: readonly DayTotal[]
}
