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
}

export interface ProofRunTable {
  readonly book: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly day: string
  readonly line: bigint
  readonly cash: bigint
  readonly cash_differing: bigint
  readonly cash_unproven: bigint
  readonly clearing: bigint
  readonly clearing_differing: bigint
}

export interface ProofTables {
  cash_month: CashMonthTable
  proof_run: ProofRunTable
}
