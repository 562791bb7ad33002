/**
 * What every waiting refund comes to, under each way its panel may round. A full refund is the same under all of them, so
 * roundings that give every order the same amount count as one.
 */
import type { Units } from '../money/money.ts'
import type { OrderState, RefundCase } from '../orders/order.ts'
import { claimedByStatus, type RefundRounding } from '../orders/refund.ts'

export interface PendingRefund {
  readonly state: OrderState
  readonly refundCase: RefundCase
  /** Which polling pass its claim arose in, counted upwards: what an order claimed earlier has a smaller number. */
  readonly pass: number
  /** True when the claim arose after the earlier cut, so that only what changed since can be its credit. */
  readonly isNew: boolean
  /** The last cut at which it cannot have been credited yet; null when no such cut is known. */
  readonly notBefore: CutBefore | null
  /** True where a person was told that it does not come: then a difference that stood is not its credit, and a change may be. */
  readonly isDenied?: boolean
}

export interface CutBefore {
  readonly batch: number
  /** What the wallet may have differed by from the books then, by what the books know now; nothing else when it is zero. */
  readonly differences: readonly Units[]
}

/** How a panel may still round, by what it refunds. */
export type RoundingsByCase = Readonly<Record<RefundCase, readonly RefundRounding[]>>

export interface Claim {
  readonly pending: PendingRefund
  readonly kind: 'net' | 'gross'
  /** What the order is refunded in total if the claim is credited. */
  readonly refunded: Units
  /** What the wallet moves by: negative for a refund taken back. */
  readonly amount: Units
}

/** One way a panel may round, by what it refunds; null where nothing of the case is rounded. */
export type Valuation = Readonly<Record<RefundCase, RefundRounding | null>>

/** More combinations of ways than this: then a panel is taken to round all its refunds alike. */
const MOST_COMBINATIONS = 256

/** More claims than this are not compared: ways that differ in none of them only cost time. */
const MOST_COMPARED = 5_000

/** The ways to value these claims that differ in at least one amount, the first rounding listed standing for each. */
export function valuationsOf(pending: readonly PendingRefund[], roundings: RoundingsByCase): readonly Valuation[] {
  const ways = {
    cancel: waysOf(pending, 'cancel', roundings.cancel),
    partial: waysOf(pending, 'partial', roundings.partial),
    completion: waysOf(pending, 'completion', roundings.completion),
  }
  const isAlike = ways.cancel.length * ways.partial.length * ways.completion.length > MOST_COMBINATIONS
  return ways.cancel.flatMap((cancel) =>
    ways.partial.flatMap((partial) =>
      ways.completion
        .filter(
          (completion) =>
            !isAlike || (completion?.mode === partial?.mode && completion?.decimals === partial?.decimals),
        )
        .map((completion) => ({ cancel, partial, completion })),
    ),
  )
}

/** What each of them claims; those that claim nothing, or what nobody can compute, are left out. */
export function claimsUnder(pending: readonly PendingRefund[], valuation: Valuation): readonly Claim[] {
  return pending.flatMap((each) => {
    const { state, refundCase } = each
    const fall = fallOf(state)
    const refunded = fall > 0n ? fall : claimedAt(each, valuation[refundCase])
    if (refunded === null || refunded === state.refunded) return []
    const kind = fall > 0n ? ('net' as const) : ('gross' as const)
    return [{ pending: each, kind, refunded, amount: refunded - state.refunded }]
  })
}

export function totalOf(claims: readonly Claim[]): Units {
  return claims.reduce((sum, { amount }) => sum + amount, 0n)
}

/** Whether one of them was partly delivered, and nobody can tell what was not: any amount may be its credit. */
export function hasUnknownClaim(pending: readonly PendingRefund[]): boolean {
  return pending.some(
    ({ state, refundCase }) =>
      refundCase === 'partial' && fallOf(state) <= 0n && (state.quantity === null || state.remains === null),
  )
}

function waysOf(
  pending: readonly PendingRefund[],
  refundCase: RefundCase,
  roundings: readonly RefundRounding[],
): readonly (RefundRounding | null)[] {
  const rounded = pending.filter((each) => each.refundCase === refundCase && isRounded(each))
  if (rounded.length === 0 || roundings.length === 0) return [null]
  if (rounded.length > MOST_COMPARED) return roundings
  const bySignature = new Map<string, RefundRounding>()
  for (const rounding of roundings) {
    const signature = rounded.map((each) => claimedAt(each, rounding)).join()
    if (!bySignature.has(signature)) bySignature.set(signature, rounding)
  }
  return [...bySignature.values()]
}

/** A full refund is the charge itself, and a fall of the charge says what it is. */
function isRounded({ state, refundCase }: PendingRefund): boolean {
  return refundCase !== 'cancel' && fallOf(state) <= 0n
}

function claimedAt({ state, refundCase }: PendingRefund, rounding: RefundRounding | null): Units | null {
  if (refundCase === 'cancel') return state.gross
  return rounding === null ? null : claimedByStatus(state, refundCase, rounding)
}

/** A charge that the panel hides has not fallen. */
function fallOf({ gross, charge }: OrderState): Units {
  return charge === null ? 0n : (gross ?? 0n) - charge
}
