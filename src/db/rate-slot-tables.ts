/** Row type of migrations/0009_pace_and_plans: the next free slot of each vendor. Every integer is a bigint at run time on both engines. */
interface RateSlotTable {
  readonly origin: string
  readonly next_us: bigint
  readonly now_us: bigint
}

export interface RateSlotTables {
  rate_slot: RateSlotTable
}
