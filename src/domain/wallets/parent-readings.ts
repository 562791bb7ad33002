/**
 * What a change of a wallet says of orders that stand for others. Each is read in one of two ways: its children were
 * debited, as the books have it, or the whole was, and its children were not. A way of reading all of them at once is
 * believed only if no other comes to the same change. That both were debited is read nowhere: of runs booked in part, the
 * whole beside them is what an order nobody has registered looks like.
 */
import type { Units } from '../money/money.ts'
import { lastPlace } from '../orders/refund-check.ts'

export interface ParentMember {
  /** What the order cost as a whole. */
  readonly charge: Units
  /** What the books hold of its children: charges less refunds. */
  readonly booked: Units
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
  const free = members.filter(({ isRounded }) => !isRounded)
  const size = 2 ** (free.length + 1)
  const all = free.reduce((sum, { charge }) => sum + charge, 0n)
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
  const ways = members.map(({ isRounded }): readonly ParentOutcome[] =>
    isRounded ? [ofRounded] : ['children', 'whole'],
  )
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
  const told = members.map(({ charge, booked }, at) => (charge === booked ? 'children' : (outcomes[at] ?? 'children')))
  const sum = members.reduce(
    (total, { charge, booked }, at) => (told[at] === 'whole' ? total + booked - charge : total),
    0n,
  )
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

/**
 * The one reading that comes to a change; null when none does, or several. `isOtherwise` says whether what a reading leaves
 * of the change can be a refund that waits.
 */
export function readParents(
  readings: readonly ParentReading[],
  { changes, against }: ParentChanges,
  isOtherwise: (amount: Units) => boolean,
): ParentReading | null {
  const any = [...changes, ...against]
  const fits = readings.filter(({ sum }) => any.includes(sum))
  const [only] = fits
  if (only === undefined || fits.length > 1 || !only.isBelieved || !changes.includes(only.sum)) return null
  const others = [...new Set(readings.map(({ sum }) => sum))].filter((sum) => sum !== only.sum)
  return changes.some((change) => others.some((sum) => change > sum && isOtherwise(change - sum))) ? null : only
}
