/**
 * Seeded trouble between a client and the vendors. Which request suffers which fault depends on the plan and on the
 * request's ordinal alone, so a failing run can be repeated exactly.
 */
import { createRandom } from './world/random.ts'

export const FAULT_KINDS = [
  /** Refused as if over the rate limit; nothing happens. */
  '429',
  /** The provider behind the vendor failed; nothing happens. */
  '502',
  /** Nothing happens; the connection is held and then dropped. */
  'timeout-before',
  /** The request takes effect; the connection is held and then dropped without an answer. */
  'timeout-after',
  /** A firewall's page with status 200; nothing happens. */
  'html-200',
  /** Takes effect; the answer ends in the middle. */
  'truncated-json',
  /** Takes effect; the second half of the answer comes after the hold. */
  'slow-body',
  /** Nothing happens; the connection is reset at once. */
  'reset',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

export interface FaultPlan {
  readonly seed: number | string
  /** Share of requests that suffer, 0 to 1. */
  readonly rate: number
  readonly kinds: readonly FaultKind[]
  /** How long a held connection or answer is held; default 200. */
  readonly holdMs?: number
  /** What the first requests suffer, one entry each, before `rate` rules. */
  readonly script?: readonly (FaultKind | 'none')[]
}

const DEFAULT_HOLD_MS = 200

export const NO_FAULTS: FaultPlan = { seed: 0, rate: 0, kinds: [] }

/** The fault of the request with this ordinal (from 0), or undefined for a healthy one. */
export function faultFor(plan: FaultPlan, ordinal: number): FaultKind | undefined {
  const scripted = plan.script?.[ordinal]
  if (scripted !== undefined) return scripted === 'none' ? undefined : scripted
  const [first, ...rest] = plan.kinds
  if (first === undefined) return undefined
  const random = createRandom(plan.seed, 'fault', ordinal)
  return random.chance(plan.rate) ? random.pick([first, ...rest]) : undefined
}

export function holdMsOf(plan: FaultPlan): number {
  return plan.holdMs ?? DEFAULT_HOLD_MS
}

/** Whether the vendor does what was asked before the trouble starts. */
export function takesEffect(fault: FaultKind | undefined): boolean {
  switch (fault) {
    case undefined:
    case 'timeout-after':
    case 'truncated-json':
    case 'slow-body':
      return true
    case '429':
    case '502':
    case 'timeout-before':
    case 'html-200':
    case 'reset':
      return false
  }
}
