/** Row types of alerts, their messages and channels. Every integer is a bigint at run time on both engines. */
import type { AlertEvent, AlertSeverity } from '../domain/alerts/alert.ts'

type Int = bigint
type NullableInt = bigint | null

export interface AlertTable {
  readonly book: Int
  readonly rule: string
  readonly object: string
  readonly status: 'open' | 'resolved'
  readonly severity: AlertSeverity
  readonly title: string
  readonly detail: string
  readonly first_seen_ms: Int
  readonly last_seen_ms: Int
  readonly times_seen: Int
  readonly last_said_ms: Int
  readonly resolved_at_ms: NullableInt
  /** Null for rules that need no reading, and before the first one. */
  readonly evidence_batch: NullableInt
}

export interface AlertMessageTable {
  readonly book: Int
  readonly id: Int
  readonly rule: string
  readonly object: string
  readonly event: AlertEvent
  readonly severity: AlertSeverity
  readonly title: string
  readonly detail: string
  readonly first_seen_ms: Int
  readonly written_at_ms: Int
}

export interface AlertDeliveryTable {
  readonly book: Int
  readonly message: Int
  readonly channel: string
  readonly status: 'pending' | 'delivered' | 'superseded' | 'given-up'
  readonly attempts: Int
  readonly claimed_until_ms: Int
  readonly settled_at_ms: NullableInt
  readonly error: string | null
}

export interface AlertChannelTable {
  readonly name: string
  readonly failures: Int
  readonly retry_at_ms: Int
  readonly last_error: string | null
  readonly last_error_at_ms: NullableInt
  readonly last_delivered_at_ms: NullableInt
}

export interface AlertTables {
  alert: AlertTable
  alert_message: AlertMessageTable
  alert_delivery: AlertDeliveryTable
  alert_channel: AlertChannelTable
}
