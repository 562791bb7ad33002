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
  readonly listed_remains: NullableInt
  readonly parent: string | null
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
  readonly highest_charge: NullableInt
  readonly confirmed_charge: NullableInt
  readonly remains: NullableInt
  readonly observed_at_ms: NullableInt
  readonly terminal_at_ms: NullableInt
  readonly first_seen_ms: NullableInt
  readonly first_seen_finished: Int
  readonly first_cost: NullableInt
  readonly first_claim: Int
  readonly charged: Int
  readonly charge_version: Int
  readonly claim: Int
  readonly claim_ms: NullableInt
  readonly refunded: Int
  readonly refund_version: Int
  readonly unclear: string | null
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

/** O4: an ending in which the panel has lowered a charge, and the order that showed it first. */
export interface LoweredEndingTable {
  readonly book: Int
  readonly source: Int
  readonly ending: string
  readonly order_id: string
}

/** W0: the balance a wallet was stated to begin with. */
export interface WalletOpeningTable {
  readonly book: Int
  readonly source: Int
  readonly day: string
  readonly balance: Int
}

/** One night of a wallet (W1 to W6); the newest has no look yet, and gathers what the next one reads. */
export interface WalletNightTable {
  readonly book: Int
  readonly source: Int
  readonly night: Int
  /** Batch of the reading its pass began with; null before the look. */
  readonly pass: NullableInt
  readonly at_ms: NullableInt
  readonly balance: NullableInt
  readonly width: Int
  readonly unit: Int
  readonly charges: Int
  readonly claims: Int
  readonly claim_count: Int
  readonly released: Int
  readonly gained: Int
  readonly paid: Int
  readonly rounding: Int
  readonly shortfall: Int
  readonly rest: Int
  readonly owed: Int
  readonly overdue: Int
  readonly held: Int
}

/** Claims of a night by orders that were first seen finished, by the night since which they may have been paid (W2). */
export interface WalletLateClaimTable {
  readonly book: Int
  readonly source: Int
  readonly night: Int
  readonly since: Int
  readonly amount: Int
  readonly claim_count: Int
}

export interface RegistryTables {
  lowered_ending: LoweredEndingTable
  wallet_opening: WalletOpeningTable
  wallet_night: WalletNightTable
  wallet_late_claim: WalletLateClaimTable
  panel_order: PanelOrderTable
  order_state: OrderStateTable
  order_unasked: OrderUnaskedTable
}
