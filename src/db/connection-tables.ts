/** Row type of connections to accounting systems. Every integer is a bigint at run time on both engines. */
type Int = bigint
type NullableInt = bigint | null

export interface ConnectionTable {
  readonly book: Int
  readonly target: string
  readonly type: 'quickbooks' | 'xero'
  readonly status: 'connected' | 'broken' | 'disconnected'
  readonly company_id: string
  readonly company_name: string
  readonly company_currency: string | null
  readonly vendor_connection: string
  readonly scopes: string
  /** Sealed by the vault. */
  readonly access_token: string | null
  readonly refresh_token: string | null
  readonly access_expires_at_ms: Int
  readonly refresh_expires_at_ms: NullableInt
  readonly hard_expires_at_ms: NullableInt
  readonly version: Int
  readonly refreshing_by: string | null
  readonly refreshing_until_ms: NullableInt
  readonly failures: Int
  readonly trouble: string | null
  readonly trouble_at_ms: NullableInt
  readonly blocked_until_ms: NullableInt
  readonly connected_by: string
  readonly connected_at_ms: Int
  readonly renewed_at_ms: NullableInt
}

export interface ConnectionTables {
  connection: ConnectionTable
}
