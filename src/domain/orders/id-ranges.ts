/**
 * Ranges of whole numbers, both ends included: which ids of a panel have been asked about. Kept merged, so that what is
 * remembered of millions of ids is a few rows.
 */
export interface IdRange {
  readonly first: number
  readonly last: number
}

/** How many ids a range holds. */
export function sizeOfRange({ first, last }: IdRange): number {
  return last - first + 1
}

/** The same ids as ranges that neither overlap nor touch, ascending. */
export function mergeRanges(ranges: readonly IdRange[]): readonly IdRange[] {
  const merged: IdRange[] = []
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = merged[merged.length - 1]
    if (before === undefined || range.first > before.last + 1) merged.push(range)
    else if (range.last > before.last) merged[merged.length - 1] = { first: before.first, last: range.last }
  }
  return merged
}

/** The range without the ids named, ascending. */
export function rangeWithout({ first, last }: IdRange, ids: readonly number[]): readonly IdRange[] {
  const ranges: IdRange[] = []
  let from = first
  for (const id of ids.toSorted((a, b) => a - b)) {
    if (id < from || id > last) continue
    if (id > from) ranges.push({ first: from, last: id - 1 })
    from = id + 1
  }
  if (from <= last) ranges.push({ first: from, last })
  return ranges
}

/** The highest ids up to `last` and from `first` on that are in none of the merged ranges, at most `limit`, descending. */
export function highestOutside({ first, last }: IdRange, ranges: readonly IdRange[], limit: number): readonly number[] {
  const ids: number[] = []
  let id = last
  for (const range of ranges.toReversed()) {
    for (; id > range.last && id >= first && ids.length < limit; id -= 1) ids.push(id)
    id = Math.min(id, range.first - 1)
  }
  for (; id >= first && ids.length < limit; id -= 1) ids.push(id)
  return ids
}
