/**
 * How many lines a day has of which several files show parts. A file that shows all of it decides; parts with the same open
 * end lie inside each other. Other parts share what their balances leave no choice about (part-overlap.ts). What is left
 * open counts once and is called doubtful: as often as the part that shows it most often.
 */
import type { Units } from '../money/money.ts'
import type { DayPart } from './coverage.ts'
import { countsOf, without, type Counts } from './counts.ts'
import { isById } from './identity.ts'
import { overlapOf, type Overlap } from './part-overlap.ts'

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
  readonly counts: Counts
  /** How many of each may be further lines that nobody can tell from those counted. */
  readonly doubtful: Counts
}

export function linesOfDay(segments: readonly DaySegment[]): DayLines {
  const ofPart = (part: DayPart): readonly DaySegment[] => segments.filter((each) => each.part === part)
  if (ofPart('whole').length > 0) return { counts: most(segments), doubtful: new Map() }
  const parts = [nested(ofPart('head')), ...ofPart('piece'), nested(ofPart('tail'))].filter((part) => part !== null)
  const shown = parts.map(({ lines }) => countsOf(lines))
  const overlaps = pairsOf(parts)
  const counts = new Map<string, number>()
  const doubtful = new Map<string, number>()
  for (const identity of new Set(shown.flatMap((each) => [...each.keys()]))) {
    const times = shown.map((each) => each.get(identity) ?? 0)
    const sum = times.reduce((all, each) => all + each, 0)
    const highest = Math.max(...times)
    const shared = isById(identity) && highest === 1 ? sum - 1 : sharedOf(identity, times, overlaps)
    counts.set(identity, shared === null ? highest : sum - shared)
    if (shared === null) doubtful.set(identity, sum - highest)
  }
  return { counts, doubtful }
}

interface Pair {
  readonly a: number
  readonly b: number
  readonly overlap: Overlap
}

function pairsOf(parts: readonly DaySegment[]): readonly Pair[] {
  return parts.flatMap((one, a) =>
    parts.slice(a + 1).map((other, at) => ({ a, b: a + 1 + at, overlap: overlapOf(one, other) })),
  )
}

/**
 * How often several parts show the same line. Null when nothing tells: also where a third part exists, as one that lies
 * between two others undoes what their balances seemed to say.
 */
function sharedOf(identity: string, times: readonly number[], pairs: readonly Pair[]): number | null {
  const both = pairs.filter(({ a, b }) => (times[a] ?? 0) > 0 && (times[b] ?? 0) > 0)
  if (both.every(({ overlap }) => overlap.kind === 'nothing')) return 0
  const [only] = pairs
  return pairs.length === 1 && only?.overlap.kind === 'lines' ? (only.overlap.lines.get(identity) ?? 0) : null
}

/** Of parts that lie inside each other the longest. Balances prove nothing where another shows a line that it does not. */
function nested(segments: readonly DaySegment[]): DaySegment | null {
  const [longest, ...others] = segments.toSorted((a, b) => b.lines.length - a.lines.length)
  if (longest === undefined) return null
  let { lines } = longest
  for (const other of others) lines = [...lines, ...without(other.lines, countsOf(lines))]
  return lines.length === longest.lines.length ? longest : { ...longest, lines, opening: null, closing: null }
}

function most(segments: readonly DaySegment[]): Counts {
  const counts = new Map<string, number>()
  for (const { lines } of segments)
    for (const [identity, count] of countsOf(lines)) counts.set(identity, Math.max(count, counts.get(identity) ?? 0))
  return counts
}
