/**
 * C1 and C5: on which days a move counts. It counts on the vendor day that ended; over nights without a reading it is split
 * at a month's end by days, and divided by the totals that a file states of single days. The sum is always the counter's.
 */
import type { Units } from '../../domain/money/money.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { DayTotal } from './reading.ts'

export interface DayPart {
  readonly day: IsoDate
  /** Signed. */
  readonly amount: Units
  /** The first day it covers. */
  readonly from: IsoDate
  readonly isStated: boolean
}

export interface Divided {
  readonly parts: readonly DayPart[]
  /** What the stated days of a span without any other day differ by: counter − stated; 0 in order. */
  readonly difference: Units
}

/** The days `from`..`day`, both included. */
export function divide(
  amount: Units,
  { from, day }: { readonly from: IsoDate; readonly day: IsoDate },
  totals: readonly DayTotal[],
): Divided {
  const stated = new Map(
    totals.filter((each) => from <= each.day && each.day <= day).map((each) => [each.day, each.amount]),
  )
  const open = daysOf(from, day).filter((each) => !stated.has(each))
  const rest = amount - [...stated.values()].reduce((sum, each) => sum + each, 0n)
  const parts: DayPart[] = [...stated].map(([each, total]) => ({
    day: each,
    amount: total,
    from: each,
    isStated: true,
  }))
  if (open.length > 0) parts.push(...byMonths(rest, open))
  else if (rest !== 0n) parts.push({ day, amount: rest, from: day, isStated: false })
  const counted = parts.filter((part) => part.amount !== 0n)
  return { parts: counted.toSorted(byDay), difference: open.length > 0 ? 0n : rest }
}

/** To each month its share of the days, exact in the sum; dated on the month's last day. */
function byMonths(amount: Units, days: readonly IsoDate[]): readonly DayPart[] {
  const parts: DayPart[] = []
  let [through, before] = [0n, 0n]
  for (const own of Map.groupBy(days, (each) => each.slice(0, 7)).values()) {
    through += BigInt(own.length)
    const upTo = (amount * through) / BigInt(days.length)
    const [from = '', last = ''] = [own[0], own.at(-1)]
    parts.push({ day: last, amount: upTo - before, from, isStated: false })
    before = upTo
  }
  return parts
}

function daysOf(from: IsoDate, to: IsoDate): readonly IsoDate[] {
  const days: IsoDate[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}

function byDay(one: DayPart, other: DayPart): number {
  return one.day < other.day ? -1 : one.day > other.day ? 1 : 0
}
