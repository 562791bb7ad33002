/**
 * What two parts of one day share. One may follow the other, overlapping or not, or lie inside it. Where one follows, what
 * the first closed with less what the second opened with is the sum of the lines both show. Every way that fits the
 * lines and the balances is looked at, and only what leaves no choice is an answer.
 */
import type { Units } from '../money/money.ts'
import { common, countsOf, isSame, without, type Counts } from './counts.ts'
import type { DayLine, DaySegment } from './day-overlap.ts'
import { isById } from './identity.ts'

export type Overlap =
  /** However the parts lie, they share no line. */
  | { readonly kind: 'nothing' }
  /** These, if nothing is missing between the parts. */
  | { readonly kind: 'lines'; readonly lines: Counts }
  | { readonly kind: 'unknown' }

/** What both would show in one way of lying; null when it does not fit; `unknown` when several sets do. */
type Fit = Counts | 'unknown' | null

/** Lines with ids of their own are known anyway, and only explain a part of the balances. */
export function overlapOf(a: DaySegment, b: DaySegment): Overlap {
  const shared = common(countsOf(a.lines), countsOf(b.lines))
  if ([...shared.keys()].every(isById)) return { kind: 'nothing' }
  const fits = [
    ...(mayFollow(a, b) ? [following(a, b)] : []),
    ...(mayFollow(b, a) ? [following(b, a)] : []),
    ...(isInner(b) ? [inside(a, b)] : []),
    ...(isInner(a) ? [inside(b, a)] : []),
  ].filter((fit) => fit !== null)
  if (fits.includes('unknown')) return { kind: 'unknown' }
  const sets = fits.filter((fit) => fit !== 'unknown')
  const some = sets.find((lines) => lines.size > 0)
  if (some === undefined) return { kind: 'nothing' }
  return sets.every((lines) => isSame(lines, some)) ? { kind: 'lines', lines: some } : { kind: 'unknown' }
}

/** Nothing comes before a head or after a tail. */
function mayFollow(first: DaySegment, second: DaySegment): boolean {
  return first.part !== 'tail' && second.part !== 'head'
}

function isInner({ part }: DaySegment): boolean {
  return part === 'piece'
}

/** Whether all of the inner may be a part of the outer, by its lines and by the balances it begins or ends with. */
function inside(outer: DaySegment, inner: DaySegment): Fit {
  const counts = countsOf(inner.lines)
  if (without(inner.lines, countsOf(outer.lines)).length > 0) return null
  const rest = without(outer.lines, counts)
  const starts = outer.opening !== null && inner.opening !== null ? inner.opening - outer.opening : null
  const ends = outer.closing !== null && inner.closing !== null ? outer.closing - inner.closing : null
  const fits = [starts, ends].every((wanted) => wanted === null || comesTo(rest, wanted))
  return fits ? counts : null
}

/** True when some of the lines come to the sum, or there are too many to say. */
function comesTo(lines: readonly DayLine[], wanted: Units): boolean {
  const sums = new Set<Units>([0n])
  for (const { amount } of lines) {
    // A copy, as the set grows while it is walked.
    for (const sum of Array.from(sums)) sums.add(sum + amount)
    if (sums.size > SUMS) return true
  }
  return sums.has(wanted)
}

function following(a: DaySegment, b: DaySegment): Fit {
  if (a.closing === null || b.opening === null) return 'unknown'
  const span = a.closing - b.opening
  const sets = setsOf(a.lines, b.lines, span)
  if (sets !== 'unknown') return sets
  // Some sum to nothing. Then the order decides, which only printed balances prove.
  if (!isOrdered(a.lines) || !isOrdered(b.lines)) return 'unknown'
  const runs = runsOf(a.lines, b.lines, span)
  return runs.length === 1 ? countsOf(b.lines.slice(0, runs[0])) : 'unknown'
}

/** Lengths at which the end of `a` is the beginning of `b` and comes to the span. */
function runsOf(a: readonly DayLine[], b: readonly DayLine[], span: Units): readonly number[] {
  const fitting: number[] = []
  let sum: Units = 0n
  for (let length = 0; length <= Math.min(a.length, b.length); length += 1) {
    if (length > 0) sum += b[length - 1]?.amount ?? 0n
    if (sum !== span) continue
    const isRun = b.slice(0, length).every(({ identity, balance }, at) => {
      const other = a[a.length - length + at]
      return other?.identity === identity && other.balance === balance
    })
    if (isRun) fitting.push(length)
  }
  return fitting
}

/** The printed balances follow in this order, and would not in the other. */
function isOrdered(lines: readonly DayLine[]): boolean {
  return follows(lines) && (lines.length === 1 || !follows(lines.toReversed()))
}

function follows(lines: readonly DayLine[]): boolean {
  return lines.every(({ balance, amount }, at) => {
    const before = lines[at - 1]?.balance
    return balance !== null && (at === 0 || (before ?? 0n) + amount === balance)
  })
}

/** More different sums than this are not searched. */
const SUMS = 5000

interface Way {
  readonly ways: number
  readonly taken: Counts
}

function setsOf(a: readonly DayLine[], b: readonly DayLine[], span: Units): Fit {
  const amounts = new Map(b.map(({ identity, amount }) => [identity, amount]))
  let sums = new Map<Units, Way>([[0n, { ways: 1, taken: new Map() }]])
  for (const [identity, most] of common(countsOf(a), countsOf(b))) {
    const next = new Map<Units, Way>()
    for (const [sum, { ways, taken }] of sums) {
      for (let count = isById(identity) ? most : 0; count <= most; count += 1) {
        const reached = sum + (amounts.get(identity) ?? 0n) * BigInt(count)
        const known = next.get(reached)?.ways ?? 0
        next.set(reached, { ways: ways + known, taken: count === 0 ? taken : new Map(taken).set(identity, count) })
      }
    }
    if (next.size > SUMS) return 'unknown'
    sums = next
  }
  const found = sums.get(span)
  if (found === undefined) return null
  return found.ways === 1 ? found.taken : 'unknown'
}
