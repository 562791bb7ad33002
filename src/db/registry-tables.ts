/** Row types of the order registry. Every integer is a bigint at run time on both engines. */
type Int = bigint
type NullableInt = bigint | null

export interface PanelOrderTable {
  readonly book: Int
  readonly source: Int
  readonly order_id: string
  readonly origin: string
  readonly service: string | null
  readonly quantity: NullableInt
  readonly ordered_at_ms: NullableInt
  readonly listed_charge: NullableInt
  readonly listed_decimals: NullableInt
  readonly open_charge: NullableInt
  readonly evidence_batch: Int
  readonly evidence_item: Int
}

export interface OrderStateTable {
  readonly book: Int
  readonly source: Int
  readonly order_id: string
  readonly status: string | null
  readonly charge: NullableInt
  readonly charge_decimals: NullableInt
  readonly remains: NullableInt
  readonly observed_at_ms: NullableInt
  readonly terminal_at_ms: NullableInt
  readonly gross: NullableInt
  readonly gross_basis: string | null
  readonly charged: Int
  readonly charge_version: Int
  readonly refunded: Int
  readonly refund_version: Int
  readonly pending: string | null
  readonly claim_batch: NullableInt
  readonly claim_from_open: NullableInt
  readonly refund_due: Int
  readonly refund_due_ms: NullableInt
  readonly refusals: Int
  readonly due_at_ms: NullableInt
  readonly evidence_batch: Int
  readonly evidence_item: Int
}

export interface OrderUnaskedTable {
  readonly book: Int
  readonly source: Int
  readonly order_id: string
}

export interface RefundRuleTable {
  readonly book: Int
  readonly source: Int
  readonly refund_case: 'cancel' | 'partial' | 'completion'
  readonly status: 'learning' | 'proposed' | 'accepted' | 'suspended' | 'revoked'
  readonly mode: string | null
  readonly decimals: NullableInt
  readonly cases: Int
  readonly amounts: string
  readonly decided_by: string
  readonly why: string
  readonly decided_at_ms: NullableInt
  readonly evidence_batch: Int
}

export interface RegistryTables {
  refund_rule: RefundRuleTable
  panel_order: PanelOrderTable
  order_state: OrderStateTable
  order_unasked: OrderUnaskedTable
}
