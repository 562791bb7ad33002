/**
 * Row types of the log and of what is read from it, but for the order registry and the exceptions. Every integer is a
 * bigint at run time on both engines; numbers are accepted when writing.
 */
type Int = bigint
type NullableInt = bigint | null

export interface LogRecordTable {
  readonly book: Int
  readonly batch: Int
  readonly item: Int
  readonly kind: string
  readonly source: string
  readonly request: string
  readonly at_ms: Int
  readonly http_status: NullableInt
  readonly content_type: string
  readonly body_bytes: Int
  readonly body_sha256: Buffer
  readonly hash: Buffer
}

export interface LogBodyTable {
  readonly book: Int
  readonly batch: Int
  readonly item: Int
  readonly encoding: 'identity' | 'zstd'
  readonly body: Buffer
}

export interface ProcessedTable {
  readonly book: Int
  readonly batch: Int
  readonly settings_batch: Int
}

export interface QuarantineTable {
  readonly book: Int
  readonly batch: Int
  readonly item: Int
  readonly line: Int
  readonly source: string
  readonly object: string
  readonly reason: string
  /** The object of the exception that tells of it; '' when none does. */
  readonly about: string
  /** Null while it waits for a later answer or a person. */
  readonly ended: 'superseded' | 'read-again' | 'closed' | 'told' | null
  readonly ended_batch: NullableInt
  readonly ended_item: NullableInt
  readonly ended_at_ms: NullableInt
  /** Null where evidence ended it. */
  readonly ended_by: string | null
  readonly ended_why: string | null
}

export interface ImportedFileTable {
  readonly book: Int
  readonly sha256: string
  readonly name: string
  readonly kind: string
  readonly source: string
  readonly imported_at_ms: Int
}

export interface WalletReadingTable {
  readonly book: Int
  readonly source: Int
  readonly batch: Int
  readonly item: Int
  readonly observed_at_ms: Int
  readonly moment: 'before' | 'after'
  readonly balance: Int
  readonly currency: string
  readonly booked: Int
  readonly consistent: Int
  readonly decimals: NullableInt
}

export interface CounterReadingTable {
  readonly book: Int
  readonly source: Int
  readonly batch: Int
  readonly item: Int
  readonly line: Int
  readonly observed_at_ms: Int
  readonly read_on: string
  readonly origin: 'api' | 'opening' | 'day-total'
  readonly impressions: NullableInt
  readonly clicks: NullableInt
  readonly amount: Int
}

export interface RunTable {
  readonly book: Int
  readonly id: Int
  readonly kind: string
  readonly arguments: string
  readonly status: 'running' | 'finished' | 'failed' | 'abandoned'
  readonly started_at_ms: Int
  readonly finished_at_ms: NullableInt
  readonly summary: string
}

export interface RunStepTable {
  readonly book: Int
  readonly run: Int
  readonly step: string
  readonly status: 'running' | 'finished'
  readonly position: string
  readonly counts: string
}

export interface LeaseTable {
  readonly book: Int
  readonly holder: string
  readonly expires_at_ms: Int
}

export interface EvidenceTables {
  log_record: LogRecordTable
  log_body: LogBodyTable
  processed: ProcessedTable
  quarantine: QuarantineTable
  imported_file: ImportedFileTable
  wallet_reading: WalletReadingTable
  counter_reading: CounterReadingTable
  run: RunTable
  run_step: RunStepTable
  lease: LeaseTable
}
