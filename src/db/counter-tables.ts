/**
 * Row types of migrations/0008_counters: verdicts on readings, modes of counters, payouts. Every integer is a bigint at
 * run time on both engines.
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

export interface CounterTables {
  counter_verdict: CounterVerdictTable
  counter_mode: CounterModeTable
  counter_payout: CounterPayoutTable
}
