/**
 * Follows a column of printed balances from row to row. Files are oldest or newest first, and rows of one moment stand in
 * any order, so the order is searched for before anything is called wrong; what then still does not follow is named.
 */
import type { Units } from '../money/money.ts'

export interface BalanceRow {
  readonly line: number
  readonly amount: Units
  /** After the row, as printed. */
  readonly balance: Units | null
  /** When, in any unit that sorts. Rows of one moment may be reordered among themselves. */
  readonly moment: number
}

export interface BalanceBreak {
  readonly line: number
  readonly expected: Units
  readonly printed: Units
}

export interface FollowedBalances {
  readonly opening: Units
  readonly closing: Units
  readonly breaks: readonly BalanceBreak[]
  /** How many balances were held against an earlier one. */
  readonly compared: number
  readonly isNewestFirst: boolean
}

/**
 * Null when no row prints a balance. Of the possible orders the one with the fewest breaks, by time where they are equal;
 * `isFileNewestFirst` tells what time cannot, when all rows are of one moment.
 */
export function followBalances(rows: readonly BalanceRow[], isFileNewestFirst = false): FollowedBalances | null {
  if (!rows.some(({ balance }) => balance !== null)) return null
  const reversed = [...rows].reverse()
  const span = (rows.at(-1)?.moment ?? 0) - (rows[0]?.moment ?? 0)
  const isByTimeReversed = span < 0 || (span === 0 && isFileNewestFirst)
  const orders = isByTimeReversed
    ? [
        { order: reversed, isNewestFirst: true },
        { order: rows, isNewestFirst: false },
      ]
    : [
        { order: rows, isNewestFirst: false },
        { order: reversed, isNewestFirst: true },
      ]
  if (!isSorted(rows) && !isSorted(reversed))
    orders.push({ order: [...rows].sort((a, b) => a.moment - b.moment), isNewestFirst: false })
  let best: FollowedBalances | null = null
  for (const { order, isNewestFirst } of orders) {
    const followed = { ...follow(order), isNewestFirst }
    if (best === null || followed.breaks.length < best.breaks.length) best = followed
    if (best.breaks.length === 0) break
  }
  return best !== null && span === 0 ? fromZero(best, rows) : best
}

/**
 * Rows of one moment that come back to where they began may have begun at any balance they pass. At zero then, if they pass
 * it: a currency that money is only converted through holds nothing before and after.
 */
function fromZero(followed: FollowedBalances, rows: readonly BalanceRow[]): FollowedBalances {
  const isLoop = followed.breaks.length === 0 && followed.opening === followed.closing
  return isLoop && rows.some(({ balance }) => balance === 0n) ? { ...followed, opening: 0n, closing: 0n } : followed
}

function isSorted(rows: readonly BalanceRow[]): boolean {
  return rows.every((row, at) => at === 0 || (rows[at - 1]?.moment ?? 0) <= row.moment)
}

function follow(rows: readonly BalanceRow[]): Omit<FollowedBalances, 'isNewestFirst'> {
  const breaks: BalanceBreak[] = []
  let opening: Units | null = null
  let now: Units | null = null
  let unproven = 0n
  let compared = 0
  for (let at = 0; at < rows.length;) {
    const group = groupAt(rows, at)
    at += group.length
    for (const row of inFollowingOrder(group, now === null ? null : now + unproven)) {
      unproven += row.amount
      if (row.balance === null) continue
      const expected: Units = (now ?? row.balance - unproven) + unproven
      if (now !== null) compared += 1
      opening ??= row.balance - unproven
      if (expected !== row.balance) breaks.push({ line: row.line, expected, printed: row.balance })
      now = row.balance
      unproven = 0n
    }
  }
  return { opening: opening ?? 0n, closing: (now ?? 0n) + unproven, breaks, compared }
}

/** The rows from `at` on that share its moment. */
function groupAt(rows: readonly BalanceRow[], at: number): readonly BalanceRow[] {
  const moment = rows[at]?.moment
  let end = at + 1
  while (end < rows.length && rows[end]?.moment === moment) end += 1
  return rows.slice(at, end)
}

function inFollowingOrder(group: readonly BalanceRow[], start: Units | null): readonly BalanceRow[] {
  if (group.length === 1 || follows(group, start)) return group
  const steps: Step[] = []
  for (const row of group) {
    if (row.balance === null) return group
    steps.push({ row, before: row.balance - row.amount, after: row.balance })
  }
  return trail(steps, start ?? likelyStart(steps)) ?? nearTrail(steps, start ?? likelyStart(steps))
}

function follows(group: readonly BalanceRow[], start: Units | null): boolean {
  let now = start
  for (const { balance, amount } of group) {
    if (balance === null || (now !== null && now + amount !== balance)) return false
    now = balance
  }
  return true
}

/** A row as a step from one balance to the next. */
interface Step {
  readonly row: BalanceRow
  readonly before: Units
  readonly after: Units
}

/** The balance that more rows start from than end at. */
function likelyStart(steps: readonly Step[]): Units {
  const surplus = new Map<Units, number>()
  for (const { before, after } of steps) {
    surplus.set(before, (surplus.get(before) ?? 0) + 1)
    surplus.set(after, (surplus.get(after) ?? 0) - 1)
  }
  return steps.find(({ before }) => (surplus.get(before) ?? 0) > 0)?.before ?? steps[0]?.before ?? 0n
}

/** Every step once, each starting where the last ended (Hierholzer); null when there is no such order. */
function trail(steps: readonly Step[], start: Units): readonly BalanceRow[] | null {
  const open = stepsByBefore(steps)
  const path: { readonly at: Units; readonly by: Step | null }[] = [{ at: start, by: null }]
  const found: Step[] = []
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = open.get(top.at)?.shift()
    if (next !== undefined) path.push({ at: next.after, by: next })
    else {
      path.pop()
      if (top.by !== null) found.push(top.by)
    }
  }
  found.reverse()
  const isWhole = found.length === steps.length
  const isConnected = found.every(({ before }, at) => before === (at === 0 ? start : found[at - 1]?.after))
  return isWhole && isConnected ? found.map(({ row }) => row) : null
}

/** As far as steps follow; then the one nothing leads to, which is the one to name. */
function nearTrail(steps: readonly Step[], start: Units): readonly BalanceRow[] {
  const left = new Set(steps)
  const open = stepsByBefore(steps)
  const order: BalanceRow[] = []
  let now = start
  while (left.size > 0) {
    const fitting = open.get(now)?.find((step) => left.has(step))
    const next = fitting ?? unled(left)
    if (next === undefined) break
    left.delete(next)
    order.push(next.row)
    now = next.after
  }
  return order
}

function unled(left: ReadonlySet<Step>): Step | undefined {
  const ends = new Set([...left].map(({ after }) => after))
  const all = [...left]
  return all.find(({ before }) => !ends.has(before)) ?? all[0]
}

function stepsByBefore(steps: readonly Step[]): Map<Units, Step[]> {
  const open = new Map<Units, Step[]>()
  for (const step of steps) {
    const list = open.get(step.before)
    if (list === undefined) open.set(step.before, [step])
    else list.push(step)
  }
  return open
}
