/**
 * What a change of a wallet says of orders that stand for others. Each is read in one of two ways: its children were
 * debited, as the books have it, or the whole was, and its children were not. A way of reading all of them at once is
 * believed only if no other comes to the same change. That both were debited is read nowhere: of runs booked in part, the
 * whole beside them is what an order nobody has registered looks like.
 */
import { abs, lastPlace, type Units } from '../money/money.ts'

export interface ParentMember {
  /**
   * What the wallet changed by against the books if the whole was debited: what the books took up of its children less its
   * charge, or, of one debited before, the runs that came since. Zero where both ways are the same.
   */
  readonly whole: Units
  /** True when the two differ by no more than what rounding each run leaves. */
  readonly isRounded: boolean
}

export type ParentOutcome = 'children' | 'whole'

export interface ParentReading {
  /** One of each member. */
  readonly outcomes: readonly ParentOutcome[]
  /** What the wallet would have changed by against the books. */
  readonly sum: Units
  /** False for one that only speaks against others. */
  readonly isBelieved: boolean
}

/** More readings are not tried one by one: then all are read alike. */
const MOST_READINGS = 256
/** Orders of which one alone may be otherwise than all the others. */
const MOST_APART = 50
/** Of the sum of all charges, at most so much may be covered by the sums tried, each one unit of the wallet wide. */
const CHANCE_PERCENT = 1n

/**
 * Every way that may be tried. A panel either debits the whole of drip-feeds or each run: those that only rounding tells
 * apart are read alike. Among many orders some way comes to almost any figure, so then all are read alike, and one alone
 * that is otherwise speaks against it.
 */
export function parentReadings(members: readonly ParentMember[], walletDecimals: number): readonly ParentReading[] {
  const free = members.filter(({ isRounded, whole }) => !isRounded && whole !== 0n)
  const size = 2 ** (free.length + (members.some(({ isRounded }) => isRounded) ? 1 : 0))
  const all = free.reduce((sum, { whole }) => sum + abs(whole), 0n)
  const isTried =
    free.length < 2 ||
    (size <= MOST_READINGS && BigInt(size) * lastPlace(walletDecimals) * 100n <= all * CHANCE_PERCENT)
  const schemes: readonly ParentOutcome[] = ['children', 'whole']
  if (isTried) {
    const readings = schemes.flatMap((scheme) => readEach(members, scheme))
    return distinct(readings.map((outcomes) => readingOf(members, outcomes, true)))
  }
  const alike = schemes.map((outcome) => members.map(() => outcome))
  return distinct([
    ...alike.map((outcomes) => readingOf(members, outcomes, true)),
    ...alike.flatMap(eachApart).map((outcomes) => readingOf(members, outcomes, false)),
  ])
}

function readEach(members: readonly ParentMember[], ofRounded: ParentOutcome): readonly (readonly ParentOutcome[])[] {
  const ways = members.map(({ isRounded, whole }): readonly ParentOutcome[] => {
    if (whole === 0n) return ['children']
    return isRounded ? [ofRounded] : ['children', 'whole']
  })
  return ways.reduce<readonly (readonly ParentOutcome[])[]>(
    (before, each) => before.flatMap((outcomes) => each.map((outcome) => [...outcomes, outcome])),
    [[]],
  )
}

function eachApart(outcomes: readonly ParentOutcome[]): readonly (readonly ParentOutcome[])[] {
  return outcomes
    .slice(0, MOST_APART)
    .map((outcome, at) => outcomes.with(at, outcome === 'children' ? 'whole' : 'children'))
}

/** A whole that is just its runs is read as them. */
function readingOf(
  members: readonly ParentMember[],
  outcomes: readonly ParentOutcome[],
  isBelieved: boolean,
): ParentReading {
  const told = members.map(({ whole }, at) => (whole === 0n ? 'children' : (outcomes[at] ?? 'children')))
  const sum = members.reduce((total, { whole }, at) => (told[at] === 'whole' ? total + whole : total), 0n)
  return { outcomes: told, sum, isBelieved }
}

/** Of two that are the same the first. */
function distinct(readings: readonly ParentReading[]): readonly ParentReading[] {
  const found = new Map<string, ParentReading>()
  for (const reading of readings) {
    const mark = reading.outcomes.join()
    if (!found.has(mark)) found.set(mark, reading)
  }
  return [...found.values()]
}

export interface ParentChanges {
  /** What the wallet may have changed by against the books. */
  readonly changes: readonly Units[]
  /** What it changed by if charges that came in without a date are of before: it speaks against a reading, and for none. */
  readonly against: readonly Units[]
}

/** What a change says of parents, and what of it refunds that wait are then. */
export interface ParentsRead {
  /** One of each member; null where the readings that fit do not agree. */
  readonly outcomes: readonly (ParentOutcome | null)[]
  /** What each reading that fits leaves to refunds that wait: zero where it comes to the change by itself. */
  readonly rests: readonly Units[]
  /** True when every reading that fits says that the wallet did not change. */
  readonly isStill: boolean
}

/**
 * What the readings say that come to a change, alone or with refunds that wait (`mayBeRefund`); null when none does, or when
 * one does that only speaks against others. Several are believed as far as they agree, if every way was tried.
 */
export function readParents(
  readings: readonly ParentReading[],
  { changes, against }: ParentChanges,
  mayBeRefund: (amount: Units) => boolean,
): ParentsRead | null {
  const known = new Map<Units, boolean>([[0n, true]])
  const isExplained = (rest: Units): boolean => {
    const isKnown = known.get(rest) ?? (rest > 0n && mayBeRefund(rest))
    known.set(rest, isKnown)
    return isKnown
  }
  const fitsTo = (some: readonly Units[]): readonly (readonly [ParentReading, Units])[] =>
    readings.flatMap((reading) =>
      some.map((change) => [reading, change - reading.sum] as const).filter(([, rest]) => isExplained(rest)),
    )
  const fits = fitsTo(changes)
  const all = [...new Set([...fits, ...fitsTo(against)].map(([reading]) => reading))]
  const [first] = all
  const believed = new Set(fits.map(([reading]) => reading))
  if (first === undefined || all.some((each) => !each.isBelieved || !believed.has(each))) return null
  const isEveryWay = readings.every((reading) => reading.isBelieved)
  if (all.length > 1 && !isEveryWay) return null
  const outcomes = first.outcomes.map((outcome, at) =>
    all.every((each) => each.outcomes[at] === outcome) ? outcome : null,
  )
  const rests = [...new Set(fits.map(([, rest]) => rest))]
  return { outcomes, rests, isStill: fits.every(([{ sum }, rest]) => sum === 0n && rest === 0n) }
}
