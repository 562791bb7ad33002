/**
 * An order whose refund or charge waits for a person's word: the refund was received or taken back, a parent was charged
 * itself or its children were, a hidden charge is what a history lists. Booked as if the panel had proven it, and kept out of what is learned about the panel.
 */
import { abs, formatMoney } from '../../../domain/money/money.ts'
import { refundCaseOf } from '../../../domain/orders/order.ts'
import { receivedRefund } from '../../../domain/orders/received-refund.ts'
import { decideRefund } from '../../../domain/orders/refund.ts'
import { walletReadings } from '../../../evidence/readings.ts'
import { loadSemantics, semanticsOf, type LearnedSemantics } from '../../../evidence/semantics.ts'
import { findOrders, HELD_PARENT } from '../../../evidence/registry.ts'
import type { RegisteredOrder } from '../../../evidence/registered-order.ts'
import type { ContextSource } from '../context.ts'
import { atListedPrice, fromHistory } from '../hidden-charges.ts'
import { postDifference } from '../order-decision.ts'
import { refused, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'

export async function planOrder(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
): Promise<ResolutionPlan> {
  const orderId = /^(?:order|price):(.+)$/.exec(request.exception.object)?.[1]
  if (orderId === undefined) return refused('it is not about an order')
  const order = (await findOrders(context.db, context.book, source.id, [orderId])).get(orderId)
  if (order === undefined) return refused(`order ${orderId} is not registered`)
  if (request.as === 'history-price') return planHistoryPrice(context, source, request, order)
  if (request.as === 'book' || request.as === 'ignore') return planParent(context, source, request, order)
  const learned = await loadSemantics(context.db, context.book, source.id)
  const readings = await walletReadings(context.db, context.book, source.id, Number.MAX_SAFE_INTEGER, READINGS)
  const shown = readings.map(({ decimals }) => decimals ?? FINEST)
  const known = { ...learned, walletDecimals: readings.length === 0 ? FINEST : Math.max(FEWEST, ...shown) }
  return planRefund(context, source, request, order, known)
}

/** Readings whose decimals say what the wallet shows, and how few are believed: an answer may drop trailing zeros. */
const READINGS = 60
const FEWEST = 2
const FINEST = 8

/** Codes of a refund that is claimed and not shown: how much of it came is not what the claim says. */
const CLAIMED: ReadonlySet<string> = new Set(['REFUND_MISSING', 'CHARGE_SEMANTICS_AMBIGUOUS'])

function planRefund(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
  order: RegisteredOrder,
  learned: LearnedSemantics & { readonly walletDecimals: number },
): ResolutionPlan {
  const { exception, as } = request
  const isClaim = CLAIMED.has(exception.code) && as === 'received'
  // Of a canceled order only an undelivered part is rounded, as that of a partial one.
  const { partial, completion } = learned.roundings
  const rounding = refundCaseOf(order.status) === 'completion' ? (completion ?? partial) : partial
  const proposed = isClaim && request.amount === null ? receivedRefund(order, rounding, learned.walletDecimals) : null
  if (proposed?.kind === 'unknown') {
    const most = formatMoney((order.gross ?? order.charged) - order.refunded, 8)
    return refused(`how much came back is not known, since ${proposed.reason}; give it with --amount, at most ${most}`)
  }
  if (exception.amount === null && request.amount === null && proposed === null)
    return refused('its amount is not known; give it with --amount')
  const amount = request.amount ?? proposed?.amount ?? abs(exception.amount ?? 0n)
  const refunded = order.refunded + (as === 'refund-taken-back' ? -amount : amount)
  const charged = order.gross ?? order.charged
  if (amount <= 0n || refunded < 0n || refunded > charged) {
    const booked = `${formatMoney(charged, 8)} is charged and ${formatMoney(order.refunded, 8)} refunded`
    return refused(`of order ${order.orderId} ${booked}, which leaves no room for ${formatMoney(amount, 8)}`)
  }
  const plan = planned(context, source, request, order, refunded, `decision/${as}`)
  const [after] = plan.kind === 'planned' ? plan.orders : []
  if (!isClaim || plan.kind !== 'planned' || after === undefined) return plan
  // The status goes on claiming what it claimed: what it claims beyond what came is covered by this decision too.
  const claim = decideRefund(after, semanticsOf(learned))
  const covers = claim.kind === 'pending' && claim.code === exception.code ? { covers: claim.claimed } : {}
  return { ...plan, ...covers, ...(proposed === null ? {} : { because: proposed.because }) }
}

/** See hidden-charges.ts; what its status claims back is decided with the next answer. */
function planHistoryPrice(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
  order: RegisteredOrder,
): ResolutionPlan {
  const { orderId } = order
  if (order.chargeVersion > 0) return refused(`order ${orderId} has a charge in the books`)
  if (order.status === null) return refused(`the panel has told no status of order ${orderId} yet`)
  const priced = atListedPrice(order)
  if (priced === null)
    return refused(`no imported history lists a price of order ${orderId}; import one with tieout orders import`)
  const plan = planned(context, source, request, priced, order.refunded, 'refund/kept')
  if (plan.kind === 'refused') return plan
  return { ...plan, drafts: plan.drafts.map(fromHistory), because: 'an imported history lists this price' }
}

/** As the wallet would decide it; see parent-charges.ts. */
function planParent(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
  order: RegisteredOrder,
): ResolutionPlan {
  if (order.pending !== HELD_PARENT) {
    // Its charge is in the books, and stays there.
    if (request.as === 'book' && order.charged > 0n) return { kind: 'planned', drafts: [], orders: [], left: 0n }
    return refused(
      `order ${order.orderId} was booked before it named its children; if they were charged instead, its refund is due from the panel (tieout exceptions resolve --as book keeps it as it is)`,
    )
  }
  const gross = request.as === 'book' ? order.charge : 0n
  return planned(context, source, request, { ...order, gross, grossBasis: 'open' }, order.refunded, 'refund/kept')
}

function planned(
  context: PlanContext,
  source: ContextSource,
  { evidence, atMs, memo }: PlanRequest,
  order: RegisteredOrder,
  refunded: bigint,
  rule: string,
): ResolutionPlan {
  // Decided today, so it counts today; a charge that was never booked counts on the day of its order.
  const timing = { evidence, atMs, previousPassMs: atMs, backfill: false }
  const posted = postDifference(context, source, { ...order, pending: null }, refunded, rule, timing)
  const drafts = posted.drafts.map((draft) => ({ ...draft, memo }))
  return { kind: 'planned', drafts, orders: [posted.order], left: 0n }
}
