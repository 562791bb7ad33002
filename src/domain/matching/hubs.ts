/** A hub is one reference and everything open that names it, on both sides: all that "the same id" can mean. */
import { compareText, isOpen, type Board, type Party } from './board.ts'

export interface Hub {
  readonly reference: string
  readonly lines: readonly Party[]
  readonly items: readonly Party[]
}

/** Sorted by reference. References only one side knows are in none. */
export function hubsOf(board: Board): readonly Hub[] {
  const hubs = new Map<string, { reference: string; lines: Party[]; items: Party[] }>()
  for (const item of board.items) {
    if (!isOpen(item)) continue
    for (const reference of new Set(item.source.references)) {
      const hub = hubs.get(reference)
      if (hub === undefined) hubs.set(reference, { reference, lines: [], items: [item] })
      else hub.items.push(item)
    }
  }
  for (const line of board.lines) {
    if (!isOpen(line)) continue
    for (const reference of new Set(line.source.references)) hubs.get(reference)?.lines.push(line)
  }
  return [...hubs.values()]
    .filter(({ lines }) => lines.length > 0)
    .sort((a, b) => compareText(a.reference, b.reference))
}

export function membersOf({ lines, items }: Hub): readonly Party[] {
  return [...lines, ...items]
}

export function byAmount(parties: readonly Party[]): ReadonlyMap<bigint, readonly Party[]> {
  const classes = new Map<bigint, Party[]>()
  for (const party of parties) {
    const same = classes.get(party.amount)
    if (same === undefined) classes.set(party.amount, [party])
    else same.push(party)
  }
  return classes
}
