/**
 * What a change of a wallet says of orders that stand for others. Each is read in one of three ways: its children were
 * debited, as the books have it; the whole was, and its children were not; or the whole was, beside them. A way of reading
 * all of them at once is believed only if no other comes to the same change.
 */
import type { Units } from '../money/money.ts'
import { lastPlace } from '../orders/refund-check.ts'

export interface ParentMember {
  readonly orderId: string
  /** What the order cost as a whole. */
  readonly charge: Units
  /** What the books hold of its children: charges less refunds. */
  readonly booked: Units
  /** True when the two differ by no more than what rounding each run leaves. */
  readonly isRounded: boolean
  /** False for one whose own charge the panel never shows, so that it is never booked beside its children. */
  readonly isHeld: boolean
}

export type ParentOutcome = 'children' | 'whole' | 'parent'

export interface ParentReading {
  /** One of each member. */
  readonly outcomes: readonly ParentOutcome[]
  /** What the wallet would have changed by against the books. */
  readonly sum: Units
  /** False for one that only speaks against others. */
  readonly isBelieved: boolean
}

/** More readings are not tried one by one: then all are read alike. */
const MOST_READINGS = 200
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
  const size = 2 * 3 ** members.filter(({ isHeld }) => isHeld).length
  const all = members.reduce((sum, { charge }) => sum + charge, 0n)
  const unit = lastPlace(walletDecimals)
  const isTried = size <= MOST_READINGS && BigInt(size) * unit * 100n <= all * CHANCE_PERCENT
  if (isTried) return distinct([...readEach(members, false), ...readEach(members, true)])
  const isPart = members.length > 1 && members.some(({ isRounded }) => !isRounded)
  const alike = (isPart ? (['children', 'parent'] as const) : OUTCOMES).map((outcome) => outcomesOf(members, outcome))
  const apart = members.length === 1 ? [] : alike.flatMap((outcomes) => eachApart(members, outcomes))
  return distinct([
    ...alike.map((outcomes) => readingOf(members, outcomes, true)),
    ...apart.map((outcomes) => readingOf(members, outcomes, false)),
  ])
}

const OUTCOMES = ['children', 'whole', 'parent'] as const

function outcomesOf(members: readonly ParentMember[], outcome: ParentOutcome): readonly ParentOutcome[] {
  const runs = (isRounded: boolean): ParentOutcome => (isRounded && outcome !== 'children' ? 'whole' : 'children')
  return members.map(({ isHeld, isRounded }) => (isHeld ? outcome : runs(isRounded)))
}

function eachApart(
  members: readonly ParentMember[],
  outcomes: readonly ParentOutcome[],
): readonly (readonly ParentOutcome[])[] {
  const other = (outcome: ParentOutcome): ParentOutcome => (outcome === 'parent' ? 'children' : 'parent')
  return members
    .slice(0, MOST_APART)
    .flatMap(({ isHeld }, at) =>
      isHeld ? [outcomes.map((outcome, position) => (position === at ? other(outcome) : outcome))] : [],
    )
}

function readEach(members: readonly ParentMember[], isWhole: boolean): readonly ParentReading[] {
  const ways = members.map(({ isRounded, isHeld }): readonly ParentOutcome[] => {
    const runs: readonly ParentOutcome[] = isRounded ? [isWhole ? 'whole' : 'children'] : ['children', 'whole']
    return isHeld ? [...runs, 'parent'] : runs
  })
  const combined = ways.reduce<readonly (readonly ParentOutcome[])[]>(
    (before, each) => before.flatMap((outcomes) => each.map((outcome) => [...outcomes, outcome])),
    [[]],
  )
  return combined.map((outcomes) => readingOf(members, outcomes, true))
}

/** What comes to the same for the member is the same reading: a whole of just its runs, or beside runs that cost nothing. */
function readingOf(
  members: readonly ParentMember[],
  outcomes: readonly ParentOutcome[],
  isBelieved: boolean,
): ParentReading {
  const told = members.map(({ charge, booked, isHeld }, at): ParentOutcome => {
    const outcome = outcomes[at] ?? 'children'
    if (outcome !== 'whole') return outcome
    return charge === booked ? 'children' : booked === 0n && isHeld ? 'parent' : 'whole'
  })
  const sum = members.reduce((total, member, at) => total + movedBy(member, told[at] ?? 'children'), 0n)
  return { outcomes: told, sum, isBelieved }
}

function movedBy({ charge, booked }: ParentMember, outcome: ParentOutcome): Units {
  return outcome === 'children' ? 0n : outcome === 'whole' ? booked - charge : -charge
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

/**
 * The one reading that comes to one of the amounts the wallet may have changed by; null when none does, or several.
 * `isOtherwise` says whether what a reading leaves beyond the change can be a refund that waits.
 */
export function readParents(
  readings: readonly ParentReading[],
  changes: readonly Units[],
  isOtherwise: (amount: Units) => boolean,
): ParentReading | null {
  const fits = readings.filter(({ sum }) => changes.includes(sum))
  const [only] = fits
  if (only === undefined || fits.length > 1 || !only.isBelieved) return null
  const others = [...new Set(readings.map(({ sum }) => sum))].filter((sum) => sum !== only.sum)
  return changes.some((change) => others.some((sum) => change > sum && isOtherwise(change - sum))) ? null : only
}
