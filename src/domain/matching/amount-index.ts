/** Lines sorted by amount, then day, so that "this amount, these days" is one run of positions, found in log n. */
import type { Party } from './board.ts'

export interface AmountIndex {
  readonly lines: readonly Party[]
  readonly days: readonly number[]
  /** Each amount once, ascending, and where its lines begin; one more start at the end. */
  readonly amounts: readonly bigint[]
  readonly starts: readonly number[]
}

/** Positions start <= p < end. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Of so many amounts each is looked at on its own; of more, all days are taken: too many candidates, never too few. */
const AMOUNTS_APART = 64

export function amountIndex(unsorted: readonly Party[]): AmountIndex {
  const lines = [...unsorted].sort((a, b) => compare(a.amount, b.amount) || a.from - b.from || a.index - b.index)
  const amounts: bigint[] = []
  const starts: number[] = []
  for (const [position, { amount }] of lines.entries()) {
    if (amounts.length > 0 && amounts[amounts.length - 1] === amount) continue
    amounts.push(amount)
    starts.push(position)
  }
  starts.push(lines.length)
  return { lines, days: lines.map(({ from }) => from), amounts, starts }
}

/** Where lines of an amount from `low` to `high` (both included) stand that lie in the item's window. */
export function spansWithin(index: AmountIndex, low: bigint, high: bigint, item: Party): readonly Span[] {
  const first = firstAmount(index.amounts, low)
  const end = firstAmount(index.amounts, high + 1n)
  const spans: Span[] = []
  if (end - first > AMOUNTS_APART) return [{ start: index.starts[first] ?? 0, end: index.starts[end] ?? 0 }]
  for (let amount = first; amount < end; amount += 1) {
    const [from, to] = [index.starts[amount] ?? 0, index.starts[amount + 1] ?? 0]
    const span = { start: firstDay(index.days, from, to, item.from), end: firstDay(index.days, from, to, item.to + 1) }
    if (span.start < span.end) spans.push(span)
  }
  return spans
}

function firstAmount(sorted: readonly bigint[], value: bigint): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const found = sorted[middle]
    if (found !== undefined && found < value) low = middle + 1
    else high = middle
  }
  return low
}

function firstDay(days: readonly number[], from: number, to: number, day: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((days[middle] ?? 0) < day) low = middle + 1
    else high = middle
  }
  return low
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
