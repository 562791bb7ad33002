/**
 * Open lines and items, as matching compares them. A line that states its own fee may stand for its gross.
 */
import type { Units } from '../money/money.ts'
import type { ItemKind } from '../settlement/settlement.ts'
import type { IsoDate } from '../transaction.ts'
import type { DescribedLine } from './descriptor.ts'

export interface OpenLine extends DescribedLine {
  readonly id: string
  readonly account: string
  readonly currency: string
  readonly date: IsoDate
  /** What is not matched yet, signed as the account sees it. */
  readonly amount: Units
  /** Before the fee and tax the line itself states; the amount when it states none or is matched in part. */
  readonly gross: Units
  readonly isPartly: boolean
  /** What was settled together with it. */
  readonly group: string | null
  readonly references: readonly string[]
  readonly words: readonly string[]
}

export interface OpenItem {
  readonly id: string
  readonly kind: ItemKind
  readonly source: string
  /** '' for any money account. */
  readonly account: string
  readonly currency: string
  readonly amount: Units
  readonly date: IsoDate
  readonly lastDate: IsoDate
  readonly references: readonly string[]
  readonly words: readonly string[]
}

/** It has left its account for another one. */
export function hasLeft({ kind }: Pick<OpenItem, 'kind'>): boolean {
  return kind === 'settlement' || kind === 'transfer'
}

/** What left an account does not arrive on it. */
export function mayMeet(line: Pick<OpenLine, 'account'>, item: Pick<OpenItem, 'kind' | 'source' | 'account'>): boolean {
  if (hasLeft(item) && item.source === line.account) return false
  return item.account === '' || item.account === line.account
}

/** Something beside the amount and the day says that the line is of the item. */
export function isSpokenFor(line: OpenLine, item: OpenItem): boolean {
  return item.account === line.account || item.words.some((word) => line.words.includes(word))
}
