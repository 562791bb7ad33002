/**
 * Which lines of a section are known from earlier files and which are new. Identical lines of one file are lines of their
 * own; over files that overlap there are as many as the file that shows most of them, and on days that both files cut as
 * many as their balances prove (day-overlap.ts).
 */
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'
import { countsOf } from './counts.ts'
import type { DayLines } from './day-overlap.ts'

export interface IncomingLine {
  readonly identity: string
  readonly byId: boolean
  readonly date: IsoDate
  readonly amount: Units
  readonly balance: Units | null
  readonly counts: boolean
}

export interface KnownLine {
  readonly id: number
  readonly identity: string
  readonly amount: Units
  readonly balance: Units | null
}

export interface PlacingFacts {
  readonly known: ReadonlyMap<string, readonly KnownLine[]>
  /** Days of which no file shows the whole, and files show different ends. */
  readonly cutDays: ReadonlyMap<IsoDate, DayLines>
  /**
   * Lines that only files of another format show, by day, where one of the files shows the whole day: they word the same
   * line differently, so there the amount tells.
   */
  readonly elsewhere: ReadonlyMap<IsoDate, readonly KnownLine[]>
}

export interface Placed {
  /** The line it is; null for a new one. */
  readonly known: number | null
  /** False when it may be a new line that looks just like the known one. */
  readonly certain: boolean
}

/** One answer per line, in their order. */
export function placeLines(incoming: readonly IncomingLine[], facts: PlacingFacts): readonly Placed[] {
  const placed: Placed[] = incoming.map(() => ({ known: null, certain: true }))
  for (const [identity, places] of grouped(incoming)) {
    const known = facts.known.get(identity) ?? []
    const { fresh, doubtful } = freshOf(incoming, places, known, facts)
    const pairs = paired(incoming, places, known).slice(0, places.length - fresh)
    for (const [at, { place, id }] of pairs.entries()) placed[place] = { known: id, certain: at >= doubtful }
  }
  return byAmount(incoming, placed, facts)
}

export interface OpenQuestion {
  readonly date: IsoDate
  /** A line of earlier files, of which there may be more than are known. */
  readonly line: KnownLine
}

/**
 * Of the days the section cuts, lines it does not show or is sure of, about which earlier files seemed to agree: together
 * with this one they may be more.
 */
export function openQuestions(
  incoming: readonly IncomingLine[],
  placed: readonly Placed[],
  { known, cutDays }: PlacingFacts,
): readonly OpenQuestion[] {
  const fresh = countsOf(incoming.filter((_, at) => placed[at]?.known === null))
  const asked = countsOf(incoming.filter((_, at) => placed[at]?.certain === false))
  return [...cutDays].flatMap(([date, { counts, doubtful }]) =>
    [...counts].flatMap(([identity, count]) => {
      const lines = known.get(identity) ?? []
      const [line] = lines
      const isShort = lines.length + (fresh.get(identity) ?? 0) < count
      const isOpen = isShort || (doubtful.get(identity) ?? 0) > 0
      return line !== undefined && isOpen && !asked.has(identity) ? [{ date, line }] : []
    }),
  )
}

function grouped(incoming: readonly IncomingLine[]): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>()
  for (const [place, { identity }] of incoming.entries()) {
    const group = groups.get(identity)
    if (group === undefined) groups.set(identity, [place])
    else group.push(place)
  }
  return groups
}

function freshOf(
  incoming: readonly IncomingLine[],
  places: readonly number[],
  known: readonly KnownLine[],
  { cutDays }: PlacingFacts,
): { readonly fresh: number; readonly doubtful: number } {
  const line = incoming[places[0] ?? -1]
  if (line === undefined) return { fresh: 0, doubtful: 0 }
  const isOne = line.byId && places.length === 1 && known.length <= 1
  const day = line.counts && !isOne ? cutDays.get(line.date) : undefined
  const total = day === undefined ? places.length : (day.counts.get(line.identity) ?? 0)
  const fresh = Math.min(places.length, Math.max(0, total - known.length))
  return { fresh, doubtful: Math.min(day?.doubtful.get(line.identity) ?? 0, places.length - fresh) }
}

/** Lines with the same balance first, the others in turn: which of identical lines is which matters to nobody else. */
function paired(
  incoming: readonly IncomingLine[],
  places: readonly number[],
  known: readonly KnownLine[],
): readonly { readonly place: number; readonly id: number }[] {
  const left = [...known]
  const later: number[] = []
  const pairs: { place: number; id: number }[] = []
  for (const place of places) {
    const balance = incoming[place]?.balance ?? null
    const at = balance === null ? -1 : left.findIndex((each) => each.balance === balance)
    const [same] = at < 0 ? [] : left.splice(at, 1)
    if (same === undefined) later.push(place)
    else pairs.push({ place, id: same.id })
  }
  for (const place of later) {
    const next = left.shift()
    if (next !== undefined) pairs.push({ place, id: next.id })
  }
  return pairs
}

function byAmount(
  incoming: readonly IncomingLine[],
  placed: readonly Placed[],
  { elsewhere, cutDays }: PlacingFacts,
): readonly Placed[] {
  if (elsewhere.size === 0) return placed
  const taken = new Set(placed.map(({ known }) => known))
  return placed.map((each, place) => {
    const line = incoming[place]
    if (each.known !== null || line?.counts !== true) return each
    const same = elsewhere.get(line.date)?.find(({ id, amount }) => amount === line.amount && !taken.has(id))
    if (same === undefined) return each
    taken.add(same.id)
    return { known: same.id, certain: !cutDays.has(line.date) }
  })
}
