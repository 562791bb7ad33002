/**
 * Open lines and items as the database has them, and as the engine compares them. A line that states its own fee may
 * stand for its gross; which of its two amounts counts is decided by what is expected.
 */
import type { Units } from '../money/money.ts'
import type { ItemKind } from '../settlement/settlement.ts'
import type { IsoDate } from '../transaction.ts'
import type { DescribedLine } from './descriptor.ts'
import type { Matchable } from './match.ts'

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

export function mayMeet(line: OpenLine, item: OpenItem): boolean {
  return item.account === '' || item.account === line.account
}

/**
 * The amount each line is compared with: its gross, unless something expects just its net, or it was settled in a group,
 * whose sum is net.
 */
export function weigh(lines: readonly OpenLine[], items: readonly OpenItem[]): ReadonlyMap<string, Units> {
  const expected = new Set(items.map(({ currency, amount }) => `${currency} ${amount}`))
  return new Map(
    lines.map((line) => {
      const { id, currency, amount, gross, group } = line
      const isGross = gross !== amount && group === null && !expected.has(`${currency} ${amount}`)
      return [id, isGross ? gross : amount]
    }),
  )
}

export function toLine(line: OpenLine, amount: Units, partition: string): Matchable {
  const { id, currency, date, references, words } = line
  return { id, amount, currency, date, lastDate: date, references, words, partition }
}

export function toItem(item: OpenItem, partition: string): Matchable {
  const { id, currency, amount, date, lastDate, references, words } = item
  return { id, amount, currency, date, lastDate, references, words, partition }
}
