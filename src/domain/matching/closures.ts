/**
 * Which pairs of an assignment could change partners. Pair p can hand its line to any pair whose item reaches it, and the
 * items reach whole runs of lines, so everything p can lead to is a run as well: its closure. Two pairs are in one cycle
 * of exchanges exactly when their closures are the same run.
 */

/**
 * Widens every run [low[p], high[p]] (which includes p) by the runs of all its members, until nothing changes. In place.
 * Each round doubles the number of steps covered, so there are at most log2(n) + 1 of them.
 */
export function widenToClosures(low: Int32Array, high: Int32Array): void {
  for (let changed = true; changed;) {
    changed = false
    const lowest = rangeTable(low, Math.min)
    const highest = rangeTable(high, Math.max)
    for (let p = 0; p < low.length; p += 1) {
      const from = low[p] ?? p
      const to = high[p] ?? p
      const level = 31 - Math.clz32(to - from + 1)
      const second = to - 2 ** level + 1
      const newLow = Math.min(at(lowest, level, from), at(lowest, level, second))
      const newHigh = Math.max(at(highest, level, from), at(highest, level, second))
      if (newLow === from && newHigh === to) continue
      low[p] = newLow
      high[p] = newHigh
      changed = true
    }
  }
}

/** table[k][p] is the least (or most) of the 2^k values from p on. */
function rangeTable(values: Int32Array, better: (a: number, b: number) => number): readonly Int32Array[] {
  const table = [values.slice()]
  for (let width = 1; width * 2 <= values.length; width *= 2) {
    const narrow = table[table.length - 1] ?? values
    const wide = new Int32Array(values.length - width * 2 + 1)
    for (let p = 0; p < wide.length; p += 1) wide[p] = better(narrow[p] ?? 0, narrow[p + width] ?? 0)
    table.push(wide)
  }
  return table
}

function at(table: readonly Int32Array[], level: number, position: number): number {
  return table[level]?.[position] ?? 0
}
