/**
 * Lines of statements as payouts that nothing on record speaks of: what a network paid before what is known to be taken on
 * the way, and which fall of its counter each may be. Only where there is one way does it tell anything.
 */
import { addDays } from '../time/dates.ts'
import { windowOf, type WindowDays } from '../payouts/window.ts'
import { floorDivide, type Units } from '../money/money.ts'
import { WHOLE_SHARE } from '../settlement/taken.ts'
import type { IsoDate } from '../transaction.ts'

/** What may be taken of a payout, as `takenRules` says it. */
export interface Taken {
  /** Of 10⁸ parts. */
  readonly share: bigint
  readonly flat: Units
  /** Once, where left out. */
  readonly roundings?: bigint
}

/** A line that a rule or its reference ties to the network; nothing of it is matched. */
export interface TiedLine {
  readonly id: bigint
  /** The money account it is on. */
  readonly account: string
  readonly date: IsoDate
  /** What arrived. */
  readonly amount: Units
  /** What may have been paid out; at least one. */
  readonly grosses: readonly Units[]
}

/** A fall nobody has decided, without a payout on record that comes to it. */
export interface UnexplainedFall {
  /** Of its reading. */
  readonly name: string
  readonly day: IsoDate
  readonly days: number
  /** What it fell by; positive. */
  readonly fall: Units
}

export interface LineOfFall {
  readonly line: TiedLine
  readonly gross: Units
  /** What was earned beside it. */
  readonly earned: Units
  /** No more than twice what its days usually bring; false as well while that is not known. */
  readonly isUsual: boolean
  /** The day it was taken, as far as can be told: of the days of the fall the one nearest to the line. */
  readonly takenOn: IsoDate
}

/**
 * Amounts in whole minor units of which `net` is left, to half a minor unit for each rounding. Where a share is taken two neighbours may
 * leave the same; without any rule it is what arrived.
 */
export function grossesOf(net: Units, rules: readonly Taken[], minor: Units): readonly Units[] {
  const taking = rules.filter(({ share, flat }) => share !== 0n || flat !== 0n)
  if (taking.length === 0) return [net]
  const found = taking.flatMap(({ share, flat, roundings = 1n }) => {
    const left = WHOLE_SHARE - share
    if (left <= 0n) return []
    // 2 × |gross × left − (net + flat) × WHOLE_SHARE| ≤ roundings × minor × WHOLE_SHARE, in steps of a minor unit.
    const [exact, half] = [2n * (net + flat) * WHOLE_SHARE, roundings * minor * WHOLE_SHARE]
    const first = -floorDivide(-(exact - half), 2n * left * minor)
    const last = floorDivide(exact + half, 2n * left * minor)
    const grosses: Units[] = []
    for (let each = first < 1n ? 1n : first; each <= last; each += 1n) grosses.push(each * minor)
    return grosses
  })
  return [...new Set(found)].toSorted((a, b) => (a < b ? -1 : 1))
}

/**
 * What each fall may be, by its name. Those that leave a usual day's earnings go before all others. A line that may be of
 * several falls is in the answer of each; `assignLines` tells them apart.
 */
export function linesOfFalls(
  falls: readonly UnexplainedFall[],
  lines: readonly TiedLine[],
  usual: Units,
  windowDays: WindowDays,
): ReadonlyMap<string, readonly LineOfFall[]> {
  return new Map(
    falls.map((fall) => {
      const all = lines.flatMap((line) => lineOf(fall, line, usual, windowDays))
      const fitting = all.filter(({ isUsual }) => isUsual)
      return [fall.name, fitting.length > 0 ? fitting : all] as const
    }),
  )
}

/** More falls than this that could exchange their lines are for a person. */
const MOST_TANGLED = 6

/**
 * The line of each fall that is told apart: among the falls that share lines, there is exactly one way to give each fall
 * a line of its own so that no line is left over. By the name of the fall.
 */
export function assignLines(found: ReadonlyMap<string, readonly LineOfFall[]>): ReadonlyMap<string, LineOfFall> {
  const assigned = new Map<string, LineOfFall>()
  for (const names of tangles(found)) {
    const options = names.map((name) => found.get(name) ?? [])
    const lines = new Set(options.flat().map(({ line }) => line.id))
    if (lines.size !== names.length || names.length > MOST_TANGLED) continue
    const [only, ...others] = waysOf(options)
    if (only === undefined || others.length > 0) continue
    for (const [index, name] of names.entries()) {
      const line = only[index]
      if (line !== undefined) assigned.set(name, line)
    }
  }
  return assigned
}

/** Falls joined by lines that may be of either. */
function tangles(found: ReadonlyMap<string, readonly LineOfFall[]>): readonly (readonly string[])[] {
  let groups: { names: string[]; lines: Set<bigint> }[] = []
  for (const [name, options] of found) {
    const joined = { names: [name], lines: new Set(options.map(({ line }) => line.id)) }
    const touching = groups.filter(({ lines }) => [...lines].some((id) => joined.lines.has(id)))
    for (const group of touching) {
      joined.names.push(...group.names)
      for (const id of group.lines) joined.lines.add(id)
    }
    groups = [...groups.filter((each) => !touching.includes(each)), joined]
  }
  return groups.map(({ names }) => names)
}

/** Two ways at most: more say nothing more. */
function waysOf(options: readonly (readonly LineOfFall[])[]): readonly (readonly LineOfFall[])[] {
  const [first, ...rest] = options
  if (first === undefined) return [[]]
  const ways: (readonly LineOfFall[])[] = []
  for (const one of first) {
    const left = rest.map((each) => each.filter(({ line }) => line.id !== one.line.id))
    for (const way of waysOf(left)) {
      ways.push([one, ...way])
      if (ways.length > 1) return ways
    }
  }
  return ways
}

/**
 * The network that references name: all words of its name stand in them. Of "adnet" and "adnet-eu" it is the longer one
 * where both do; null where two networks are named, or none.
 */
export function networkNamedIn(references: readonly string[], networks: readonly string[]): string | null {
  const said = new Set(partsOf(references.join(' ')))
  const named = networks
    .map((name) => ({ name, words: partsOf(name) }))
    .filter(({ words }) => words.some((word) => word.length >= TELLING) && words.every((word) => said.has(word)))
  const [only, ...others] = named.filter(
    ({ words }) =>
      !named.some((each) => each.words.length > words.length && words.every((w) => each.words.includes(w))),
  )
  return only === undefined || others.length > 0 ? null : only.name
}

/** Shorter words stand in references by chance. */
const TELLING = 3

function partsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function lineOf(
  { day, days, fall }: UnexplainedFall,
  line: TiedLine,
  usual: Units,
  windowDays: WindowDays,
): readonly LineOfFall[] {
  const from = addDays(day, 1 - days)
  if (line.date < windowOf('payout', from, windowDays).date) return []
  if (line.date > windowOf('payout', day, windowDays).lastDate) return []
  const takenOn = line.date < from ? from : line.date < day ? line.date : day
  return line.grosses.flatMap((gross) => {
    const earned = gross - fall
    if (earned < 0n) return []
    return [{ line, gross, earned, isUsual: usual > 0n && earned <= usual * 2n * BigInt(days), takenOn }]
  })
}
