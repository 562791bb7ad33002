/**
 * Row types of the outbox: what is to be delivered where, the exact bytes, the history of every row, and what is known
 * of a target as a whole. Every integer is a bigint at run time on both engines; numbers are accepted when writing.
 */
import type { OutboxState } from '../domain/journals/outbox.ts'

type Int = bigint

interface Part {
  readonly book: Int
  readonly target: string
  readonly journal: Int
  readonly part: Int
}

export interface OutboxTable extends Part {
  readonly parts: Int
  readonly document: string
  readonly state: OutboxState
  readonly revision: Int
  readonly generation: Int
  readonly sent_at_ms: Int | null
  readonly holder: string | null
  readonly holder_until_ms: Int | null
  readonly remote_id: string | null
  readonly remote_version: string | null
  readonly history: Int
  readonly queued_at_ms: Int
  readonly checked_at_ms: Int | null
  readonly record: Int | null
}

interface OutboxPayloadTable extends Part {
  readonly revision: Int
  readonly body: string
  readonly body_sha256: Buffer
  readonly entry: string
  readonly reason: string
  readonly made_at_ms: Int
}

interface OutboxAttemptTable extends Part {
  readonly n: Int
  readonly at_ms: Int
  readonly from_state: OutboxState
  readonly to_state: OutboxState
  readonly request_key: string
  readonly message: string
  readonly evidence: string | null
  readonly remote_id: string | null
  readonly holder: string
  readonly by_person: string | null
}

interface OutboxTargetTable {
  readonly book: Int
  readonly target: string
  readonly paused_until_ms: Int | null
  readonly pause_reason: string | null
  readonly trouble: string | null
  readonly passed_at_ms: Int | null
  readonly changes_seen_ms: Int | null
  readonly all_seen_ms: Int | null
}

interface TargetWordTable {
  readonly book: Int
  readonly n: Int
  readonly target: string
  readonly document: string
  readonly id: string
  readonly action: 'dismiss' | 'suspect' | 'keep' | 'correct' | 'another' | 'take-over'
  readonly content: string
  readonly why: string
  readonly by_person: string
  readonly at_ms: Int
}

export interface OutboxTables {
  outbox: OutboxTable
  outbox_payload: OutboxPayloadTable
  outbox_attempt: OutboxAttemptTable
  outbox_target: OutboxTargetTable
  target_word: TargetWordTable
}
