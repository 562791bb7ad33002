/**
 * What can go wrong between an accounting system and its client. The kinds differ in one thing above all: whether the
 * entry is there afterwards. As everywhere in the sandbox, what a request suffers depends on the seed and its ordinal.
 */
import { createRandom } from '../world/random.ts'

export const TARGET_FAULTS = [
  /** Nothing happens; the connection is reset. */
  'drop-before',
  /** It takes effect; the connection is reset without an answer. */
  'drop-after',
  /** Refused as if over a limit; nothing happens. */
  '429-before',
  /** It takes effect, and the answer is that of a limit. */
  '429-after',
  '500-before',
  '500-after',
  /** Down; nothing happens. */
  '503',
  /** Status 200 with an error inside; nothing happens. Xero has no such form and answers 500. */
  'fault-200',
  /** It takes effect at once; the answer comes after the hold. */
  'slow',
  /** It takes effect; the answer breaks off in the middle. */
  'truncated',
  /** No answer, and an entry appears only when the next request but one arrives. */
  'late',
  /** The access token that came with the request is no longer good, from this request on. */
  'expired-token',
] as const
export type TargetFault = (typeof TARGET_FAULTS)[number]

export const FAULT_SCOPES = ['any', 'create', 'read', 'token'] as const
export type FaultScope = (typeof FAULT_SCOPES)[number]

export interface TargetFaultPlan {
  readonly seed: number | string
  /** Share of requests that suffer once the script is over, 0 to 1. */
  readonly rate: number
  readonly kinds: readonly TargetFault[]
  /** What the first requests suffer, one entry each. */
  readonly script: readonly (TargetFault | 'none')[]
  /** Which requests are counted and suffer. */
  readonly on: FaultScope
  readonly holdMs: number
}

export interface FaultLine {
  readonly plan: (plan: TargetFaultPlan) => void
  readonly next: (scope: Exclude<FaultScope, 'any'>) => TargetFault | undefined
  readonly holdMs: () => number
}

export const NO_TARGET_FAULTS: TargetFaultPlan = { seed: 0, rate: 0, kinds: [], script: [], on: 'any', holdMs: 200 }

export function createFaultLine(initial: TargetFaultPlan): FaultLine {
  let current = initial
  let ordinal = 0
  return {
    plan: (plan) => {
      current = plan
      ordinal = 0
    },
    holdMs: () => current.holdMs,
    next: (scope) => {
      if (current.on !== 'any' && current.on !== scope) return undefined
      const fault = faultAt(current, ordinal)
      ordinal += 1
      return fault
    },
  }
}

function faultAt(plan: TargetFaultPlan, ordinal: number): TargetFault | undefined {
  const scripted = plan.script[ordinal]
  if (scripted !== undefined) return scripted === 'none' ? undefined : scripted
  const [first, ...rest] = plan.kinds
  if (first === undefined) return undefined
  const random = createRandom(plan.seed, 'target-fault', ordinal)
  return random.chance(plan.rate) ? random.pick([first, ...rest]) : undefined
}
