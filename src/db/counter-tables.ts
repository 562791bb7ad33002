/**
 * Row types of counters: verdicts on readings, decisions about them, what is
 * undecided, modes of counters, payouts. Every integer is a bigint at run time on both engines.
 */
export interface CounterVerdictTable {
  readonly book: bigint
  readonly source: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly status: 'baseline' | 'unchanged' | 'booked' | 'held' | 'accepted' | 'rejected' | 'superseded'
  readonly code: string | null
  readonly rule: string | null
  readonly change: bigint
  readonly day: string
  readonly days: bigint
  readonly impressions_change: bigint | null
  readonly clicks_change: bigint | null
  readonly reason: string
  readonly decided_batch: bigint | null
  readonly decided_item: bigint | null
  readonly decided_as: string | null
  readonly decided_by: string | null
  readonly decided_why: string | null
  readonly decided_at_ms: bigint | null
  readonly role: 'fall' | 'waiting' | 'provisional' | null
  readonly level: bigint | null
  readonly jump: bigint
}

export interface CounterDecisionTable {
  readonly book: bigint
  readonly source: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly decided_batch: bigint
  readonly decided_item: bigint
  readonly decided_as: string
  readonly decided_by: string
  readonly decided_why: string
  readonly decided_at_ms: bigint
  readonly day: string | null
  readonly earned: bigint | null
}

export interface CounterUndecidedTable {
  readonly book: bigint
  readonly source: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly since: string | null
  readonly reading: string | null
  readonly booked: bigint
  readonly low: bigint
  readonly high: bigint | null
}

export interface CounterModeTable {
  readonly book: bigint
  readonly source: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly mode: 'lifetime' | 'unpaid'
  readonly decided_by: string
  readonly decided_why: string
  readonly decided_at_ms: bigint
}

export interface CounterPayoutTable {
  readonly book: bigint
  readonly source: bigint
  readonly payout: string
  readonly reference: string
  readonly amount: bigint
  readonly paid_on: string
  readonly evidence_batch: bigint
  readonly evidence_item: bigint
  readonly shown_batch: bigint | null
  readonly shown_item: bigint | null
}

export interface CounterStandingTable {
  readonly book: bigint
  readonly source: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly amount: bigint
  readonly observed_at_ms: bigint
  readonly jumps: bigint
  readonly unseen: bigint
}

export interface CounterTables {
  counter_verdict: CounterVerdictTable
  counter_decision: CounterDecisionTable
  counter_undecided: CounterUndecidedTable
  counter_standing: CounterStandingTable
  counter_mode: CounterModeTable
  counter_payout: CounterPayoutTable
}
