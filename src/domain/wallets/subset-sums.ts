/**
 * Which of some amounts come to a total, every combination considered. Two halves are added up apart and met in the
 * middle, so that twenty amounts cost two thousand sums and not a million.
 */
import type { Units } from '../money/money.ts'

/** More amounts than this are refused: a sum over many is found by chance. */
export const MOST_SUBSET_AMOUNTS = 20

export interface SubsetFits {
  /** How many combinations there are, counted to the last. */
  readonly count: number
  /** The first of them, by the positions of their amounts. */
  readonly shown: readonly (readonly number[])[]
}

/** Combinations of at least one amount that come to `total`; at most `limit` of them are spelled out. */
export function subsetsComingTo(amounts: readonly Units[], total: Units, limit: number): SubsetFits {
  if (amounts.length > MOST_SUBSET_AMOUNTS)
    throw new RangeError(`${amounts.length} amounts are more than ${MOST_SUBSET_AMOUNTS}`)
  const half = amounts.length >> 1
  const low = sumsOf(amounts.slice(0, half))
  const high = sumsOf(amounts.slice(half))
  const masksBySum = new Map<Units, number[]>()
  for (const [mask, sum] of low.entries()) {
    const masks = masksBySum.get(sum)
    if (masks === undefined) masksBySum.set(sum, [mask])
    else masks.push(mask)
  }
  const shown: (readonly number[])[] = []
  let count = 0
  for (const [highMask, sum] of high.entries()) {
    for (const lowMask of masksBySum.get(total - sum) ?? []) {
      if (lowMask === 0 && highMask === 0) continue
      count += 1
      if (shown.length < limit) shown.push([...positionsOf(lowMask, 0), ...positionsOf(highMask, half)])
    }
  }
  return { count, shown }
}

/** Whether some of them, at least one, come within `slack` of a total. */
export function comeWithin(amounts: readonly Units[], total: Units, slack: Units): boolean {
  if (amounts.length > MOST_SUBSET_AMOUNTS)
    throw new RangeError(`${amounts.length} amounts are more than ${MOST_SUBSET_AMOUNTS}`)
  const half = amounts.length >> 1
  const [none = 0n, ...low] = sumsOf(amounts.slice(0, half))
  const sorted = inOrder(low)
  const all = inOrder([none, ...low])
  return sumsOf(amounts.slice(half)).some((high, mask) => {
    const least = total - slack - high
    const next = firstAtLeast(mask === 0 ? sorted : all, least)
    return next !== undefined && next <= least + 2n * slack
  })
}

function inOrder(sums: readonly Units[]): readonly Units[] {
  return [...sums].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0))
}

/** Of sums in order. */
function firstAtLeast(sums: readonly Units[], least: Units): Units | undefined {
  let [from, to] = [0, sums.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((sums[middle] ?? 0n) < least) from = middle + 1
    else to = middle
  }
  return sums[from]
}

/** The sum of every combination, at the position whose bits are its amounts. */
function sumsOf(amounts: readonly Units[]): readonly Units[] {
  const sums: Units[] = [0n]
  for (const amount of amounts) {
    const known = sums.length
    for (let at = 0; at < known; at += 1) sums.push((sums[at] ?? 0n) + amount)
  }
  return sums
}

function positionsOf(mask: number, first: number): readonly number[] {
  const positions: number[] = []
  for (let bit = 0; mask >> bit !== 0; bit += 1) if ((mask >> bit) % 2 === 1) positions.push(first + bit)
  return positions
}
