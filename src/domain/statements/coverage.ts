/**
 * Which days a section of a statement speaks of, and how much of each: a day in its middle is whole, the day it begins or
 * ends on may have been cut. Only a cut day leaves open whether two files print one line or two.
 */
import type { IsoDate } from '../transaction.ts'
import type { StatementLine, StatementSection } from './statement.ts'

export interface DayRange {
  readonly first: IsoDate
  readonly last: IsoDate
}

/** `head`: the day from its beginning, as the file ends on it. `tail`: to its end. `piece`: neither end is sure. */
export type DayPart = 'whole' | 'head' | 'tail' | 'piece'

/** Null when the section has no line that counts and states no day. */
export function rangeOf({ lines, opening, closing }: Pick<StatementSection, 'lines' | 'opening' | 'closing'>) {
  const days = [
    ...lines.filter(({ uncounted }) => uncounted === null).map(({ date }) => date),
    ...[opening?.date ?? null, closing?.date ?? null].filter((date) => date !== null),
  ].toSorted()
  const [first] = days
  const last = days.at(-1)
  return first === undefined || last === undefined ? null : { first, last }
}

/** Null when the day is not among them. */
export function partOf({ first, last }: DayRange, day: IsoDate): DayPart | null {
  if (day < first || day > last) return null
  if (day > first && day < last) return 'whole'
  if (first === last) return 'piece'
  return day === first ? 'tail' : 'head'
}

/** By its days; within one day by its balances. `lines` are those that count. */
export function isNewestFirst(lines: readonly StatementLine[]): boolean {
  const first = lines[0]
  const last = lines.at(-1)
  if (first === undefined || last === undefined) return false
  if (first.date !== last.date) return first.date > last.date
  let forwards = 0
  for (const [at, { balance, amount }] of lines.entries()) {
    const before = lines[at - 1]
    if (before === undefined || balance === null || before.balance === null) continue
    if (before.balance + amount === balance) forwards += 1
    if (balance + before.amount === before.balance) forwards -= 1
  }
  return forwards < 0
}
