/**
 * Lines and items of one amount: which line pays which item? Only what holds in every complete assignment is answered.
 * Lines are points in time and items are windows, so it takes n log n, however many pairs fit.
 */
import { compareParties, inWindow, type Party } from './board.ts'
import { widenToClosures } from './closures.ts'

export type Pair = readonly [line: Party, item: Party]

export interface Unclear {
  readonly lines: readonly Party[]
  readonly items: readonly Party[]
  /** How many pairs of them fit. */
  readonly pairs: number
  /** The first of these pairs. */
  readonly examples: readonly Pair[]
}

/** Who has no candidate is in neither list. */
export interface Assignment {
  readonly pairs: readonly Pair[]
  readonly unclear: readonly Unclear[]
}

const EXAMPLES = 5

/** Of one amount on both sides. Pairs are those that every assignment that leaves nobody over has in common. */
export function assignByWindow(lines: readonly Party[], items: readonly Party[]): Assignment {
  const [line, item] = [lines[0], items[0]]
  if (lines.length === 1 && items.length === 1 && line !== undefined && item !== undefined) {
    return { pairs: inWindow(line, item) ? [[line, item]] : [], unclear: [] }
  }
  const pairs: Pair[] = []
  const unclear: Unclear[] = []
  for (const part of connected(lines, items)) solve(part, pairs, unclear)
  return { pairs, unclear }
}

interface Connected {
  /** By day. */
  readonly lines: readonly Party[]
  readonly items: readonly Party[]
}

/** The parts that share no fitting pair. Lines without items and items without lines are in none. */
function connected(lines: readonly Party[], items: readonly Party[]): readonly Connected[] {
  const byDay = [...lines].sort((a, b) => a.from - b.from || a.index - b.index)
  const days = byDay.map(({ from }) => from)
  const waiting = items
    .map((item) => ({ item, low: firstAtLeast(days, item.from), end: firstAtLeast(days, item.to + 1) }))
    .filter(({ low, end }) => low < end)
    .sort((a, b) => a.low - b.low || a.item.index - b.item.index)
  const parts: Connected[] = []
  for (let next = 0; next < waiting.length;) {
    const low = waiting[next]?.low ?? 0
    let end = low
    const members: Party[] = []
    for (let one = waiting[next]; one !== undefined && (one.low < end || members.length === 0); one = waiting[next]) {
      members.push(one.item)
      end = Math.max(end, one.end)
      next += 1
    }
    parts.push({ lines: byDay.slice(low, end), items: members })
  }
  return parts
}

function solve(part: Connected, pairs: Pair[], unclear: Unclear[]): void {
  const { lines, items } = part
  const days = lines.map(({ from }) => from)
  const assigned = lines.length === items.length ? assignAll(days, items) : null
  if (assigned === null) {
    unclear.push(describe(lines, items))
    return
  }
  const low = Int32Array.from(assigned, ({ from }) => firstAtLeast(days, from))
  const high = Int32Array.from(assigned, ({ to }) => firstAtLeast(days, to + 1) - 1)
  widenToClosures(low, high)
  const cycles = new Map<string, number[]>()
  for (const position of assigned.keys()) {
    const closure = `${low[position]}-${high[position]}`
    const cycle = cycles.get(closure)
    if (cycle === undefined) cycles.set(closure, [position])
    else cycle.push(position)
  }
  for (const cycle of cycles.values()) {
    const cycleLines = cycle.flatMap((position) => lines[position] ?? [])
    const cycleItems = cycle.flatMap((position) => assigned[position] ?? [])
    const [line, item] = [cycleLines[0], cycleItems[0]]
    if (cycle.length === 1 && line !== undefined && item !== undefined) pairs.push([line, item])
    else unclear.push(describe(cycleLines, cycleItems))
  }
}

/**
 * The item of every line, or null when no assignment leaves nobody over. The window that ends first takes the first line
 * it can: whoever else could have that line can have any later one the window could (Glover 1967).
 */
function assignAll(days: readonly number[], items: readonly Party[]): readonly Party[] | null {
  const slots: (Party | undefined)[] = Array.from({ length: days.length })
  const nextFree = Int32Array.from({ length: days.length + 1 }, (_, position) => position)
  const free = (from: number): number => {
    let root = from
    while ((nextFree[root] ?? root) !== root) root = nextFree[root] ?? root
    for (let walk = from; walk !== root;) {
      const next = nextFree[walk] ?? root
      nextFree[walk] = root
      walk = next
    }
    return root
  }
  for (const item of [...items].sort((a, b) => a.to - b.to || a.index - b.index)) {
    const slot = free(firstAtLeast(days, item.from))
    if (slot >= days.length || (days[slot] ?? 0) > item.to) return null
    slots[slot] = item
    nextFree[slot] = slot + 1
  }
  return slots.filter((item) => item !== undefined)
}

function describe(someLines: readonly Party[], someItems: readonly Party[]): Unclear {
  const lines = [...someLines].sort((a, b) => a.from - b.from || a.index - b.index)
  const items = [...someItems].sort(compareParties)
  const days = lines.map(({ from }) => from)
  let pairs = 0
  const examples: Pair[] = []
  for (const item of items) {
    const low = firstAtLeast(days, item.from)
    const end = firstAtLeast(days, item.to + 1)
    pairs += end - low
    for (let position = low; position < end && examples.length < EXAMPLES; position += 1) {
      const line = lines[position]
      if (line !== undefined) examples.push([line, item])
    }
  }
  return { lines, items, pairs, examples }
}

/** The first position of a sorted list whose value is at least this. */
export function firstAtLeast(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
