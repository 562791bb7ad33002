/**
 * How many lines a day has when several files show parts of it. Parts with the same open end lie inside each other; a head
 * and a tail may overlap or not. Balances prove which: what the one closed with less what the other opened with is the sum
 * of the lines both show. What nothing proves is taken as the same line, and said to be doubtful.
 */
import type { Units } from '../money/money.ts'
import type { DayPart } from './coverage.ts'

export interface DayLine {
  readonly identity: string
  readonly amount: Units
  /** After it, as printed. */
  readonly balance: Units | null
}

/** What one section shows of the day, oldest first. */
export interface DaySegment {
  readonly part: DayPart
  readonly lines: readonly DayLine[]
  /** Of the section, when it begins on this day. */
  readonly opening: Units | null
  /** Of the section, when it ends on this day. */
  readonly closing: Units | null
}

export interface DayLines {
  readonly counts: ReadonlyMap<string, number>
  /** How many of each may be further lines that nobody can tell from those counted. */
  readonly doubtful: ReadonlyMap<string, number>
}

type Block = Pick<DaySegment, 'lines' | 'opening' | 'closing'>

export function linesOfDay(segments: readonly DaySegment[]): DayLines {
  const ofPart = (part: DayPart): readonly DaySegment[] => segments.filter((each) => each.part === part)
  const pieces = ofPart('piece')
  const heads = ofPart('head')
  const tails = ofPart('tail')
  const isNested = pieces.length === 0 && (heads.length === 0 || tails.length === 0)
  if (ofPart('whole').length > 0 || isNested || segments.length === 1) {
    return { counts: countsOf(nested(segments)?.lines ?? []), doubtful: new Map() }
  }
  const head = nested(heads)
  const tail = nested(tails)
  const doubtful = new Map<string, number>()
  let all: Block | null = head === null ? null : { ...head, opening: null }
  const left = [...pieces]
  while (left.length > 0) {
    const closing = all?.closing ?? null
    const next = Math.max(
      0,
      left.findIndex(({ opening }) => opening !== null && opening === closing),
    )
    const [piece] = left.splice(next, 1)
    if (piece !== undefined) all = all === null ? piece : join(all, piece, doubtful)
  }
  if (tail !== null) all = all === null ? tail : join(all, { ...tail, closing: null }, doubtful, pieces.length > 0)
  return { counts: countsOf(all?.lines ?? []), doubtful }
}

/** Of parts that lie inside each other the longest, with whatever only another shows. */
function nested(segments: readonly DaySegment[]): Block | null {
  const [longest, ...others] = segments.toSorted((a, b) => b.lines.length - a.lines.length)
  if (longest === undefined) return null
  let { lines } = longest
  for (const other of others) lines = [...lines, ...without(other.lines, countsOf(lines))]
  return { ...longest, lines }
}

/** A head and a tail never lie inside each other; any piece may. */
function join(a: Block, b: Block, doubtful: Map<string, number>, mayNest = true): Block {
  const shared = atMost(countsOf(a.lines), countsOf(b.lines))
  if (shared.size === 0) return apart(a, b)
  const forwards = spanned(a, b)
  const backwards = spanned(b, a)
  const canNest = mayNest && (liesWithin(a, b) || liesWithin(b, a))
  if (forwards !== 'unknown' && backwards !== 'unknown' && !canNest) {
    if (forwards !== null && backwards === null) return inTurn(a, b, forwards)
    if (forwards === null && backwards !== null) return inTurn(b, a, backwards)
    // Either may have come first, and it makes no difference to what both show.
    if (forwards !== null && isSame(forwards, backwards)) return { ...inTurn(a, b, forwards), ...ENDS_UNKNOWN }
  }
  for (const [identity, count] of shared) doubtful.set(identity, (doubtful.get(identity) ?? 0) + count)
  return { ...inTurn(a, b, shared), ...ENDS_UNKNOWN }
}

/** Which came first is known only by the balance they have in common. */
function apart(a: Block, b: Block): Block {
  const isFirst = a.closing !== null && a.closing === b.opening
  const isLast = b.closing !== null && b.closing === a.opening
  if (isFirst === isLast) return { ...inTurn(a, b, new Map()), ...ENDS_UNKNOWN }
  return isFirst ? inTurn(a, b, new Map()) : inTurn(b, a, new Map())
}

/** Whether all of the inner may be a part of the outer, by its lines and by the balances it begins or ends with. */
function liesWithin(outer: Block, inner: Block): boolean {
  const counts = countsOf(inner.lines)
  if (without(inner.lines, countsOf(outer.lines)).length > 0) return false
  const rest = without(outer.lines, counts)
  if (outer.opening !== null && inner.opening !== null) return comesTo(rest, inner.opening - outer.opening)
  if (outer.closing !== null && inner.closing !== null) return comesTo(rest, outer.closing - inner.closing)
  return true
}

/** True when some of the lines come to the sum, or there are too many to say. */
function comesTo(lines: readonly DayLine[], wanted: Units): boolean {
  const sums = new Set<Units>([0n])
  for (const { amount } of lines) {
    for (const sum of [...sums]) sums.add(sum + amount)
    if (sums.size > SUMS) return true
  }
  return sums.has(wanted)
}

const ENDS_UNKNOWN = { opening: null, closing: null } as const

function isSame(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number> | null): boolean {
  return a.size === b?.size && [...a].every(([identity, count]) => b.get(identity) === count)
}

function inTurn(a: Block, b: Block, overlap: ReadonlyMap<string, number>): Block {
  return { lines: [...a.lines, ...without(b.lines, overlap)], opening: a.opening, closing: b.closing }
}

/** The lines both show if `b` follows `a`; null when it cannot follow, or no balance tells; `unknown` when several sets fit. */
function spanned(a: Block, b: Block): ReadonlyMap<string, number> | 'unknown' | null {
  if (a.closing === null || b.opening === null) return null
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
  readonly taken: ReadonlyMap<string, number>
}

function setsOf(
  a: readonly DayLine[],
  b: readonly DayLine[],
  span: Units,
): ReadonlyMap<string, number> | 'unknown' | null {
  const amounts = new Map(b.map(({ identity, amount }) => [identity, amount]))
  let sums = new Map<Units, Way>([[0n, { ways: 1, taken: new Map() }]])
  for (const [identity, most] of atMost(countsOf(a), countsOf(b))) {
    const next = new Map<Units, Way>()
    for (const [sum, { ways, taken }] of sums) {
      for (let count = 0; count <= most; count += 1) {
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

function countsOf(lines: readonly DayLine[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { identity } of lines) counts.set(identity, (counts.get(identity) ?? 0) + 1)
  return counts
}

function atMost(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map(
    [...a]
      .map(([identity, count]) => [identity, Math.min(count, b.get(identity) ?? 0)] as const)
      .filter(([, count]) => count > 0),
  )
}

function without(lines: readonly DayLine[], taken: ReadonlyMap<string, number>): readonly DayLine[] {
  const left = new Map(taken)
  return lines.filter(({ identity }) => {
    const count = left.get(identity) ?? 0
    if (count > 0) left.set(identity, count - 1)
    return count === 0
  })
}
