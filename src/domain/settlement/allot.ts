/** Which part of which item each line of a match pays: in order, each line as far as it reaches; what is left over is the last line's. */
import type { Units } from '../money/money.ts'
import type { SettledItem, SettledLine, SettledMatch } from './settlement.ts'
import { takenInTurn } from './taken.ts'

export interface Portion {
  readonly item: SettledItem
  /** Of the item's amount, signed like it. */
  readonly amount: Units
}

export interface Allotted {
  readonly line: SettledLine
  /** What the line stands for: its amount, or its gross when the line itself states its fee. */
  readonly covers: Units
  readonly portions: readonly Portion[]
  /** Items less lines: positive when less came in, or more went out, than the items say. Only the last line's can be other than zero. */
  readonly difference: Units
}

export function allot({ lines, items, difference }: SettledMatch): readonly Allotted[] {
  const isGross = coversGross(lines, items, difference)
  const queue = items.map((item) => ({ item, left: item.amount }))
  return lines.map((line, index) => {
    const covers = isGross ? grossOf(line) : line.amount
    const isLast = index === lines.length - 1
    const portions: Portion[] = []
    let reach = covers
    for (;;) {
      const head = queue[0]
      if (head === undefined || (!isLast && reach === 0n)) break
      const amount = isLast || magnitude(head.left) <= magnitude(reach) ? head.left : reach
      portions.push({ item: head.item, amount })
      reach -= amount
      head.left -= amount
      if (head.left === 0n) queue.shift()
    }
    return { line, covers, portions, difference: -reach }
  })
}

/** A line's amount before what it says was taken off it. */
export function grossOf({ amount, fee, tax }: SettledLine): Units {
  return amount + (fee ?? 0n) + (tax ?? 0n)
}

/**
 * Lines stand for their gross where it is nearer than their net to the items less what is known to be taken besides: a tax
 * withheld leaves the gross, and the fee the line states comes off that. Without a difference the gross has to be all.
 */
function coversGross(
  lines: readonly SettledLine[],
  items: readonly SettledItem[],
  difference: SettledMatch['difference'],
): boolean {
  const [first] = items
  const expected = items.reduce((sum, { amount }) => sum + amount, 0n)
  const net = lines.reduce((sum, { amount }) => sum + amount, 0n)
  const gross = lines.reduce((sum, line) => sum + grossOf(line), 0n)
  if (gross === expected || net === expected) return net !== expected
  if (difference.kind === 'none' || first === undefined) return false
  // What is given up lies beyond the fee the lines state, unless the net falls short and the gross goes beyond what was expected.
  if (difference.kind === 'written-off') return gross !== net && expected > gross === expected > net
  const parts = difference.kind === 'fee' ? difference.parts : []
  const taken = takenInTurn(parts, expected, first.currency).reduce((sum, { amount }) => sum + amount, 0n)
  return magnitude(expected - gross - taken) < magnitude(expected - net - taken)
}

function magnitude(units: Units): Units {
  return units < 0n ? -units : units
}
