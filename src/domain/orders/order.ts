/**
 * A panel order as the books see it: the latest accepted answer, the charge before refunds, and what the ledger holds.
 * `absorbAnswer` folds one more answer in. It decides nothing about refunds: that is refund.ts.
 */
import type { Units } from '../money/money.ts'

export const KNOWN_STATUSES = ['pending', 'in-progress', 'partial', 'completed', 'canceled', 'failed'] as const
export type OrderStatus = (typeof KNOWN_STATUSES)[number] | 'unknown'

/** What a panel's numeric statuses mean, as its owner was told: "3" is completed. */
export type StatusCodes = Readonly<Record<string, (typeof KNOWN_STATUSES)[number]>>

/** Panels may treat each of these differently, so net or gross is learned for each. */
export const REFUND_CASES = ['cancel', 'partial', 'completion'] as const
export type RefundCase = (typeof REFUND_CASES)[number]

/**
 * 'open': seen before any final status, so it is the full price. 'final': first seen in a final status, so it may already
 * be net. 'tied': the same, and a wallet that ties has shown that it is (tie-evidence.ts).
 */
export type GrossBasis = 'open' | 'final' | 'tied'

export interface OrderState {
  readonly orderId: string
  readonly quantity: bigint | null
  readonly orderedAtMs: number | null
  readonly status: OrderStatus | null
  readonly charge: Units | null
  readonly chargeDecimals: number
  readonly remains: bigint | null
  readonly observedAtMs: number | null
  readonly terminalAtMs: number | null
  /** Decimals of the price an imported history showed, when that is where `gross` comes from before the first answer. */
  readonly listedDecimals: number | null
  readonly gross: Units | null
  readonly grossBasis: GrossBasis | null
  readonly charged: Units
  readonly chargeVersion: number
  readonly refunded: Units
  readonly refundVersion: number
  /** Code of the open exception that holds a claimed refund back, else null. */
  readonly pending: string | null
}

export interface OrderAnswer {
  readonly status: OrderStatus
  readonly charge: Units
  readonly chargeDecimals: number
  readonly remains: bigint | null
  readonly atMs: number
}

/** Which refund case a status can claim; null while the order is open or its status is not known. */
export function refundCaseOf(status: OrderStatus | null): RefundCase | null {
  switch (status) {
    case 'canceled':
    case 'failed':
      return 'cancel'
    case 'partial':
      return 'partial'
    case 'completed':
      return 'completion'
    case 'pending':
    case 'in-progress':
    case 'unknown':
    case null:
      return null
  }
}

export function isFinal(status: OrderStatus | null): boolean {
  return refundCaseOf(status) !== null
}

/**
 * The state after one more answer. The charge before refunds is the first charge seen, or a higher one seen later
 * (a panel that raises a charge has charged more); a lower one is a refund claim, never a lower price.
 */
export function absorbAnswer(state: OrderState, answer: OrderAnswer): OrderState {
  const final = isFinal(answer.status)
  const rises =
    state.gross === null ||
    answer.charge > state.gross ||
    isListedPriceRounded(state, answer, final) ||
    isListedPriceReplaced(state)
  return {
    ...state,
    status: answer.status,
    charge: answer.charge,
    chargeDecimals: answer.chargeDecimals,
    remains: answer.remains,
    observedAtMs: answer.atMs,
    terminalAtMs: final ? (endedBefore(state, answer.atMs) ?? firstFinalAt(state, answer)) : null,
    gross: rises ? answer.charge : state.gross,
    grossBasis: rises ? (isUnproven(state) && final ? 'final' : 'open') : state.grossBasis,
  }
}

/** When it was first seen final, unless that lies after `atMs`: then a clock was ahead, and the instant says nothing. */
export function endedBefore({ terminalAtMs }: Pick<OrderState, 'terminalAtMs'>, atMs: number): number | null {
  return terminalAtMs !== null && terminalAtMs <= atMs ? terminalAtMs : null
}

/** Also of an order that was booked at its listed price because the panel hid the charge, while nothing is refunded. */
function isBeforeFirstCharge({ observedAtMs, charge, refunded }: OrderState): boolean {
  return observedAtMs === null || (charge === null && refunded === 0n)
}

/** A price listed for an order that had ended is no full price: the panel's first charge takes its place. */
function isListedPriceReplaced(state: OrderState): boolean {
  return state.gross !== null && state.charge === null && state.grossBasis === 'final' && state.refunded === 0n
}

/** True while no full price has been seen. */
function isUnproven({ grossBasis, charge }: OrderState): boolean {
  return grossBasis === null || (grossBasis === 'final' && charge === null)
}

/**
 * A site's list may show fewer decimals than its API (0.28 for 0.27819). Before the first answer, an open order's answer
 * is the price itself, and a final one within the list's last decimal is the same price, not a refund.
 */
function isListedPriceRounded(state: OrderState, answer: OrderAnswer, final: boolean): boolean {
  if (!isBeforeFirstCharge(state) || state.listedDecimals === null || state.gross === null) return false
  if (!final) return true
  const unit = 10n ** BigInt(Math.max(0, 8 - state.listedDecimals))
  return state.listedDecimals < answer.chargeDecimals && state.gross - answer.charge < unit
}

/** An order first seen final ended some time after it was placed; its own date keeps an imported history off tonight's schedule. */
function firstFinalAt(state: OrderState, answer: OrderAnswer): number {
  return state.observedAtMs === null ? (state.orderedAtMs ?? answer.atMs) : answer.atMs
}

/** True when the answer says nothing the state does not already hold. */
export function isSameAnswer(state: OrderState, answer: OrderAnswer): boolean {
  return state.status === answer.status && state.charge === answer.charge && state.remains === answer.remains
}
