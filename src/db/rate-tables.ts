/** Row types of exchange rates. Every integer is a bigint at run time on both engines. */
interface RateTable {
  readonly book: bigint
  readonly from_currency: string
  readonly to_currency: string
  readonly day: string
  readonly batch: bigint
  readonly item: bigint
  readonly text: string
}

export interface RateTables {
  rate: RateTable
}
