/**
 * When claims of a panel's refunds may be booked before their credit is seen: after thirty proven refunds of the kind, of at
 * least five different amounts, none against it, and a person's decision. Every contradiction starts the count again.
 */
import type { Units } from '../money/money.ts'

export const CASES_FOR_A_RULE = 30
export const AMOUNTS_FOR_A_RULE = 5

export const RULE_STATUSES = ['learning', 'proposed', 'accepted', 'suspended', 'revoked'] as const
export type RuleStatus = (typeof RULE_STATUSES)[number]

export interface RuleProgress {
  readonly status: RuleStatus
  readonly cases: number
  /** The first different ones, as many as are needed. */
  readonly amounts: readonly Units[]
}

export const NOTHING_LEARNED: RuleProgress = { status: 'learning', cases: 0, amounts: [] }

/** After more proven refunds; a rule that is in force or was proposed stays what it is. */
export function withProven(progress: RuleProgress, proven: readonly Units[]): RuleProgress {
  const amounts = [...new Set([...progress.amounts, ...proven])].slice(0, AMOUNTS_FOR_A_RULE)
  const learned = { ...progress, cases: progress.cases + proven.length, amounts }
  const waits = progress.status === 'learning' || progress.status === 'suspended'
  return waits && isProven(learned) ? { ...learned, status: 'proposed' } : learned
}

/** After a refund that contradicts it: what was learned is forgotten, and a rule in force is suspended. */
export function contradicted(progress: RuleProgress): RuleProgress {
  const status =
    progress.status === 'accepted' ? 'suspended' : progress.status === 'proposed' ? 'learning' : progress.status
  return { status, cases: 0, amounts: [] }
}

/** Whether a person may accept it. */
export function isProven({ cases, amounts }: Pick<RuleProgress, 'cases' | 'amounts'>): boolean {
  return cases >= CASES_FOR_A_RULE && amounts.length >= AMOUNTS_FOR_A_RULE
}

/** What one source may book by its rules. Amounts per claim and night are at most these. */
export interface DueLimits {
  readonly perClaim: Units
  readonly perNight: Units
  /** Days after which a credit that has not come is missing. */
  readonly settlingDays: number
}
