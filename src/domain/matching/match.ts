/**
 * What matching works on and what it answers: statement lines on one side, what the books expect on the other, both as
 * signed amounts of one currency. The engine proposes; who confirms and what is booked is decided elsewhere.
 */
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

export type Side = 'line' | 'item'

export interface Matchable {
  /** Unique within its side. */
  readonly id: string
  /** What is still unmatched of it: in positive, out negative, never zero. */
  readonly amount: Units
  readonly currency: string
  /** A line's booking day; the day an item may be seen from. */
  readonly date: IsoDate
  /** An item's last plausible day; a line's is its date. */
  readonly lastDate: IsoDate
  /** Ids under which either side may name the other, compared exactly. */
  readonly references: readonly string[]
  /** Lower-case words of the description and counterparty: corroboration, never proof. */
  readonly words: readonly string[]
  /** Only sides of one partition can meet: the account, or the account and what a descriptor rule says it is. */
  readonly partition: string
  /** Of a line: the account it is of. */
  readonly account?: string
  /** Of an item: who pays it, or is paid. */
  readonly source?: string
  /** Of an item: the account it left, of which no line can be its arrival. */
  readonly left?: string
}

/** What a processor is known to take: what arrives is the amount less percent, less flat. */
export interface FeeRule {
  readonly name: string
  /** Of 10⁸ parts: 2_500_000 is 2.5 %. */
  readonly share: bigint
  readonly flat: Units
  /** Half a minor unit either way is allowed for each rounding. */
  readonly minorUnit: Units
  /** By whom its shares are rounded one by one; once, where left out. */
  readonly roundings?: bigint
  /** Of lines of this account alone, and of items of these sources; of all where they are left out. */
  readonly account?: string
  readonly sources?: readonly string[]
}

export interface MatchPolicy {
  /** The lesser of the two is the tolerance of step 4. */
  readonly toleranceUnits: Units
  readonly toleranceBasisPoints: number
  /** Subset search looks at no more candidates than this in a window; with more it does not search; 0 turns it off. At most 30. */
  readonly subsetCandidates: number
  /** And at subsets of at most this many. */
  readonly subsetSize: number
  /** By partition. */
  readonly feeRules: ReadonlyMap<string, readonly FeeRule[]>
  /** Steps whose matches are confirmed by themselves; the others are proposed. */
  readonly automatic: ReadonlySet<MatchStep>
  /** Pairs a person has separated, by `refusalKey`: no match holds both. They still count as alternatives beside others. */
  readonly refused?: ReadonlySet<string>
}

export function refusalKey(lineId: string, itemId: string): string {
  return JSON.stringify([lineId, itemId])
}

/** The cascade, strongest first. */
export const MATCH_STEPS = ['reference', 'group', 'exact', 'fee', 'subset', 'tolerance'] as const
export type MatchStep = (typeof MATCH_STEPS)[number]

export interface MatchLeg {
  readonly side: Side
  readonly id: string
  /** How much of it this match takes, signed like it. */
  readonly amount: Units
}

export interface Match {
  readonly step: MatchStep
  /** Per cent. */
  readonly confidence: number
  readonly status: 'confirmed' | 'proposed'
  readonly legs: readonly MatchLeg[]
  /** Line legs less item legs, signed: what must be booked as a fee or a difference. Zero for exact matches. */
  readonly residual: Units
  /** The fee rule that explains the residual; null when there is none. */
  readonly feeRule: string | null
  /** One sentence for a person. */
  readonly reason: string
}

/** Something that has more than one solution: nothing is matched, and a person chooses. */
export interface Ambiguity {
  readonly step: MatchStep
  readonly lines: readonly string[]
  readonly items: readonly string[]
  /** The first few, each as the ids it would take. */
  readonly alternatives: readonly { readonly lines: readonly string[]; readonly items: readonly string[] }[]
  /** How many there are; at the bound of the search it is the bound and `counted` is false. */
  readonly count: number
  readonly counted: boolean
  readonly reason: string
}

/** Something subset search refused, because a search it cannot finish proves nothing. It is unmatched as well. */
export interface Unsearched {
  readonly side: Side
  readonly id: string
  /** How many candidates stood in its window. */
  readonly candidates: number
  readonly reason: string
}

/** Every line and item is in a match, in exactly one ambiguity, or unmatched. All lists are sorted: input order is nothing. */
export interface Matching {
  readonly matches: readonly Match[]
  readonly ambiguities: readonly Ambiguity[]
  readonly unmatchedLines: readonly string[]
  readonly unmatchedItems: readonly string[]
  readonly unsearched: readonly Unsearched[]
}
