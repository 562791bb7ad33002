/**
 * Row types of the exceptions queue: the exceptions as they stand,
 * and the history that made them so. Every integer is a bigint at run time on both engines.
 */
type Int = bigint
type NullableInt = bigint | null

export interface ExceptionTable {
  readonly book: Int
  readonly source: string
  readonly code: string
  readonly object: string
  readonly status: 'open' | 'closed'
  readonly amount: NullableInt
  readonly currency: string | null
  readonly detail: string
  readonly first_seen_ms: Int
  readonly last_seen_ms: Int
  readonly closed_at_ms: NullableInt
  readonly evidence_batch: Int
  readonly evidence_item: Int
  readonly number: Int
  readonly events: Int
  readonly owner: string | null
  readonly resolution: string | null
  readonly resolved_facts: string | null
}

export interface ExceptionEventTable {
  readonly book: Int
  readonly exception: Int
  readonly n: Int
  readonly at_ms: Int
  readonly event: 'opened' | 'changed' | 'closed' | 'reopened' | 'assigned' | 'resolved'
  readonly status: 'open' | 'closed'
  readonly amount: NullableInt
  readonly currency: string | null
  readonly detail: string
  readonly owner: string | null
  readonly evidence_batch: NullableInt
  readonly evidence_item: NullableInt
  readonly by_person: string | null
  readonly why: string | null
  readonly resolution: string | null
}

export interface ExceptionTables {
  exception: ExceptionTable
  exception_event: ExceptionEventTable
}
