/**
 * Net panels that credit later than they lower the charge: such a refund is booked by its fall, and the wallet has it some
 * nights later. Until then it is one more claim of the wallet's proof, in the night of its fall and in those after.
 */
import { refundCaseOf } from '../../domain/orders/order.ts'
import type { PendingRefund } from '../../domain/wallets/claim-amounts.ts'
import { proveRefunds, type ProofRequest, type WalletProof } from '../../domain/wallets/wallet-proof.ts'
import { findOrders } from '../../evidence/registry.ts'
import { openChanges } from '../../evidence/wallet-changes.ts'
import { fallsSince, type BookedFall } from '../../evidence/wallet-span.ts'
import type { BatchContext, ContextSource } from './context.ts'
import { isCut, type WalletHistory } from './wallet-claims.ts'

/** Cuts after which a credit that has not come is not looked for any more. */
const CUTS_LOOKED_BACK = 7

export interface NetCredits {
  /** Booked since the last cut: the books' change holds them, the wallet's may not. */
  readonly fresh: readonly PendingRefund[]
  /** Booked in earlier nights that left something unexplained. */
  readonly earlier: readonly PendingRefund[]
}

const NO_FALLS: NetCredits = { fresh: [], earlier: [] }

/** Refunds booked by a fall of which nobody knows yet that the wallet was credited. */
export async function netCredits(
  { db, book }: BatchContext,
  source: ContextSource,
  { readings, cut }: Pick<WalletHistory, 'readings' | 'cut'>,
): Promise<NetCredits> {
  if (cut === null) return NO_FALLS
  const cuts = readings.filter(isCut)
  const first = cuts[Math.min(CUTS_LOOKED_BACK, cuts.length - 1)] ?? cut
  const unexplained = (await openChanges(db, book, source.id)).map(({ batch }) => ({
    from: cuts.find((each) => each.batch < batch)?.batch ?? 0,
    to: batch,
  }))
  const falls = await fallsSince(db, book, source.id, first.batch)
  const orders = await findOrders(
    db,
    book,
    source.id,
    falls.map(({ orderId }) => orderId),
  )
  const pendingOf = (fall: BookedFall, isNew: boolean): readonly PendingRefund[] => {
    const order = orders.get(fall.orderId)
    const refundCase = order === undefined ? null : refundCaseOf(order.status)
    if (order === undefined || refundCase === null || order.pending !== null || order.refunded < fall.amount) return []
    const state = { ...order, refunded: order.refunded - fall.amount }
    return [{ state, refundCase, pass: isNew ? 1 : 0, isNew, notBefore: null }]
  }
  const isUnexplained = ({ batch }: BookedFall): boolean =>
    unexplained.some(({ from, to }) => batch > from && batch <= to)
  return {
    fresh: falls.filter(({ batch }) => batch > cut.batch).flatMap((fall) => pendingOf(fall, true)),
    earlier: falls
      .filter((fall) => fall.batch <= cut.batch && isUnexplained(fall))
      .flatMap((fall) => pendingOf(fall, false)),
  }
}

/**
 * The same question with these among the claims: what the wallet gained beside the charges is what waits and what was booked
 * by a fall, as far as it was credited. The proof names what waited alone.
 */
export function proveBesideFalls(request: ProofRequest, { fresh, earlier }: NetCredits): WalletProof {
  const falls = new Set([...fresh, ...earlier])
  if (falls.size === 0) return { kind: 'unproven', reason: 'no reading' }
  const booked = fresh.reduce((sum, { state }) => sum + (state.gross ?? 0n) - (state.charge ?? 0n) - state.refunded, 0n)
  const { changes, mustComeTo, untaken } = request
  const proof = proveRefunds({
    ...request,
    ...(mustComeTo === undefined ? {} : { mustComeTo: mustComeTo + booked }),
    ...(untaken === undefined
      ? {}
      : { untaken: { ...untaken, changes: untaken.changes.map((each) => each + booked) } }),
    changes: changes.map((change) => change + booked),
    whole: null,
    pending: [...request.pending, ...falls],
  })
  if (proof.kind !== 'proven') return proof
  return { ...proof, refunds: proof.refunds.filter(({ pending }) => !falls.has(pending)) }
}
