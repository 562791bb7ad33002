/**
 * Net or gross: does a panel's `charge` fall when it refunds? Its documents do not say and public panel scripts differ,
 * so it is learned per panel and per refund case from orders that show it. Three consistent orders make a verdict;
 * one contradiction takes it back. Nothing is assumed meanwhile.
 */
import { abs, type Units } from '../money/money.ts'
import { refundCaseOf, type OrderState, type RefundCase } from './order.ts'
import type { RefundRounding } from './refund.ts'

export type Verdict = 'unknown' | 'net' | 'gross'

/** How many consistent orders make a verdict. */
export const CASES_FOR_A_VERDICT = 3

export interface SemanticsTally {
  readonly verdict: Verdict
  readonly netCases: number
  readonly grossCases: number
  readonly contradictions: number
}

export interface ChargeSemantics {
  readonly verdicts: Readonly<Record<RefundCase, Verdict>>
  readonly roundings: Readonly<Record<RefundCase, RefundRounding>>
}

export const UNKNOWN_TALLY: SemanticsTally = { verdict: 'unknown', netCases: 0, grossCases: 0, contradictions: 0 }

/**
 * True when a fall of the charge in this case is a refund. A completed order whose charge falls is believed once the
 * panel nets either of the other cases: both are the same figure being lowered.
 */
export function netsCharge(semantics: ChargeSemantics, refundCase: RefundCase): boolean {
  const { verdicts } = semantics
  if (verdicts[refundCase] === 'net') return true
  return refundCase === 'completion' && (verdicts.partial === 'net' || verdicts.cancel === 'net')
}

/**
 * Whether this answer, new against `before`, is a case of a net panel: canceled down to zero, or lowered by just the
 * undelivered share. `after` is the state with the answer absorbed.
 */
export function netEvidence(before: OrderState, after: OrderState): RefundCase | null {
  const refundCase = refundCaseOf(after.status)
  if (refundCase === null || after.grossBasis !== 'open' || after.gross === null || after.charge === null) return null
  if (before.charge === after.charge && before.status === after.status) return null
  const fall = after.gross - after.charge
  if (fall <= 0n) return null
  if (refundCase === 'cancel') return after.charge === 0n ? 'cancel' : null
  return fallsByUndeliveredShare(after, fall) ? refundCase : null
}

/** |charge − gross·(q−r)/q| within one unit of the last place shown (plus 10⁻⁹ of float noise), and the fall larger than that. */
function fallsByUndeliveredShare(state: OrderState, fall: Units): boolean {
  const { quantity, remains, gross } = state
  if (quantity === null || remains === null || gross === null) return false
  if (remains <= 0n || remains >= quantity) return false
  const tolerance = 10n ** BigInt(Math.max(0, 8 - state.chargeDecimals)) + 1n
  if (fall <= tolerance) return false
  // Compared as products, so that the share is never rounded: |fall·q − gross·r| ≤ tolerance·q.
  return abs(fall * quantity - gross * remains) <= tolerance * quantity
}

/** Adds cases to a tally. A case against a standing verdict takes the verdict back and starts the count again. */
export function addCases(tally: SemanticsTally, kind: 'net' | 'gross', cases: number): SemanticsTally {
  if (cases === 0) return tally
  if (tally.verdict !== 'unknown' && tally.verdict !== kind) {
    return { verdict: 'unknown', netCases: 0, grossCases: 0, contradictions: tally.contradictions + 1 }
  }
  const netCases = tally.netCases + (kind === 'net' ? cases : 0)
  const grossCases = tally.grossCases + (kind === 'gross' ? cases : 0)
  if (tally.verdict === kind) return { ...tally, netCases, grossCases }
  const mixed = netCases > 0 && grossCases > 0
  const enough = (kind === 'net' ? netCases : grossCases) >= CASES_FOR_A_VERDICT
  if (mixed) return { verdict: 'unknown', netCases: 0, grossCases: 0, contradictions: tally.contradictions + 1 }
  return { verdict: enough ? kind : 'unknown', netCases, grossCases, contradictions: tally.contradictions }
}
