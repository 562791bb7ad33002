/**
 * Row types of journals: sealed journals and their lines. Every integer is a bigint at run time on both
 * engines; numbers are accepted when writing.
 */
import type { JournalStatus } from '../domain/journals/journal.ts'

type Int = bigint

export interface JournalTable {
  readonly book: Int
  readonly id: Int
  readonly day: string
  readonly number: Int
  readonly document: string
  readonly document_date: string
  readonly currency: string
  readonly from_seq: Int
  readonly to_seq: Int
  readonly status: JournalStatus
  readonly approved_by: string
  readonly approved_at_ms: Int
  readonly heads: string
  readonly line_count: Int
  readonly hash: Buffer
}

interface JournalLineTable {
  readonly book: Int
  readonly journal: Int
  readonly account: Int
  readonly exact: Int
  readonly rounded: Int
}

export interface JournalTables {
  journal: JournalTable
  journal_line: JournalLineTable
}
