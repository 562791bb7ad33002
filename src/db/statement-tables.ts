/**
 * Row types of statements: imported statement files, their sections, every line once, and where each was
 * seen. Every integer is a bigint at run time on both engines.
 */
import type { LineType, StatementFormat, Uncounted } from '../domain/statements/statement.ts'

type FootingKind = 'foots' | 'differs' | 'unproven'

export interface StatementFileTable {
  readonly book: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly account: bigint
  readonly name: string
  readonly sha256: string
  readonly format: StatementFormat
  readonly imported_at_ms: bigint
  readonly sections: bigint
  readonly lines: bigint
  readonly fresh: bigint
  readonly known: bigint
  readonly uncounted: bigint
  readonly footing: FootingKind
  readonly footing_detail: string
}

export interface StatementSectionTable {
  readonly book: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly section: bigint
  readonly account: bigint
  readonly format: StatementFormat
  readonly account_number: string | null
  readonly currency: string
  readonly opening: bigint | null
  readonly opening_date: string | null
  readonly closing: bigint | null
  readonly closing_date: string | null
  readonly first_date: string | null
  readonly last_date: string | null
  readonly counted: bigint
  readonly footing: FootingKind
  readonly footing_detail: string
}

export interface StatementLineTable {
  readonly book: bigint
  readonly id: bigint
  readonly account: bigint
  readonly currency: string
  readonly identity: string
  readonly occurrence: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly section: bigint
  readonly position: bigint
  readonly external_id: string | null
  readonly date: string
  readonly at_ms: bigint | null
  readonly amount: bigint
  readonly gross: bigint | null
  readonly fee: bigint | null
  readonly tax: bigint | null
  readonly balance: bigint | null
  readonly type: LineType
  readonly raw_type: string
  readonly uncounted: Uncounted | null
  readonly refs: string
  readonly group_id: string | null
  readonly counterparty: string
  readonly description: string
  readonly kept_batch: bigint | null
  readonly kept_item: bigint | null
  readonly kept_by: string | null
  readonly kept_why: string | null
  readonly matched: bigint
  readonly disposition: 'open' | 'matched' | 'ignored'
}

export interface StatementSightingTable {
  readonly book: bigint
  readonly line: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly section: bigint
  readonly position: bigint
  readonly certain: bigint
}

export interface StatementUndoTable {
  readonly book: bigint
  readonly batch: bigint
  readonly item: bigint
  readonly account: bigint
  readonly name: string
  readonly sha256: string
  readonly format: StatementFormat
  readonly imported_at_ms: bigint
  readonly footing: FootingKind
  readonly lines: bigint
  readonly undone_batch: bigint
  readonly undone_item: bigint
  readonly undone_by: string
  readonly undone_why: string
  readonly undone_at_ms: bigint
}

export interface StatementTables {
  statement_undo: StatementUndoTable
  statement_file: StatementFileTable
  statement_section: StatementSectionTable
  statement_line: StatementLineTable
  statement_sighting: StatementSightingTable
}
