/**
 * How a step says what it found: a match takes its parties off the board, an ambiguity takes them out of the reach of
 * weaker steps. The rating of each step is the table here; the policy says which of them may confirm by themselves.
 */
import type { Units } from '../money/money.ts'
import { compareParties, isOpen, type Board, type Party } from './board.ts'
import { refusalKey, type Ambiguity, type MatchLeg, type MatchStep } from './match.ts'

interface Rating {
  /** Per cent. */
  readonly confidence: number
  /** False: whatever the policy says, a person confirms. */
  readonly mayConfirm: boolean
}

export const RATINGS: Readonly<Record<MatchStep, Rating>> = {
  reference: { confidence: 100, mayConfirm: true },
  group: { confidence: 100, mayConfirm: true },
  exact: { confidence: 95, mayConfirm: true },
  fee: { confidence: 90, mayConfirm: true },
  subset: { confidence: 60, mayConfirm: true },
  tolerance: { confidence: 75, mayConfirm: false },
}

/** How many alternatives are listed; `count` tells of the others. */
const LISTED = 5
/** Nobody reads more alternatives than this, so nobody counts them either. */
export const COUNT_BOUND = 1000

export interface Finding {
  readonly step: MatchStep
  readonly lines: readonly Party[]
  readonly items: readonly Party[]
  /** False when this one needs a person though its step may confirm. */
  readonly sure: boolean
  readonly reason: string
  readonly feeRule?: string
  /** A party of which only a part is taken, and how much. */
  readonly part?: { readonly of: Party; readonly amount: Units }
}

/** Takes the parties off the board. All must be open. What a person has separated stays open. */
export function settle(board: Board, finding: Finding): void {
  const { step, sure, reason, part } = finding
  if (isRefused(board, finding)) return
  const parties = [...finding.lines, ...finding.items].sort(compareParties)
  const legs: readonly MatchLeg[] = parties.map((party) => {
    party.state = 'matched'
    return { side: party.side, id: party.id, amount: party === part?.of ? part.amount : party.amount }
  })
  const { confidence, mayConfirm } = RATINGS[step]
  board.matches.push({
    step,
    confidence,
    status: sure && mayConfirm && board.policy.automatic.has(step) ? 'confirmed' : 'proposed',
    legs,
    residual: legs.reduce((sum, { side, amount }) => (side === 'line' ? sum + amount : sum - amount), 0n),
    feeRule: finding.feeRule ?? null,
    reason,
  })
}

function isRefused({ policy: { refused } }: Board, { lines, items }: Alternative): boolean {
  if (refused === undefined || refused.size === 0) return false
  return lines.some((line) => items.some((item) => refused.has(refusalKey(line.id, item.id))))
}

/** One way to solve an ambiguity. */
export interface Alternative {
  readonly lines: readonly Party[]
  readonly items: readonly Party[]
}

export interface Doubt {
  readonly step: MatchStep
  /** All it concerns; those no longer open are left out. */
  readonly parties: readonly Party[]
  /** In a fixed order; the first few are shown. */
  readonly alternatives: readonly Alternative[]
  readonly count: number
  readonly counted: boolean
  readonly reason: string
}

/**
 * Keeps the parties from weaker steps, because they have partners, only too many. Where a person has separated all of
 * them there is nothing to choose: they stay open.
 */
export function hold(board: Board, doubt: Doubt): void {
  const isWhole = doubt.alternatives.length === doubt.count
  if (isWhole && doubt.alternatives.every((each) => isRefused(board, each))) return
  const parties = doubt.parties.filter(isOpen).sort(compareParties)
  for (const party of parties) party.state = 'ambiguous'
  const counted = doubt.counted && doubt.count <= COUNT_BOUND
  const ambiguity: Ambiguity = {
    step: doubt.step,
    lines: parties.filter(({ side }) => side === 'line').map(({ id }) => id),
    items: parties.filter(({ side }) => side === 'item').map(({ id }) => id),
    alternatives: doubt.alternatives.slice(0, LISTED).map(({ lines, items }) => ({
      lines: lines.map(({ id }) => id),
      items: items.map(({ id }) => id),
    })),
    count: Math.min(doubt.count, COUNT_BOUND),
    counted,
    reason: `${doubt.reason} ${counted ? '' : 'At least '}${Math.min(doubt.count, COUNT_BOUND)} alternatives.`,
  }
  board.ambiguities.push(ambiguity)
}
