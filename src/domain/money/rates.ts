/**
 * Exchange rates from a file, exact: a rate is the decimal somebody wrote, kept as a fraction. A rate is good for some
 * days after its own; beyond that, or the other way round, nothing is assumed.
 */
import { addDays } from '../time/dates.ts'
import type { IsoDate } from '../transaction.ts'

export interface Rate {
  readonly date: IsoDate
  readonly from: string
  readonly to: string
  /** Units of `to` for one of `from`, as it was written: "1.0842". */
  readonly text: string
  /** The same, exactly: `scaled` / 10^`decimals`. Positive. */
  readonly scaled: bigint
  readonly decimals: number
}

export interface RateTable {
  /** Where they come from, for messages. */
  readonly file: string
  /** How many days after its own a rate may still be used. */
  readonly maxAgeDays: number
  /** By `ratePair`, oldest first, one a day. */
  readonly pairs: ReadonlyMap<string, readonly Rate[]>
}

export const NO_RATES: RateTable = { file: 'no rates file', maxAgeDays: 0, pairs: new Map() }

/** Rates of any order as a table. Of several for one pair and day the last given counts. */
export function rateTable(file: string, maxAgeDays: number, rates: readonly Rate[]): RateTable {
  const days = new Map<string, Map<IsoDate, Rate>>()
  for (const rate of rates) {
    const pair = ratePair(rate.from, rate.to)
    const known = days.get(pair) ?? new Map<IsoDate, Rate>()
    known.set(rate.date, rate)
    days.set(pair, known)
  }
  const oldestFirst = (a: Rate, b: Rate): number => (a.date < b.date ? -1 : 1)
  const pairs = new Map([...days].map(([pair, known]) => [pair, [...known.values()].toSorted(oldestFirst)]))
  return { file, maxAgeDays, pairs }
}

export function ratePair(from: string, to: string): string {
  return `${from}/${to}`
}

/** The newest rate on or before the day, when it is young enough; null is for a person to solve. */
export function findRate(table: RateTable, from: string, to: string, day: IsoDate): Rate | null {
  const rate = table.pairs.get(ratePair(from, to))?.findLast(({ date }) => date <= day)
  return rate !== undefined && day <= addDays(rate.date, table.maxAgeDays) ? rate : null
}

const RATE_TEXT = /^(\d{1,9})(?:\.(\d{1,10}))?$/

/** Plain decimal text above zero, at most ten decimals; null for anything else. */
export function parseRate(text: string): Pick<Rate, 'text' | 'scaled' | 'decimals'> | null {
  const match = RATE_TEXT.exec(text)
  if (match === null) return null
  const decimals = match[2]?.length ?? 0
  const scaled = BigInt(`${match[1] ?? ''}${match[2] ?? ''}`)
  return scaled === 0n ? null : { text, scaled, decimals }
}
