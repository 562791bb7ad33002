/**
 * Where ledger accounts go in an accounting system, and what tags their lines get there. The same for QuickBooks and
 * Xero; which account of a company is meant is found out against the company itself.
 */
import type { AccountMapping } from '../accounts.ts'

/** How a mapping names an account: QuickBooks by full name or number, Xero by code. */
export interface TargetPlace {
  readonly by: 'name' | 'number' | 'code'
  readonly value: string
  /** The customer or vendor of a QuickBooks receivable or payable; null elsewhere. */
  readonly entity: string | null
  /** Tags every line of this account has, by dimension: they go before what a rule says. */
  readonly tags: ReadonlyMap<string, string>
}

export const DIMENSION_ORIGINS = ['source', 'service', 'client'] as const
export type DimensionOrigin = (typeof DIMENSION_ORIGINS)[number]

export interface DimensionRule {
  /** "class" or "department" in QuickBooks, a tracking category in Xero. */
  readonly name: string
  readonly from: DimensionOrigin
  /** What the target calls each source, category or client. */
  readonly values: ReadonlyMap<string, string>
  /** For everything else; null leaves it untagged. */
  readonly fallback: string | null
  /** Account codes whose lines are tagged; null for those of income and expenses. */
  readonly accounts: ReadonlySet<string> | null
}

export interface TargetMapping extends AccountMapping<TargetPlace> {
  readonly dimensions: readonly DimensionRule[]
}
