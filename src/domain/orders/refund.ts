/**
 * The refund rule. A panel's status says what it charged; whether a refund lowered that figure (net) or left it
 * (gross) differs from panel to panel, so a refund is posted only when it is proven: by a panel known to net its
 * charge, or by the wallet (wallet-proof.ts). Everything else is a claim that waits as an exception.
 */
import { divideHalfEven, divideHalfUp, floorDivide, type Units } from '../money/money.ts'
import { refundCaseOf, type OrderState, type RefundCase } from './order.ts'
import { netsCharge, type ChargeSemantics } from './charge-semantics.ts'

/** Seen in public panel scripts; 'ratio-6' rounds undelivered ÷ ordered to six places first. Each rounds halves up but where it says else. */
export const ROUNDING_MODES = ['half-up', 'half-even', 'floor', 'ceil', 'ratio-6'] as const
export type RoundingMode = (typeof ROUNDING_MODES)[number]

/** How a panel rounds a pro-rata refund: not documented, so learned from the wallet. */
export interface RefundRounding {
  readonly mode: RoundingMode
  readonly decimals: number
}

export function isRoundingMode(text: string): text is RoundingMode {
  return ROUNDING_MODES.some((mode) => mode === text)
}

/** Amounts have so many decimals at most. */
const FINEST = 8

/**
 * Every way a panel may round: every number of decimals from the most that its charges or its wallet show down to none, and
 * no rounding at all. What is likelier comes first, since it stands for those that make no difference.
 */
export function roundingsUpTo(decimals: number): readonly RefundRounding[] {
  const most = Math.min(Math.max(decimals, 0), FINEST)
  const places = Array.from({ length: most + 1 }, (_, less) => most - less)
  if (most < FINEST) places.push(FINEST)
  return places.flatMap((each) => ROUNDING_MODES.map((mode) => ({ mode, decimals: each })))
}

export type RefundDecision =
  | { readonly kind: 'none' }
  | { readonly kind: 'proven'; readonly refunded: Units; readonly rule: string }
  | {
      readonly kind: 'pending'
      readonly code: 'CHARGE_SEMANTICS_AMBIGUOUS' | 'REFUND_MISSING' | 'AMOUNT_DIFF' | 'STATUS_REGRESSION'
      /** What the refund would come to, or null when the quantity is not known. */
      readonly claimed: Units | null
      readonly reason: string
    }

/** What the status itself claims back, beyond any fall of the charge. Null: it claims something we cannot compute. */
export function claimedByStatus(state: OrderState, refundCase: RefundCase, rounding: RefundRounding): Units | null {
  const gross = state.gross ?? 0n
  if (refundCase === 'cancel') return gross
  const remains = state.remains
  if (refundCase === 'completion' && (remains === null || remains <= 0n || state.quantity === null)) return 0n
  if (state.quantity === null || state.quantity <= 0n || remains === null) return null
  return proRataRefund(gross, remains, state.quantity, rounding)
}

const DIVIDE: Readonly<Record<RoundingMode, (n: bigint, d: bigint) => bigint>> = {
  'ratio-6': divideHalfUp,
  'half-up': divideHalfUp,
  'half-even': divideHalfEven,
  floor: floorDivide,
  ceil: (n, d) => -floorDivide(-n, d),
}

const MILLION = 1_000_000n

/**
 * gross × undelivered ÷ ordered, with the undelivered part held between nothing and everything. Rounded up it could be more
 * than the charge, which no order is refunded.
 */
export function proRataRefund(gross: Units, remains: bigint, quantity: bigint, rounding: RefundRounding): Units {
  const undelivered = remains < 0n ? 0n : remains > quantity ? quantity : remains
  const unit = 10n ** BigInt(8 - rounding.decimals)
  const rounded =
    rounding.mode === 'ratio-6'
      ? divideHalfUp(gross * divideHalfUp(undelivered * MILLION, quantity), MILLION * unit) * unit
      : DIVIDE[rounding.mode](gross * undelivered, quantity * unit) * unit
  return rounded > gross ? gross : rounded
}

/**
 * What may be posted for this order now, given what has been learned about the panel. `chargeRose`: the newest answer
 * shows a higher charge than the one before it, which at a panel known to be net takes a refund back.
 */
export function decideRefund(state: OrderState, semantics: ChargeSemantics, chargeRose = false): RefundDecision {
  if (state.gross === null) return { kind: 'none' }
  if (state.charge === null) return decideHidden(state, semantics)
  const fall = state.gross - state.charge
  const refundCase = refundCaseOf(state.status)
  if (fall > 0n) return decideFall(state, refundCase, fall, semantics)
  if (refundCase === null) return decideOpen(state)
  return decideUnchangedCharge(state, refundCase, semantics, chargeRose)
}

function decideFall(
  state: OrderState,
  refundCase: RefundCase | null,
  fall: Units,
  semantics: ChargeSemantics,
): RefundDecision {
  if (refundCase === null) {
    if (state.refunded === fall) return { kind: 'proven', refunded: fall, rule: 'refund/kept' }
    const reason = `the charge fell while the order was ${state.status ?? 'unknown'}, which is not a refund status`
    return { kind: 'pending', code: 'AMOUNT_DIFF', claimed: fall - state.refunded, reason }
  }
  if (state.refunded === fall) return { kind: 'proven', refunded: fall, rule: 'refund/kept' }
  if (netsCharge(semantics, refundCase)) return { kind: 'proven', refunded: fall, rule: `refund/net-${refundCase}` }
  const reason = 'the charge fell, and this panel has not yet shown three times that a fall is a refund'
  return { kind: 'pending', code: 'CHARGE_SEMANTICS_AMBIGUOUS', claimed: fall - state.refunded, reason }
}

/**
 * Of an order whose charge the panel hides nothing can fall, so no verdict about its charges fits: what the status claims
 * back waits for the wallet, or for a person.
 */
function decideHidden(state: OrderState, { roundings }: ChargeSemantics): RefundDecision {
  const refundCase = refundCaseOf(state.status)
  if (refundCase === null) return decideOpen(state)
  const claimed = claimedByStatus(state, refundCase, roundings[refundCase])
  if (claimed !== null && claimed <= state.refunded) return keep(state)
  if (refundCase === 'completion') return waitQuietly(state, claimed)
  const open = claimed === null ? null : claimed - state.refunded
  if (state.grossBasis === 'open') {
    const reason = `the order is ${state.status} and the panel hides its charge; the wallet has not shown the refund`
    return { kind: 'pending', code: 'REFUND_MISSING', claimed: open, reason }
  }
  const reason = `the order is ${state.status} and the panel hides its charge; the listed price may be what was left of it`
  return { kind: 'pending', code: 'CHARGE_SEMANTICS_AMBIGUOUS', claimed: open, reason }
}

function decideOpen(state: OrderState): RefundDecision {
  if (state.refunded === 0n) return { kind: 'none' }
  const reason = 'a refunded order is open again at its full charge; the refund stays booked until a person decides'
  return { kind: 'pending', code: 'STATUS_REGRESSION', claimed: -state.refunded, reason }
}

function decideUnchangedCharge(
  state: OrderState,
  refundCase: RefundCase,
  semantics: ChargeSemantics,
  chargeRose: boolean,
): RefundDecision {
  if (state.gross === 0n) return { kind: 'none' }
  const nets = netsCharge(semantics, refundCase)
  const takenBack = decideTakenBack(state, refundCase, semantics, nets && chargeRose)
  if (takenBack !== null) return takenBack
  if (nets && (state.grossBasis !== 'open' || refundCase === 'completion')) return keep(state)
  if (state.grossBasis === 'tied' && refundCase === 'partial') return keep(state)
  const claimed = claimedByStatus(state, refundCase, semantics.roundings[refundCase])
  if (claimed !== null && claimed <= state.refunded) return keep(state)
  // A completed order claims nothing by its status: without a wallet that rose there is nothing to wait for.
  if (refundCase === 'completion' && semantics.verdicts.completion !== 'gross') return waitQuietly(state, claimed)
  const open = claimed === null ? null : claimed - state.refunded
  if (semantics.verdicts[refundCase] === 'unknown') {
    const reason = `the order is ${state.status} at its full charge, and it is not known yet whether this panel lowers the charge`
    return { kind: 'pending', code: 'CHARGE_SEMANTICS_AMBIGUOUS', claimed: open, reason }
  }
  const reason = `the order is ${state.status}, but neither its charge fell nor did the wallet show the refund`
  return { kind: 'pending', code: 'REFUND_MISSING', claimed: open, reason }
}

/**
 * A booked refund the state no longer claims, at the full charge. The wallet may have proven it at an unchanged charge,
 * so it is reversed only where the charge itself says so; anywhere else a person decides. Null when nothing is missing.
 */
function decideTakenBack(
  state: OrderState,
  refundCase: RefundCase,
  semantics: ChargeSemantics,
  isShown: boolean,
): RefundDecision | null {
  if (state.refunded === 0n) return null
  const reversed: RefundDecision = { kind: 'proven', refunded: 0n, rule: `refund/net-${refundCase}` }
  if (isShown) return reversed
  const { verdicts } = semantics
  const rounding = semantics.roundings[refundCase]
  const claimed = claimedByStatus(state, refundCase, rounding)
  // The last place may differ: how a panel rounds can have been learned anew since.
  if (claimed === null || state.refunded - claimed <= 10n ** BigInt(8 - rounding.decimals)) return null
  if (verdicts[refundCase] === 'net') return reversed
  const reason = `the order is ${state.status} and claims back less than is booked; the refund stays booked until a person decides`
  return { kind: 'pending', code: 'STATUS_REGRESSION', claimed: claimed - state.refunded, reason }
}

function keep(state: OrderState): RefundDecision {
  return state.refunded === 0n ? { kind: 'none' } : { kind: 'proven', refunded: state.refunded, rule: 'refund/kept' }
}

function waitQuietly(state: OrderState, claimed: Units | null): RefundDecision {
  if (claimed === null || claimed <= state.refunded) return keep(state)
  const reason = 'the order is completed with an undelivered part; a refund is booked if the wallet shows it'
  return { kind: 'pending', code: 'REFUND_MISSING', claimed: claimed - state.refunded, reason }
}
