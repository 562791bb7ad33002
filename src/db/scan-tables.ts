/** Row types of scans of order ids. Every integer is a bigint at run time on both engines. */
type Int = bigint
type NullableInt = bigint | null

export interface ScannedIdsTable {
  readonly book: Int
  readonly source: Int
  readonly first_id: Int
  readonly last_id: Int
}

export interface ScanTotalTable {
  readonly book: Int
  readonly source: Int
  readonly found: Int
  readonly unknown: Int
  readonly unanswered: Int
  readonly highest_found: NullableInt
}

export interface ScanTables {
  scanned_ids: ScannedIdsTable
  scan_total: ScanTotalTable
}
