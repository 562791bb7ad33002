/**
 * What matching answers: which statement lines settle which of what the books expect. The rules propose or confirm; what is
 * booked is decided elsewhere.
 */
import type { Units } from '../money/money.ts'

export type Side = 'line' | 'item'

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
}

export function refusalKey(lineId: string, itemId: string): string {
  return JSON.stringify([lineId, itemId])
}

/** By which rule: M2 (reference, group), M3 (exact), P2 (part), M4 (fee), M5 (subset). */
export const MATCH_STEPS = ['reference', 'group', 'exact', 'part', 'fee', 'subset'] as const
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
  /** The fee rule that explains the difference; null when there is none. */
  readonly feeRule: string | null
  /** One sentence for a person. */
  readonly reason: string
}
