/**
 * Which open things would explain a difference exactly: all sums of up to so many candidates, and what was really
 * searched. "Exactly one" and "none" are only worth as much as the bound, so every answer carries it.
 */
import type { Units } from '../money/money.ts'
import { fewSums, sumsOfSize, workOf } from './few-sums.ts'
import { prepareSubsets, subsetsOf } from './subset-search.ts'

export interface Suspect {
  readonly id: string
  readonly amount: Units
  /** Whatever tells a person what it is: "open item", "rounding", "duplicate". */
  readonly kind: string
  /** Whose money it is. Two of one object that cancel out are no part of an explanation. */
  readonly about?: string
}

export interface ExplainBound {
  readonly maxItems: number
  /** Only the first so many candidates are used: put the likeliest first. */
  readonly maxCandidates: number
  /** How many sums may be made; about ten million take a second. */
  readonly maxWork: number
}

export const EXPLAIN_BOUND: ExplainBound = { maxItems: 4, maxCandidates: 400, maxWork: 5_000_000 }

export interface Searched {
  /** Every sum of up to so many items was tried; 0 when not even single ones could be. */
  readonly upTo: number
  /** Among so many candidates. */
  readonly candidates: number
  /** So many were left out, because there were more than the bound. */
  readonly leftOut: number
}

export type Explanation =
  | { readonly kind: 'one'; readonly ids: readonly string[]; readonly searched: Searched }
  | {
      readonly kind: 'several'
      readonly count: number
      /** False: at least so many. */
      readonly counted: boolean
      /** The first few, fewest items first. */
      readonly alternatives: readonly (readonly string[])[]
      readonly searched: Searched
    }
  | { readonly kind: 'none'; readonly upTo: number; readonly searched: Searched }

const COUNT_BOUND = 1000
const LISTED = 10
/** Sums kept in memory at once: about 100 MB. */
const MOST_KEPT = 500_000
const HALVES_UP_TO = 30
const SMALLEST_SUM = 2

/**
 * @param difference not zero: nothing needs no explanation
 * @param suspects zero amounts explain nothing and are passed over
 */
export function explainDifference(
  difference: Units,
  suspects: readonly Suspect[],
  bound: ExplainBound = EXPLAIN_BOUND,
): Explanation {
  const counting = suspects.filter(({ amount }) => amount !== 0n)
  const candidates = counting.slice(0, Math.max(0, bound.maxCandidates))
  const amounts = candidates.map(({ amount }) => amount)
  const cancelling = cancellingOf(candidates)
  // The halves cannot pass over sums while they search: a bound full of such sums would hide the others.
  const { found, upTo } =
    (cancelling.size === 0 ? searchHalves(amounts, difference, bound) : null) ??
    searchSizes(amounts, difference, bound, (positions) => !takesBoth(positions, cancelling))
  const searched = { upTo, candidates: candidates.length, leftOut: counting.length - candidates.length }
  const sums = found.map((positions) => positions.flatMap((position) => candidates[position]?.id ?? []))
  const [first, ...others] = sums
  if (first === undefined) return { kind: 'none', upTo, searched }
  if (others.length === 0) return { kind: 'one', ids: first, searched }
  const counted = sums.length < COUNT_BOUND
  return { kind: 'several', count: sums.length, counted, alternatives: sums.slice(0, LISTED), searched }
}

/** "exactly one sum of up to 4 items among 312 candidates": the answer and what it is worth, for a person. */
export function explanationText(explanation: Explanation): string {
  const { upTo, candidates, leftOut } = explanation.searched
  const among = `up to ${plural(upTo, 'item')} among ${plural(candidates, 'candidate')}`
  const rest = leftOut === 0 ? '' : `; ${plural(leftOut, 'more candidate')} not looked at`
  switch (explanation.kind) {
    case 'one':
      return `exactly one: ${plural(explanation.ids.length, 'item')}, of all sums of ${among}${rest}`
    case 'several':
      return `${explanation.counted ? '' : 'at least '}${explanation.count.toLocaleString('en')} alternatives of ${among}${rest}`
    case 'none':
      return `none ${among}${rest}`
  }
}

interface Found {
  readonly found: readonly (readonly number[])[]
  readonly upTo: number
}

/** All sizes at once, where there are few candidates; null where there are too many, or their sums are too large. */
function searchHalves(
  amounts: readonly bigint[],
  difference: bigint,
  { maxItems, maxWork }: ExplainBound,
): Found | null {
  const upTo = Math.min(maxItems, amounts.length)
  if (amounts.length > HALVES_UP_TO || upTo < SMALLEST_SUM || 2 ** (amounts.length / 2 + 1) > maxWork) return null
  const search = prepareSubsets(amounts, upTo)
  if (search === null) return null
  const single = amounts.flatMap((amount, position) => (amount === difference ? [[position]] : []))
  const sums = subsetsOf(search, difference, COUNT_BOUND - single.length)
  return { found: [...single, ...[...sums].sort(fewestFirst)], upTo }
}

/** One size after the other, as far as the work allows. */
function searchSizes(
  amounts: readonly bigint[],
  difference: bigint,
  { maxItems, maxWork }: ExplainBound,
  isWanted: (positions: readonly number[]) => boolean,
): Found {
  const search = fewSums(amounts, difference)
  const found: (readonly number[])[] = []
  let work = 0
  let upTo = 0
  for (let size = 1; size <= Math.min(maxItems, amounts.length) && found.length < COUNT_BOUND; size += 1) {
    const { steps, kept } = workOf(amounts.length, size)
    work += steps
    if (work > maxWork || kept > MOST_KEPT) break
    found.push(...sumsOfSize(search, size, COUNT_BOUND - found.length, isWanted))
    upTo = size
  }
  return { found, upTo }
}

/** By position: the later ones of the same object and the opposite amount. */
function cancellingOf(candidates: readonly Suspect[]): ReadonlyMap<number, ReadonlySet<number>> {
  const cancelling = new Map<number, Set<number>>()
  const positions = [...candidates.keys()].filter((position) => candidates[position]?.about !== undefined)
  for (const same of Map.groupBy(positions, (position) => candidates[position]?.about).values()) {
    for (const [index, position] of same.entries()) {
      const opposite = -(candidates[position]?.amount ?? 0n)
      const later = same.slice(index + 1).filter((other) => candidates[other]?.amount === opposite)
      if (later.length > 0) cancelling.set(position, new Set(later))
    }
  }
  return cancelling
}

function takesBoth(positions: readonly number[], cancelling: ReadonlyMap<number, ReadonlySet<number>>): boolean {
  return positions.some((position) => positions.some((other) => cancelling.get(position)?.has(other) === true))
}

function fewestFirst(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return a.length - b.length
  const differs = a.findIndex((position, index) => position !== b[index])
  return differs === -1 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0)
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}
