/**
 * The wallet as witness. When a panel's balance shows more money than the books explain, and the claimed refunds that
 * wait come to just that amount, the wallet has proven them. The proof must be exact and the only one: two different
 * readings of the same amount prove neither.
 */
import type { Units } from '../money/money.ts'
import type { OrderState, RefundCase } from '../orders/order.ts'
import { claimedByStatus, type RefundRounding } from '../orders/refund.ts'

export interface PendingRefund {
  readonly state: OrderState
  readonly refundCase: RefundCase
  /** True when the answer is newer than the last balance, so that it can explain what changed since. */
  readonly isNew: boolean
  /** True when the order had ended before the last balance: a panel that credits late credits these first. */
  readonly endedEarlier?: boolean
}

export interface ProvenRefund {
  readonly state: OrderState
  readonly refundCase: RefundCase
  readonly kind: 'net' | 'gross'
  readonly refunded: Units
}

export type WalletProof =
  | { readonly kind: 'proven'; readonly refunds: readonly ProvenRefund[]; readonly rounding: RefundRounding }
  | { readonly kind: 'unproven'; readonly reason: string }

const SEVERAL_READINGS: WalletProof = {
  kind: 'unproven',
  reason: 'more than one reading of the waiting refunds comes to this amount',
}

/**
 * `unexplained` is balance − booked now; `unexplainedBefore` the same at the last balance, null at the first.
 * Tried: all that waits against the whole difference; then what is new against the change since the last balance, and
 * what had ended before it against the whole difference, for panels that credit later than they cancel. Each for every
 * combination of refund cases and every rounding a panel is known to use.
 */
export function proveRefunds(
  unexplained: Units,
  unexplainedBefore: Units | null,
  pending: readonly PendingRefund[],
  roundings: readonly RefundRounding[],
): WalletProof {
  const whole = proveAmount(unexplained, pending, roundings)
  if (whole.kind === 'proven') return whole
  const proofs = attemptsInPart(unexplained, unexplainedBefore, pending)
    .map(([target, candidates]) => proveAmount(target, candidates, roundings))
    .filter((proof) => proof.kind === 'proven')
  const [proof] = proofs
  if (proof === undefined) {
    return { kind: 'unproven', reason: 'the refunds that wait do not come to what the wallet shows' }
  }
  if (proofs.some((other) => fingerprintOf(other.refunds) !== fingerprintOf(proof.refunds))) return SEVERAL_READINGS
  return proof
}

function attemptsInPart(
  unexplained: Units,
  before: Units | null,
  pending: readonly PendingRefund[],
): readonly (readonly [Units, readonly PendingRefund[]])[] {
  if (before === null) return []
  const fresh = pending.filter((each) => each.isNew)
  const earlier = pending.filter((each) => each.endedEarlier === true)
  return [
    [unexplained - before, fresh],
    [unexplained, earlier],
  ]
}

function fingerprintOf(refunds: readonly ProvenRefund[]): string {
  return refunds.map((refund) => `${refund.state.orderId}=${refund.refunded}`).join()
}

function proveAmount(
  target: Units,
  candidates: readonly PendingRefund[],
  roundings: readonly RefundRounding[],
): WalletProof {
  const unproven: WalletProof = { kind: 'unproven', reason: 'nothing that waits comes to this amount' }
  if (target <= 0n || candidates.length === 0) return unproven
  let found: { refunds: ProvenRefund[]; rounding: RefundRounding; fingerprint: string } | null = null
  for (const rounding of roundings) {
    const groups = groupClaims(candidates, rounding)
    for (let mask = 1; mask < 1 << groups.length; mask += 1) {
      const chosen = groups.filter((_, index) => (mask & (1 << index)) !== 0)
      if (chosen.reduce((sum, group) => sum + group.total, 0n) !== target) continue
      const refunds = chosen.flatMap((group) => group.refunds)
      const fingerprint = fingerprintOf(refunds)
      if (found !== null && found.fingerprint !== fingerprint) {
        return SEVERAL_READINGS
      }
      found ??= { refunds, rounding, fingerprint }
    }
  }
  return found === null ? unproven : { kind: 'proven', refunds: found.refunds, rounding: found.rounding }
}

interface ClaimGroup {
  readonly total: Units
  readonly refunds: readonly ProvenRefund[]
}

/** Claims by refund case, by whether the charge fell, and by direction: at most twelve groups, so all their combinations can be tried. */
function groupClaims(candidates: readonly PendingRefund[], rounding: RefundRounding): ClaimGroup[] {
  const groups = new Map<string, { total: Units; refunds: ProvenRefund[] }>()
  for (const { state, refundCase } of candidates) {
    // A charge that the panel hides has not fallen.
    const fall = state.charge === null ? 0n : (state.gross ?? 0n) - state.charge
    const kind = fall > 0n ? 'net' : 'gross'
    const refunded = fall > 0n ? fall : claimedByStatus(state, refundCase, rounding)
    if (refunded === null || refunded === state.refunded) continue
    const key = `${refundCase}/${kind}${refunded < state.refunded ? '/back' : ''}`
    const group = groups.get(key) ?? { total: 0n, refunds: [] }
    group.total += refunded - state.refunded
    group.refunds.push({ state, refundCase, kind, refunded })
    groups.set(key, group)
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}
