/**
 * Row types of webhooks and the schedule, and of the spool (migrations/spool), whose tables are in the same database on
 * PostgreSQL and in a file of their own on SQLite. Every integer is a bigint at run time on both engines.
 */
import type { Generated } from 'kysely'

type Int = bigint
type NullableInt = bigint | null

export interface WebhookSpoolTable {
  readonly id: Int
  readonly token: string
  readonly last_sequence: Int
}

export interface WebhookDeliveryTable {
  readonly book: string
  readonly source: string
  readonly sha256: Buffer
  readonly sequence: Int
  readonly first_received_at_ms: Int
  readonly last_received_at_ms: Int
  readonly receptions: Int
  readonly content_type: string
  readonly body: Buffer
}

export interface WebhookCursorTable {
  readonly book: Int
  readonly spool: string
  readonly sequence: Int
}

export interface OrderHintTable {
  readonly book: Int
  readonly source: Int
  readonly order_id: string
  readonly received_at_ms: Int
  readonly status: string
  readonly evidence_batch: Int
  readonly evidence_item: Int
}

export interface ConversionTable {
  readonly book: Int
  readonly source: Int
  readonly sha256: Buffer
  readonly day: string
  readonly payout: Int
  readonly receptions: Int
  readonly evidence_batch: Int
  readonly evidence_item: Int
}

export interface ScheduleTable {
  readonly book: Int
  readonly known_since_ms: Int
  readonly proof_started_ms: NullableInt
  /** How the last proof ended: a kind of NightOutcome; '' before the first has. */
  readonly proof_outcome: Generated<string>
  readonly proof_detail: Generated<string>
}

export interface ScheduleTickTable {
  readonly book: Int
  readonly due_at_ms: Int
  readonly status: 'running' | 'done' | 'retry' | 'failed'
  readonly attempts: Int
  readonly started_at_ms: Int
  readonly retry_at_ms: NullableInt
  readonly finished_at_ms: NullableInt
  readonly holder: string
  readonly alive_until_ms: Int
  readonly detail: string
  /** How the last attempt ended: a kind of NightOutcome; '' while it runs. */
  readonly outcome: string
}

export interface WebhookTables {
  webhook_spool: WebhookSpoolTable
  webhook_delivery: WebhookDeliveryTable
  webhook_cursor: WebhookCursorTable
  order_hint: OrderHintTable
  conversion: ConversionTable
  schedule: ScheduleTable
  schedule_tick: ScheduleTickTable
}
