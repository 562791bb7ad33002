/**
 * Status answers → postings. Two passes over a batch: first what its rows teach about the panel (net or gross), then
 * each row's decision with that knowledge. When the knowledge changes, orders that were waiting are decided again.
 */
import { addCases, netEvidence, type ChargeSemantics } from '../../domain/orders/charge-semantics.ts'
import {
  absorbAnswer,
  isSameAnswer,
  REFUND_CASES,
  type OrderAnswer,
  type RefundCase,
} from '../../domain/orders/order.ts'
import type { Units } from '../../domain/money/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { confirmHints } from '../../evidence/order-hints.ts'
import { lastPassMs, previousPassMs } from '../../evidence/readings.ts'
import { newOrder, type RegisteredOrder } from '../../evidence/registered-order.ts'
import { saveAnswers, saveOrders } from '../../evidence/register-orders.ts'
import { findOrders, pendingOrders } from '../../evidence/registry.ts'
import { loadSemantics, saveTally, semanticsOf, type LearnedSemantics } from '../../evidence/semantics.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { checkPrices, type AnsweredOrder } from './check-prices.ts'
import { checkRefunds, type Refunded } from './check-refunds.ts'
import { evidenceOf, raise, requireSource, settle, type BatchContext, type ContextSource } from './context.ts'
import { decideOrder, TIE_DECIDES, type OrderDecision, type OrderTiming } from './order-decision.ts'
import { bookDue, dueBooking } from './refunds-due.ts'
import { askedAtMs, statusRequest } from './requests.ts'
import { forgetListedPrices, holdParents, raiseParent } from './parent-charges.ts'
import { decideHidden, keepHidden, type HiddenCharge } from './hidden-charges.ts'
import { settleAdds } from './settle-adds.ts'
import { readAnswers, settleUnread, UNREADABLE, type Answered, type Parent, type Uncharged } from './status-answers.ts'
import { withoutCharge } from './uncharged-order.ts'

/** How many waiting orders are decided again when a verdict changes; the rest follow in the next pass. */
const REDECIDE_LIMIT = 50_000

/** Longer than any two requests of a pass lie apart on the wire. */
const OVERTAKEN_MS = 600_000

const NOTHING_OPEN: ReadonlySet<string> = new Set()

/** `items` are neighbours of one source, at least one. */
export async function processStatuses(
  context: BatchContext,
  items: readonly Landed[],
): Promise<readonly TransactionDraft[]> {
  const [head] = items
  if (head === undefined) return []
  const source = requireSource(context, head)
  const isOutsidePass = statusRequest(head).purpose === 'hook'
  const passBefore = isOutsidePass ? lastPassMs : previousPassMs
  const previous = await passBefore(context.db, context.book, source.id, context.batch)
  const answered: Answered[] = []
  const uncharged: Uncharged[] = []
  const parents: Parent[] = []
  const hidden: HiddenCharge[] = []
  let isRead = false
  for (const item of items) {
    const answers = await readAnswers(context, source, item, previous)
    isRead ||= answers.isRead
    answered.push(...answers.answered)
    uncharged.push(...answers.uncharged)
    parents.push(...answers.parents)
    hidden.push(...answers.hidden)
  }
  if (isRead) await settleUnread(context, source, head)
  const orders = await ordersOf(context, source, [...answered, ...parents], [...uncharged, ...hidden])
  const changed = new Map<string, RegisteredOrder>()
  answered.push(...(await holdParents(context, source, parents, orders, changed)))
  const current = notOvertaken(context, source, answered, orders)
  forgetListedPrices(current, orders)
  const learned = await learn(context, source, current, orders)
  const ids = [
    ...new Set([...answered, ...parents].map(({ row }) => row.orderId)),
    ...[...uncharged, ...hidden].map(({ orderId }) => orderId),
  ]
  const objects = ids.map((id) => `order:${id}`)
  const troubled = await openObjects(context.db, context.book, source.name, UNREADABLE, objects)
  const semantics = semanticsOf(learned.semantics)
  const booking = await dueBooking(context, source, head.fetchedAtMs)
  const drafts: TransactionDraft[] = []
  const booked: Refunded[] = []
  const unbooked: AnsweredOrder[] = []
  for (const { item, row, answer, timing } of current) {
    const before = requireOrder(orders, row.orderId)
    const decided = decide(context, source, before, answer, semantics, timing)
    const decision = booking === null ? decided : bookDue(context, source, booking, before, decided, timing)
    orders.set(row.orderId, decision.order)
    if (isChanged(before, decision.order) || changed.has(row.orderId)) changed.set(row.orderId, decision.order)
    for (const draft of decision.drafts) drafts.push(draft)
    await note(context, source, item, before, decision, troubled)
    count(context, source, answer.charge, decision)
    if (decision.drafts.length > 0) booked.push({ item, before, after: decision.order, drafts: decision.drafts })
    else unbooked.push({ item, before, after: decision.order })
  }
  await settleKnown(context, source, hidden)
  await bookHidden(context, source, hidden, semantics, { orders, changed, troubled, drafts, booked })
  await checkPrices(context, source, booked)
  await checkRefunds(context, source, booked)
  await settleAdds(context, source, [...booked, ...unbooked])
  await moveUncharged(context, source, uncharged, { orders, changed, troubled })
  if (learned.verdictChanged)
    drafts.push(...(await redecide(context, source, items, semantics, previous, changed, orders)))
  await saveAnswers(context.db, context.book, source.id, [...changed.values()])
  const askedMs = Math.min(...items.map((item) => askedAtMs(item, statusRequest(item))))
  await confirmHints(context.db, context.book, source.id, ids, askedMs)
  return drafts
}

/** What the rows of a batch are booked into. */
interface Batch {
  readonly orders: Map<string, RegisteredOrder>
  readonly changed: Map<string, RegisteredOrder>
  /** Orders with an open exception that an answer settles. */
  readonly troubled: ReadonlySet<string>
  readonly drafts: TransactionDraft[]
  readonly booked: Refunded[]
}

async function bookHidden(
  context: BatchContext,
  source: ContextSource,
  hidden: readonly HiddenCharge[],
  semantics: ChargeSemantics,
  { orders, changed, troubled, drafts, booked }: Batch,
): Promise<void> {
  for (const each of hidden) {
    const before = requireOrder(orders, each.orderId)
    const decision = decideHidden(context, source, before, each, semantics)
    const after = decision?.order ?? (await keepHidden(context, source, before, each))
    orders.set(each.orderId, after)
    if (after !== before) changed.set(each.orderId, after)
    if (decision === null) continue
    for (const draft of decision.drafts) drafts.push(draft)
    await note(context, source, each.item, before, decision, troubled)
    count(context, source, null, decision)
    if (decision.drafts.length > 0) booked.push({ item: each.item, before, after, drafts: decision.drafts })
  }
}

async function moveUncharged(
  context: BatchContext,
  source: ContextSource,
  uncharged: readonly Uncharged[],
  { orders, changed, troubled }: Pick<Batch, 'orders' | 'changed' | 'troubled'>,
): Promise<void> {
  for (const each of uncharged) {
    const before = requireOrder(orders, each.orderId)
    const order = withoutCharge(before, each)
    orders.set(each.orderId, order)
    changed.set(each.orderId, order)
    const object = `order:${each.orderId}`
    const isFreed = before.pending !== null && order.pending === null
    const children = each.children ?? []
    const isAnswered = each.status !== null && troubled.has(object)
    // Booked at its listed price before it named children: one of the two may be too much.
    if (before.charge === null && before.charged > 0n && children.length > 0) {
      if (isAnswered) await settle(context, each.item, object, { only: UNREADABLE })
      await raiseParent(context, source, each.item, each.orderId, before.charged, children)
    } else if (isAnswered || (each.status !== null && isFreed)) await settle(context, each.item, object)
  }
}

/** What is registered of all orders of the batch; one the panel answered for unasked is registered here. */
async function ordersOf(
  context: BatchContext,
  source: ContextSource,
  answered: readonly Answered[],
  uncharged: readonly Pick<Uncharged, 'orderId' | 'timing'>[],
): Promise<Map<string, RegisteredOrder>> {
  const named = [...answered.map(({ row, timing }) => ({ orderId: row.orderId, timing })), ...uncharged]
  const ids = [...new Set(named.map(({ orderId }) => orderId))]
  const orders = await findOrders(context.db, context.book, source.id, ids)
  const fresh: RegisteredOrder[] = []
  for (const { orderId, timing } of named) {
    if (orders.has(orderId)) continue
    const order = newOrder(orderId, 'answered', timing.evidence)
    orders.set(orderId, order)
    fresh.push(order)
  }
  await saveOrders(context.db, context.book, source.id, fresh)
  return orders
}

function requireOrder(orders: ReadonlyMap<string, RegisteredOrder>, orderId: string): RegisteredOrder {
  const order = orders.get(orderId)
  if (order === undefined) throw new RangeError(`order ${orderId} was not looked up`)
  return order
}

async function learn(
  context: BatchContext,
  source: ContextSource,
  answered: readonly Answered[],
  orders: ReadonlyMap<string, RegisteredOrder>,
): Promise<{ readonly semantics: LearnedSemantics; readonly verdictChanged: boolean }> {
  const cases: Record<RefundCase, number> = { cancel: 0, partial: 0, completion: 0 }
  for (const { row, answer } of answered) {
    const before = orders.get(row.orderId)
    if (before === undefined || isSameAnswer(before, answer)) continue
    const shown = netEvidence(before, absorbAnswer(before, answer))
    if (shown !== null) cases[shown] += 1
  }
  const semantics = await loadSemantics(context.db, context.book, source.id)
  const tallies = { ...semantics.tallies }
  let verdictChanged = false
  for (const refundCase of REFUND_CASES) {
    const tally = addCases(tallies[refundCase], 'net', cases[refundCase])
    if (tally === tallies[refundCase]) continue
    verdictChanged ||= tally.verdict !== tallies[refundCase].verdict
    tallies[refundCase] = tally
    await saveTally(context.db, context.book, source.id, refundCase, tally, context.batch)
  }
  return { semantics: { ...semantics, tallies }, verdictChanged }
}

function decide(
  context: BatchContext,
  source: ContextSource,
  before: RegisteredOrder,
  answer: OrderAnswer,
  semantics: ChargeSemantics,
  timing: OrderTiming,
): OrderDecision {
  const { batch, item } = timing.evidence
  const absorbed = { ...before, ...absorbAnswer(before, answer), refusals: 0, evidenceBatch: batch, evidenceItem: item }
  const chargeRose = before.charge !== null && answer.charge > before.charge
  const decision = decideOrder(context, source, absorbed, semantics, timing, chargeRose)
  return { ...decision, order: { ...decision.order, ...claimOf(before, decision.order, batch) } }
}

/** Since when the order claims what it claims: an answer that repeats a claim does not renew it. */
function claimOf(
  before: RegisteredOrder,
  after: RegisteredOrder,
  batch: number,
): Pick<RegisteredOrder, 'claimBatch' | 'claimFromOpen'> {
  const { claimBatch, claimFromOpen } = before
  if (after.pending === null)
    return after.refundDue > 0n ? { claimBatch, claimFromOpen } : { claimBatch: null, claimFromOpen: null }
  if (claimBatch !== null && before.pending !== null && isSameClaim(before, after)) return { claimBatch, claimFromOpen }
  const wasOpen = before.status === 'pending' || before.status === 'in-progress'
  return { claimBatch: batch, claimFromOpen: before.observedAtMs === null ? null : wasOpen }
}

function isSameClaim(one: RegisteredOrder, other: RegisteredOrder): boolean {
  return (
    one.status === other.status &&
    one.charge === other.charge &&
    one.remains === other.remains &&
    one.gross === other.gross &&
    one.refunded === other.refunded
  )
}

/**
 * Requests on the wire at the same time may be booked in another order than they were answered: an older answer neither
 * moves the order back nor teaches anything. Only a little older, since a clock that was ahead for a night must not make
 * every later answer look old.
 */
function notOvertaken(
  context: BatchContext,
  source: ContextSource,
  answered: readonly Answered[],
  orders: ReadonlyMap<string, RegisteredOrder>,
): readonly Answered[] {
  const latestMs = new Map<string, number>()
  return answered.filter(({ row: { orderId }, answer }) => {
    const olderMs = (latestMs.get(orderId) ?? orders.get(orderId)?.observedAtMs ?? 0) - answer.atMs
    const isOvertaken = olderMs > 0 && olderMs <= OVERTAKEN_MS
    if (isOvertaken) context.tally.add('unchanged', source.currency, answer.charge)
    else latestMs.set(orderId, answer.atMs)
    return !isOvertaken
  })
}

/** An answer that says nothing new leaves the row as it was, so an unchanged night costs reads only. */
function isChanged(before: RegisteredOrder, after: RegisteredOrder): boolean {
  return (
    before.status !== after.status ||
    before.charge !== after.charge ||
    before.remains !== after.remains ||
    before.dueAtMs !== after.dueAtMs ||
    before.pending !== after.pending ||
    before.claimBatch !== after.claimBatch ||
    before.charged !== after.charged ||
    before.refunded !== after.refunded ||
    before.refusals !== after.refusals
  )
}

async function note(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  before: RegisteredOrder,
  decision: OrderDecision,
  troubled: ReadonlySet<string>,
): Promise<void> {
  const object = `order:${decision.order.orderId}`
  if (decision.exception !== null) {
    const { code, amount, reason } = decision.exception
    await raise(context, item, { source: source.name, code, object, amount, currency: source.currency, detail: reason })
  }
  // An order that never was in trouble has nothing to close.
  const isDecided = before.pending !== null && decision.order.pending !== before.pending
  if (isDecided || troubled.has(object)) {
    const stands = decision.isLeftToWallet ? ([TIE_DECIDES] as const) : []
    await settle(context, item, object, { except: decision.exception === null ? stands : [decision.exception.code] })
  }
}

function count(context: BatchContext, source: ContextSource, charge: Units | null, decision: OrderDecision): void {
  const outcome = decision.exception !== null ? 'excepted' : decision.drafts.length > 0 ? 'posted' : 'unchanged'
  context.tally.add(outcome, source.currency, charge)
}

/** What an answer that tells a status without a charge settles, also where nothing of it can be booked. */
const KNOWN = UNREADABLE.filter((code) => code !== 'BAD_PAYLOAD')

async function settleKnown(
  context: BatchContext,
  source: ContextSource,
  hidden: readonly HiddenCharge[],
): Promise<void> {
  const objects = hidden.map(({ orderId }) => `order:${orderId}`)
  const open = await openObjects(context.db, context.book, source.name, KNOWN, objects)
  for (const { item, orderId } of hidden) {
    const object = `order:${orderId}`
    if (open.has(object)) await settle(context, item, object, { only: KNOWN })
  }
}

/** A verdict that has just been reached settles the orders that were waiting for it. */
async function redecide(
  context: BatchContext,
  source: ContextSource,
  items: readonly Landed[],
  semantics: ChargeSemantics,
  previous: number | null,
  changed: Map<string, RegisteredOrder>,
  seen: ReadonlyMap<string, RegisteredOrder>,
): Promise<readonly TransactionDraft[]> {
  const item = items[items.length - 1]
  if (item === undefined) return []
  const drafts: TransactionDraft[] = []
  const refunded: Refunded[] = []
  const waiting = await pendingOrders(context.db, context.book, source.id, REDECIDE_LIMIT)
  if (waiting.length === REDECIDE_LIMIT)
    context.warn(
      source.name,
      `only the first ${REDECIDE_LIMIT} orders that wait for proof of a refund were decided again`,
    )
  for (const order of waiting) {
    if (seen.has(order.orderId)) continue
    const timing = { evidence: evidenceOf(item), atMs: item.fetchedAtMs, previousPassMs: previous, backfill: false }
    const decision = decideOrder(context, source, order, semantics, timing)
    if (isChanged(order, decision.order)) changed.set(order.orderId, decision.order)
    drafts.push(...decision.drafts)
    refunded.push({ item, before: order, after: decision.order, drafts: decision.drafts })
    await note(context, source, item, order, decision, NOTHING_OPEN)
  }
  await checkRefunds(context, source, refunded)
  return drafts
}
