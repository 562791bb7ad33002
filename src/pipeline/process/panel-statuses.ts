/**
 * Status answers → the orders they are about. Each answer is folded into its order (O1, O2); what the ledger should then
 * hold is posted by panel-orders.ts. When an answer shows a habit of the panel, the orders it bears on are decided anew.
 */
import { sql } from 'kysely'
import type { Units } from '../../domain/money/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { confirmHints } from '../../evidence/order-hints.ts'
import { lastPassMs, previousPassMs } from '../../evidence/readings.ts'
import { newOrder, type RegisteredOrder } from '../../evidence/registered-order.ts'
import { saveAnswers, saveOrders } from '../../evidence/register-orders.ts'
import { findOrders, ordersWhere } from '../../evidence/registry.ts'
import type { Ending } from '../../panels/rules/status.ts'
import { nextPollAfterRefusalMs } from '../../panels/rules/o8-poll-schedule.ts'
import { absorb, isSameAnswer } from '../../panels/rules/order.ts'
import { judge } from '../engine/items.ts'
import { evidenceOf, requireSource, type BatchContext, type ContextSource } from './context.ts'
import { bookOrders, type Booking } from './panel-orders.ts'
import { askedAtMs, statusRequest } from './requests.ts'
import { settleAdds } from './settle-adds.ts'
import { readAnswers, settleUnread, UNREADABLE, type Answered, type Refused } from './status-answers.ts'

/** Longer than any two requests of a pass lie apart on the wire. */
const OVERTAKEN_MS = 600_000

/** Orders that are decided anew in one step. */
const ANEW_AT_ONCE = 5_000

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
  const refused: Refused[] = []
  let isRead = false
  for (const item of items) {
    const answers = await readAnswers(context, source, item)
    isRead ||= answers.isRead
    answered.push(...answers.answered)
    refused.push(...answers.refused)
  }
  if (isRead) await settleUnread(context, source, head)
  const orders = await ordersOf(context, source, [...answered, ...refused])
  const current = notOvertaken(context, source, answered, orders)
  const changed = fold(current, orders)
  const booking = { evidence: evidenceOf(head), atMs: head.fetchedAtMs, previousPassMs: previous, isAnew: false }
  const booked = await bookOrders(context, source, [...changed.values()], booking)
  const after = new Map(booked.orders.map((order) => [order.orderId, order]))
  count(context, source, current, new Set(booked.drafts.map(({ object }) => object)))
  await settleReadable(context, source, current)
  await settleAdds(context, source, head, booked.orders)
  for (const each of refused) after.set(each.orderId, notKnown(requireOrder(orders, each.orderId), each))
  await saveAnswers(context.db, context.book, source.id, [...after.values()])
  const drafts = [...booked.drafts]
  for (const ending of booked.lowered) drafts.push(...(await decideAnew(context, source, booking, ending)))
  const ids = [...new Set([...answered, ...refused].map(({ orderId }) => orderId))]
  const askedMs = Math.min(...items.map((item) => askedAtMs(item, statusRequest(item))))
  await confirmHints(context.db, context.book, source.id, ids, askedMs)
  return drafts
}

/** The orders whose answers say something new, an unchanged night costing reads only. */
function fold(current: readonly Answered[], orders: Map<string, RegisteredOrder>): Map<string, RegisteredOrder> {
  const changed = new Map<string, RegisteredOrder>()
  for (const { orderId, answer, item } of current) {
    const before = requireOrder(orders, orderId)
    // What a clock that was ahead wrote is put right by the next answer.
    const isAhead = (before.observedAtMs ?? 0) > answer.atMs
    const isNews = !isSameAnswer(before, answer) || before.refusals > 0 || before.unclear !== null || isAhead
    if (!isNews && !isPollDue(before, answer.atMs)) continue
    const evidence = { evidenceBatch: item.batch, evidenceItem: item.item }
    const after = { ...before, ...absorb(before, answer), ...evidence, refusals: 0 }
    orders.set(orderId, after)
    changed.set(orderId, after)
  }
  return changed
}

/** A finished order that was asked by its schedule is due later from now on. */
function isPollDue({ dueAtMs }: RegisteredOrder, atMs: number): boolean {
  return dueAtMs !== null && dueAtMs !== 0 && dueAtMs <= atMs
}

/** O4: orders that were first seen finished in this way no longer claim what may have been lowered before. */
async function decideAnew(
  context: BatchContext,
  source: ContextSource,
  booking: Booking,
  ending: Ending,
): Promise<readonly TransactionDraft[]> {
  const condition = sql<boolean>`first_seen_finished = 1 and status = ${ending} and claim <> 0`
  return bookAnew(context, source, booking, condition)
}

/** Decides orders anew because something beside them is known now; their answers stay what they are. */
export async function bookAnew(
  context: BatchContext,
  source: ContextSource,
  booking: Booking,
  condition: ReturnType<typeof sql<boolean>>,
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  let afterId = ''
  for (;;) {
    const page = { afterId, limit: ANEW_AT_ONCE }
    const orders = await ordersWhere(context.db, context.book, source.id, condition, page)
    const booked = await bookOrders(context, source, orders, { ...booking, isAnew: true })
    await saveAnswers(context.db, context.book, source.id, booked.orders)
    drafts.push(...booked.drafts)
    if (orders.length < ANEW_AT_ONCE) return drafts
    afterId = orders.at(-1)?.orderId ?? afterId
  }
}

/** What is registered of all orders of the batch; one the panel answered for unasked is registered here. */
async function ordersOf(
  context: BatchContext,
  source: ContextSource,
  named: readonly { readonly orderId: string; readonly item: Landed }[],
): Promise<Map<string, RegisteredOrder>> {
  const ids = [...new Set(named.map(({ orderId }) => orderId))]
  const orders = await findOrders(context.db, context.book, source.id, ids)
  const fresh: RegisteredOrder[] = []
  for (const { orderId, item } of named) {
    if (orders.has(orderId)) continue
    const order = newOrder(orderId, 'answered', evidenceOf(item))
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

/** An order the panel does not know is asked about ever more rarely, and keeps its cost (O9). */
function notKnown(before: RegisteredOrder, { item }: Refused): RegisteredOrder {
  const refusals = before.refusals + 1
  const dueAtMs = nextPollAfterRefusalMs(before, item.fetchedAtMs, refusals)
  return { ...before, refusals, dueAtMs, evidenceBatch: item.batch, evidenceItem: item.item }
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
  return answered.filter(({ orderId, answer }) => {
    const olderMs = (latestMs.get(orderId) ?? orders.get(orderId)?.observedAtMs ?? 0) - answer.atMs
    const isOvertaken = olderMs > 0 && olderMs <= OVERTAKEN_MS
    if (isOvertaken) context.tally.add('unchanged', source.currency, answer.charge)
    else latestMs.set(orderId, answer.atMs)
    return !isOvertaken
  })
}

function count(
  context: BatchContext,
  source: ContextSource,
  answered: readonly Answered[],
  posted: ReadonlySet<string>,
): void {
  for (const { orderId, answer } of answered) {
    const charge: Units | null = answer.charge
    context.tally.add(posted.has(`order:${orderId}`) ? 'posted' : 'unchanged', source.currency, charge)
  }
}

/** A readable answer ends what could not be read of the same order. */
async function settleReadable(
  context: BatchContext,
  source: ContextSource,
  answered: readonly Answered[],
): Promise<void> {
  for (const [item, orders] of Map.groupBy(answered, (each) => each.item)) {
    const about = orders.map(({ orderId }) => `order:${orderId}`)
    await judge(context, item, source.name, { codes: UNREADABLE, about })
  }
}
