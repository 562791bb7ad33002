/** Row types of what is written to panels: what was asked of vendors, and their catalogues. Integers are bigint at run time. */
type Int = bigint
type NullableInt = bigint | null

export interface PanelAddTable {
  readonly book: Int
  readonly source: Int
  readonly ref: string
  readonly state: 'sent' | 'placed' | 'refused' | 'unknown' | 'not-placed'
  readonly service: string
  readonly parameters: string
  readonly quantity: NullableInt
  readonly expected: Int
  readonly prices: string
  readonly sent_at_ms: Int
  readonly balance_before: NullableInt
  readonly balance_after: NullableInt
  readonly balance_decimals: NullableInt
  readonly order_id: string | null
  readonly outcome: string
  readonly detail: string
  readonly evidence_batch: Int
  readonly evidence_item: Int
}

export interface CampaignTable {
  readonly book: Int
  readonly source: Int
  readonly ref: string
  readonly state: 'sent' | 'created' | 'refused' | 'unknown'
  readonly name: string
  readonly budget: Int
  readonly target_url: string
  readonly sent_at_ms: Int
  readonly campaign_id: string | null
  readonly detail: string
  readonly evidence_batch: Int
  readonly evidence_item: Int
}

export interface ServiceRateTable {
  readonly book: Int
  readonly source: Int
  readonly service: string
  readonly first_seen_ms: Int
  readonly last_seen_ms: NullableInt
  readonly rate: Int
  readonly min: NullableInt
  readonly max: NullableInt
  readonly type: string
  readonly name: string
  readonly evidence_batch: Int
  readonly evidence_item: Int
}

export interface PanelCatalogueTable {
  readonly book: Int
  readonly source: Int
  readonly seen_ms: Int
  readonly services: Int
}

export interface PanelWriteTables {
  panel_add: PanelAddTable
  campaign: CampaignTable
  service_rate: ServiceRateTable
  panel_catalogue: PanelCatalogueTable
}
