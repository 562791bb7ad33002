/** Row types of what accounting systems said of themselves, of mappings, and of what tags orders. Every integer is a bigint at run time on both engines. */
type Int = bigint

export interface TargetCompanyTable {
  readonly book: Int
  readonly target: string
  readonly id: Int
  readonly pulled_at_ms: Int
  readonly pulled_by: string
  readonly company_id: string
  readonly name: string
  readonly company: string
  readonly sha256: Buffer
  readonly answers: Buffer
}

export interface TargetCompanyCheckTable {
  readonly book: Int
  readonly target: string
  readonly checked_at_ms: Int
}

export interface MappingVersionTable {
  readonly book: Int
  readonly target: string
  readonly version: Int
  readonly accepted_by: string
  readonly accepted_at_ms: Int
  readonly sha256: Buffer
  readonly lines: string
  readonly changes: string
}

export interface OrderClientTable {
  readonly book: Int
  readonly source: Int
  readonly order_id: string
  readonly client: string
  readonly evidence_batch: Int
  readonly evidence_item: Int
}

export interface ServiceCategoryTable {
  readonly book: Int
  readonly source: Int
  readonly service: string
  readonly category: string
  readonly evidence_batch: Int
  readonly evidence_item: Int
}

export interface CompanyTables {
  target_company: TargetCompanyTable
  target_company_check: TargetCompanyCheckTable
  mapping_version: MappingVersionTable
  order_client: OrderClientTable
  service_category: ServiceCategoryTable
}
