/** Row type of the pace of requests: the next free slot of each vendor. Every integer is a bigint at run time on both engines. */
interface RateSlotTable {
  readonly origin: string
  readonly next_us: bigint
  readonly now_us: bigint
}

export interface RateSlotTables {
  rate_slot: RateSlotTable
}
