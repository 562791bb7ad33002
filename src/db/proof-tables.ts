/**
 * Row types of proofs: the months of the proof of cash as they stood, and what each run of the proofs
 * came to. Every integer is a bigint at run time on both engines.
 */

export interface CashMonthTable {
  readonly book: bigint
  readonly account: bigint
  readonly currency: string
  readonly month: string
  readonly lines: bigint
  readonly stated: bigint | null
  readonly opening: bigint | null
  readonly closing: bigint | null
  readonly carried: bigint
}

export interface CashProgressTable {
  readonly book: bigint
  readonly account: bigint
  readonly currency: string
  readonly line: bigint
  readonly batch: bigint
  readonly booked: bigint
  readonly first_told: string | null
}

export interface ProofRunTable {
  readonly book: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly day: string
  readonly cash: bigint
  readonly cash_differing: bigint
  readonly cash_unproven: bigint
  readonly clearing: bigint
  readonly clearing_differing: bigint
}

export interface ProofTables {
  cash_month: CashMonthTable
  cash_progress: CashProgressTable
  proof_run: ProofRunTable
}
