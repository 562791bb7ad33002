/** Row types of counters: what people said of readings, and payouts on record. Integers are bigints at run time on both engines. */
export interface CounterAnswerTable {
  readonly book: bigint
  readonly source: bigint
  readonly reading: string
  readonly batch: bigint
  readonly item: bigint
  readonly word: string
  readonly earned: bigint | null
  readonly against: string | null
  readonly said_by: string
  readonly why: string
  readonly said_at_ms: bigint
}

export interface CounterPayoutTable {
  readonly book: bigint
  readonly source: bigint
  readonly payout: string
  readonly reference: string
  readonly amount: bigint
  readonly paid_on: string
  readonly origin: 'stated' | 'line' | 'due' | 'fall'
  readonly evidence_batch: bigint
  readonly evidence_item: bigint
}

export interface CounterTables {
  counter_answer: CounterAnswerTable
  counter_payout: CounterPayoutTable
}
