/**
 * After a wallet was read: orders first seen partial, whose charge may be net of a refund already or not. A wallet that
 * ties two nights running is evidence for net; anything else makes them exceptions. What a later refund contradicts is
 * taken back.
 */
import { addCases, UNKNOWN_TALLY, type SemanticsTally } from '../../domain/orders/charge-semantics.ts'
import type { Units } from '../../domain/money/money.ts'
import { refundCaseOf } from '../../domain/orders/order.ts'
import { decideRefund } from '../../domain/orders/refund.ts'
import {
  isAtFullPrice,
  isFirstSeenPartial,
  isRefundOfTied,
  leastGrossRefund,
  wouldHaveShown,
} from '../../domain/orders/tie-evidence.ts'
import type { Landed } from '../../evidence/landing.ts'
import { ratesOf } from '../../evidence/catalogue.ts'
import type { WalletReading } from '../../evidence/readings.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { saveAnswers } from '../../evidence/register-orders.ts'
import { pendingOrders } from '../../evidence/registry.ts'
import { loadSemantics, saveTally, semanticsOf, type LearnedSemantics } from '../../evidence/semantics.ts'
import {
  canceledToZero,
  firstCharges,
  hasRefundAtFullCharge,
  lastPlug,
  mostOrdered,
  tiedOrders,
  tiedSince,
  type TiedReading,
} from '../../evidence/wallet-ties.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { raiseExceptions, type PlacedException } from '../../reconcile/exceptions/raise.ts'
import { hasOpening } from '../../reconcile/wallet.ts'
import { pricesOf } from './check-prices.ts'
import { evidenceOf, settle, type BatchContext, type ContextSource } from './context.ts'
import { decideOrder, TIE_DECIDES, type OrderTiming } from './order-decision.ts'
import { hasUnknownCharges } from './wallet-claims.ts'

/** Orders judged by one reading; with more waiting none is, since those not looked at may speak against it. */
const WAITING_LIMIT = 100_000
/** Between two nights lie more, between two runs of one night less. */
const NIGHT_MS = 12 * 3_600_000
/** Canceled orders at zero that show a panel which lowers the charge of what it cancels. */
const ENOUGH_CANCELED = 3
const PAGE = 5_000

export interface Cut {
  readonly reading: WalletReading
  readonly decimals: number
  /** balance − booked once everything this reading proves is booked; what a person put in suspense counts as not explained. */
  readonly left: Units
  /** Second credits in suspense: the books hold them, but nothing explains them. */
  readonly twice: Units
  readonly timing: OrderTiming
  /** What was known of the panel before this reading. */
  readonly before: LearnedSemantics
}

export async function weighTie(context: BatchContext, source: ContextSource, item: Landed, cut: Cut): Promise<void> {
  const { db, book } = context
  const now = await loadSemantics(db, book, source.id)
  const isContradicted = now.tallies.partial.contradictions > cut.before.tallies.partial.contradictions
  if (isContradicted) await takeBack(context, source, item, now, cut.timing)
  else if (await isContradictedBy(context, source, now, cut)) await contradict(context, source, item, now, cut.timing)
  const pending = await pendingOrders(db, book, source.id, WAITING_LIMIT)
  const waiting = pending.filter((order) => order.pending === TIE_DECIDES && isFirstSeenPartial(order))
  if (waiting.length === 0 || pending.length === WAITING_LIMIT) return
  const weighed = await weigh(context, source, cut, now, { pending, waiting })
  if (weighed.kind === 'later') return
  const proven = weighed.kind === 'net' ? weighed.orders : []
  const left =
    proven.length === 0 ? waiting : await acceptTie(context, source, item, now, { waiting, proven }, cut.timing)
  await raiseWaiting(context, source, item, left)
}

/** `later`: the wallet ties, but it is too early to say so. */
type Weighed =
  | { readonly kind: 'net'; readonly orders: readonly RegisteredOrder[] }
  | { readonly kind: 'later' }
  | { readonly kind: 'ambiguous' }

const AMBIGUOUS: Weighed = { kind: 'ambiguous' }

/**
 * 1. The opening is booked, so that the whole balance is explained and not only its change.
 * 2. Every cut of the last night, this one included, ties, and the orders were booked before the first of them: a refund
 *    that comes a day late would have come.
 * 3. No write-off, suspense or difference stated by a person alone was booked after an order's charge: it may be the refund.
 * 4. What is known of the panel does not speak for gross, and no other claim is waiting that the wallet has not shown.
 * 5. Read as gross, the wallet would have missed by these orders' sum, which is larger than its last decimal.
 */
async function weigh(
  context: BatchContext,
  source: ContextSource,
  { reading, decimals, left, twice }: Cut,
  known: LearnedSemantics,
  { pending, waiting }: { readonly pending: readonly RegisteredOrder[]; readonly waiting: readonly RegisteredOrder[] },
): Promise<Weighed> {
  const { db, book } = context
  if (!reading.consistent || left !== 0n || twice !== 0n || !(await hasOpening(db, book, source.id))) return AMBIGUOUS
  if (await speaksForGross(context, source, known.tallies.partial, pending, waiting)) return AMBIGUOUS
  const since = await tiedSince(db, book, source.id, reading.batch, reading.observedAtMs - NIGHT_MS)
  if (since === null || (await hasUnknownCharges(context, source))) return { kind: 'later' }
  const plug = await lastPlug(db, book, source.id)
  const booked = await bookedBefore(context, source, waiting, { since, plug })
  if (booked.isTooEarly) return { kind: 'later' }
  const most = await mostOrdered(db, book, source.id)
  const told = booked.orders
    .map((order) => ({ order, least: leastGrossRefund(order, decimals, most) }))
    .filter(({ least }) => least > 0n)
  const sum = told.reduce((total, { least }) => total + least, 0n)
  return wouldHaveShown(sum, decimals) ? { kind: 'net', orders: told.map(({ order }) => order) } : AMBIGUOUS
}

/** Orders whose charge was in the books at the tie before, and after the last time a person forced one. */
async function bookedBefore(
  { db, book }: BatchContext,
  source: ContextSource,
  waiting: readonly RegisteredOrder[],
  { since, plug }: { readonly since: TiedReading; readonly plug: bigint },
): Promise<{ readonly orders: readonly RegisteredOrder[]; readonly isTooEarly: boolean }> {
  const ids = waiting.map(({ orderId }) => orderId)
  const charges = await firstCharges(db, book, source.id, ids)
  const free = waiting.filter(({ orderId }) => (charges.get(orderId)?.sequence ?? 0n) > plug)
  const orders = free.filter(({ orderId }) => (charges.get(orderId)?.batch ?? since.batch) < since.batch)
  return { orders, isTooEarly: free.length > 0 && orders.length === 0 }
}

/**
 * True when a refund of the same panel was proven or stated gross, an order is at its full price by the catalogue, or another claim
 * waits that the wallet has not shown: then refunds may come late or never, and a tie says nothing.
 */
async function speaksForGross(
  context: BatchContext,
  source: ContextSource,
  tally: SemanticsTally,
  pending: readonly RegisteredOrder[],
  waiting: readonly RegisteredOrder[],
): Promise<boolean> {
  // A panel that has shown both is not told by what the wallet does not show.
  if (tally.verdict === 'gross' || tally.grossCases > 0 || tally.contradictions > 0) return true
  if (await hasRefundAtFullCharge(context.db, context.book, source.id)) return true
  const isWaiting = new Set(waiting.map(({ orderId }) => orderId))
  const others = pending.filter(({ orderId }) => !isWaiting.has(orderId))
  if (others.some(({ status }) => status === 'partial')) return true
  const canceled = others.filter(({ status }) => refundCaseOf(status) === 'cancel')
  if (canceled.some(({ gross, charge }) => (gross ?? 0n) > (charge ?? 0n))) return true
  if (
    canceled.length > 0 &&
    (await canceledToZero(context.db, context.book, source.id, ENOUGH_CANCELED)) < ENOUGH_CANCELED
  )
    return true
  const services = [...new Set(waiting.flatMap(({ service }) => (service === null ? [] : [service])))]
  const rates = await ratesOf(context.db, context.book, source.id, services)
  return waiting.some((order) => isAtFullPrice(order, pricesOf(order, rates.get(order.service ?? '') ?? [])))
}

/** Returns what waits on: of a net panel nothing. */
async function acceptTie(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  known: LearnedSemantics,
  { waiting, proven }: { readonly waiting: readonly RegisteredOrder[]; readonly proven: readonly RegisteredOrder[] },
  timing: OrderTiming,
): Promise<readonly RegisteredOrder[]> {
  const { db, book } = context
  const partial = addCases(known.tallies.partial, 'net', proven.length)
  await saveTally(db, book, source.id, 'partial', partial, context.batch)
  const semantics = semanticsOf({ ...known, tallies: { ...known.tallies, partial } })
  const isProven = new Set(proven.map(({ orderId }) => orderId))
  const judged = (partial.verdict === 'net' ? waiting : proven).map((order) => {
    const basis = isProven.has(order.orderId) ? ('tied' as const) : order.grossBasis
    return decideOrder(context, source, { ...order, grossBasis: basis }, semantics, timing).order
  })
  await saveAnswers(db, book, source.id, judged)
  const objects = judged.filter(({ pending }) => pending === null).map(({ orderId }) => `order:${orderId}`)
  const open = await openObjects(db, book, source.name, [TIE_DECIDES], objects)
  for (const object of open) await settle(context, item, object, { only: [TIE_DECIDES] })
  return partial.verdict === 'net' ? [] : waiting.filter(({ orderId }) => !isProven.has(orderId))
}

/** Those without an open exception. */
async function raiseWaiting(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  waiting: readonly RegisteredOrder[],
): Promise<void> {
  const objects = waiting.map(({ orderId }) => `order:${orderId}`)
  const open = await openObjects(context.db, context.book, source.name, [TIE_DECIDES], objects)
  const semantics = semanticsOf(await loadSemantics(context.db, context.book, source.id))
  const raised = waiting.flatMap((order): readonly PlacedException[] => {
    const object = `order:${order.orderId}`
    const refund = decideRefund(order, semantics)
    if (open.has(object) || refund.kind !== 'pending') return []
    const { code, claimed: amount, reason: detail } = refund
    const place = { batch: order.evidenceBatch, item: order.evidenceItem }
    return [{ source: source.name, code, object, amount, currency: source.currency, detail, place }]
  })
  await raiseExceptions(context.db, context.book, raised, evidenceOf(item), item.fetchedAtMs)
}

/** No reading could be made of the wallet after the pass, so it decides nothing tonight. */
export async function withoutCut(context: BatchContext, source: ContextSource, item: Landed): Promise<void> {
  const pending = await pendingOrders(context.db, context.book, source.id, WAITING_LIMIT)
  const waiting = pending.filter((order) => order.pending === TIE_DECIDES && isFirstSeenPartial(order))
  await raiseWaiting(context, source, item, waiting)
}

/**
 * Whether a refund is booked beside the whole charge of a partial order, or a wallet that tied now holds just the refund of
 * one order, or of all, that a tie was evidence for: the panel credits after all, and late. The second only where so few
 * were tried that no other credit comes to one of them by chance.
 */
async function isContradictedBy(
  { db, book }: BatchContext,
  source: ContextSource,
  known: LearnedSemantics,
  { reading, decimals, left }: Cut,
): Promise<boolean> {
  if (known.tallies.partial.netCases === 0) return false
  const isRefunded = await hasRefundAtFullCharge(db, book, source.id)
  if (!isRefunded && (!reading.consistent || left <= 0n)) return false
  const tied = await tiedOrders(db, book, source.id, { after: '', limit: PAGE })
  if (tied.length === 0 || isRefunded) return tied.length > 0
  if (tied.length === PAGE) return false
  // The first reading beyond a tie alone, which is also when all of the difference is new.
  if ((await tiedSince(db, book, source.id, reading.batch, reading.observedAtMs)) === null) return false
  return isRefundOfTied(tied, left, decimals)
}

async function contradict(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  known: LearnedSemantics,
  timing: OrderTiming,
): Promise<void> {
  const { contradictions } = known.tallies.partial
  const partial: SemanticsTally = { ...UNKNOWN_TALLY, contradictions: contradictions + 1 }
  await saveTally(context.db, context.book, source.id, 'partial', partial, context.batch)
  await takeBack(context, source, item, { ...known, tallies: { ...known.tallies, partial } }, timing)
}

/** What a tie was evidence for is as ambiguous again as it was; every page of it, since a verdict covered them all. */
async function takeBack(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  known: LearnedSemantics,
  timing: OrderTiming,
): Promise<void> {
  const semantics = semanticsOf(known)
  let after = ''
  for (;;) {
    const page = { after, limit: PAGE, andFirstSeen: true }
    const orders = await tiedOrders(context.db, context.book, source.id, page)
    const untied = orders.map((order): RegisteredOrder => ({ ...order, grossBasis: 'final' }))
    const isOpen = (order: RegisteredOrder): boolean => order.pending === null && isFirstSeenPartial(order)
    const again = untied.filter(isOpen).map((order) => decideOrder(context, source, order, semantics, timing).order)
    // What has become of others since, the tie says nothing of; nor is it contradicted again for their sake.
    const moved = untied.filter((order, at) => orders[at]?.grossBasis === 'tied' && !isOpen(order))
    await saveAnswers(context.db, context.book, source.id, [...moved, ...again])
    await raiseWaiting(
      context,
      source,
      item,
      again.filter(({ pending }) => pending !== null),
    )
    const last = orders.at(-1)
    if (last === undefined || orders.length < PAGE) return
    after = last.orderId
  }
}
