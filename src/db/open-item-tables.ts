/** Row types of open items: what the books expect statements to show. Every integer is a bigint at run time on both engines. */
import type { Generated } from 'kysely'
import type { ItemKind } from '../domain/settlement/settlement.ts'

export interface OpenItemTable {
  readonly book: bigint
  readonly id: bigint
  readonly kind: ItemKind
  readonly source: string
  readonly account: string
  readonly object: string
  readonly currency: string
  readonly amount: bigint
  readonly date: string
  readonly last_date: string
  readonly refs: string
  readonly words: string
  readonly matched: Generated<bigint>
  readonly status: Generated<'open' | 'settled' | 'withdrawn'>
  readonly evidence_batch: bigint
  readonly evidence_item: bigint
}

export interface OpenItemProgressTable {
  readonly book: bigint
  readonly origin: string
  readonly position: bigint
}

export interface OpenItemTables {
  open_item: OpenItemTable
  open_item_progress: OpenItemProgressTable
}
