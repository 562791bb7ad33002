/**
 * Row types of matching: matches and their legs, what people refused and decided, and what each
 * reconciliation came to. Every integer is a bigint at run time on both engines.
 */
import type { MatchStep } from '../domain/matching/match.ts'

export type GroupStep = MatchStep | 'rule' | 'decision' | 'ignored' | 'written-off'

export interface MatchGroupTable {
  readonly book: bigint
  readonly id: bigint
  readonly status: 'proposed' | 'active' | 'undone'
  readonly step: GroupStep
  readonly origin: 'automatic' | 'human'
  readonly confidence: bigint
  readonly residual: bigint
  readonly fee_rule: string | null
  readonly how: string
  readonly reason: string
  readonly batch: bigint
  readonly item: bigint
  readonly decided_by: string | null
  readonly decided_why: string | null
  readonly decided_at_ms: bigint | null
  readonly undone_batch: bigint | null
  readonly undone_item: bigint | null
  readonly undone_by: string | null
  readonly undone_why: string | null
  readonly undone_at_ms: bigint | null
}

export interface MatchLegTable {
  readonly book: bigint
  readonly match: bigint
  readonly side: 'line' | 'item'
  readonly ref: bigint
  readonly amount: bigint
  readonly posts: string | null
}

export interface MatchRefusalTable {
  readonly book: bigint
  readonly line: bigint
  /** 0: the rule that settled the line by itself. */
  readonly open_item: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly decided_by: string
  readonly decided_why: string
  readonly decided_at_ms: bigint
}

export interface MatchDecisionTable {
  readonly book: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly decide: string
  readonly decided_by: string
  readonly decided_why: string
  readonly decided_at_ms: bigint
  readonly request: string
  readonly match: bigint | null
}

export interface MatchRunTable {
  readonly book: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly day: string
  readonly at_ms: bigint
  readonly summary: string
  readonly last_match: bigint
}

export interface MatchTables {
  match_group: MatchGroupTable
  match_leg: MatchLegTable
  match_refusal: MatchRefusalTable
  match_decision: MatchDecisionTable
  match_run: MatchRunTable
}
