/**
 * Webhook deliveries → what to ask about, and evidence. An order update makes its order due and registers it when it is
 * new: whatever it says about money waits for the panel's own answer. A conversion is kept and counted. Nothing is booked.
 */
import { isoDateInZone } from '../../domain/time/dates.ts'
import { isAhead } from '../../panels/rules/o8-poll-schedule.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { saveConversions, type Conversion } from '../../evidence/conversions.ts'
import type { Landed } from '../../log/landing.ts'
import { saveHints, type OrderHint } from '../../evidence/order-hints.ts'
import { isUnasked, newOrder } from '../../evidence/registered-order.ts'
import { saveAnswers, saveOrders } from '../../evidence/register-orders.ts'
import { findOrders } from '../../evidence/registry.ts'
import { observeOrderUpdate } from '../../sources/panel/order-update.ts'
import { observeConversion } from '../../sources/payelancer/conversion.ts'
import { evidenceOf, limitsOf, type BatchContext, type ContextSource } from './context.ts'
import { setRowsAside, type UnreadRow } from './quarantined-rows.ts'
import { readLandedDeliveries, type LandedDelivery } from './webhook-deliveries.ts'

/** `lines`: only these of its deliveries, counted from 1. */
export async function processWebhooks(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  lines?: ReadonlySet<number>,
): Promise<readonly TransactionDraft[]> {
  const all = readLandedDeliveries(item).map((each, index) => ({ ...each, line: index + 1 }))
  const deliveries = all.filter(({ line }) => lines?.has(line) !== false)
  if (source.kind === 'panel') await noteUpdates(context, source, item, deliveries)
  else await keepConversions(context, source, item, deliveries)
  return []
}

type Numbered = LandedDelivery & { readonly line: number }

async function noteUpdates(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  deliveries: readonly Numbered[],
): Promise<void> {
  const newest = new Map<string, OrderHint>()
  const unread: UnreadRow[] = []
  for (const { line, body, receivedAtMs } of deliveries) {
    const update = observeOrderUpdate(body, limitsOf(context.settings))
    if (update.kind === 'bad') unread.push({ line, source: source.name, where: 'webhook', reason: update.reason })
    else if (receivedAtMs >= (newest.get(update.orderId)?.receivedAtMs ?? 0)) {
      newest.set(update.orderId, { orderId: update.orderId, receivedAtMs, status: update.status })
    }
  }
  await setAside(context, source, item, unread)
  const known = await findOrders(context.db, context.book, source.id, [...newest.keys()])
  // The panel has been asked about the others after their update came. An answer from the future was given by a clock.
  const hints = [...newest.values()].filter(({ orderId, receivedAtMs }) => {
    const observedAtMs = known.get(orderId)?.observedAtMs ?? null
    return observedAtMs === null || observedAtMs < receivedAtMs || isAhead(observedAtMs, item.fetchedAtMs)
  })
  const evidence = evidenceOf(item)
  const unknown = hints.filter(({ orderId }) => !known.has(orderId))
  const orders = unknown.map(({ orderId }) => newOrder(orderId, 'webhook', evidence))
  await saveOrders(context.db, context.book, source.id, orders)
  const resting = hints.flatMap(({ orderId }) => {
    const order = known.get(orderId)
    return order === undefined || isUnasked(order) || order.dueAtMs === 0 ? [] : [{ ...order, dueAtMs: 0 }]
  })
  await saveAnswers(context.db, context.book, source.id, resting)
  await saveHints(context.db, context.book, source.id, hints, evidence)
  // An update moves no money, whatever it led to.
  if (newest.size > 0) context.tally.add('unchanged', source.currency, null, newest.size)
}

async function keepConversions(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  deliveries: readonly Numbered[],
): Promise<void> {
  const conversions: Conversion[] = []
  const unread: UnreadRow[] = []
  for (const { line, body, sha256, receptions } of deliveries) {
    const observed = observeConversion(body, limitsOf(context.settings))
    if (observed.kind === 'bad') unread.push({ line, source: source.name, where: 'webhook', reason: observed.reason })
    else {
      const day = isoDateInZone(observed.atMs, source.timeZone)
      conversions.push({ sha256, day, payout: observed.payout, receptions })
    }
  }
  await setAside(context, source, item, unread)
  await saveConversions(context.db, context.book, source.id, conversions, evidenceOf(item))
  if (conversions.length > 0) context.tally.add('unchanged', source.currency, null, conversions.length)
}

async function setAside(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  unread: readonly UnreadRow[],
): Promise<void> {
  context.tally.add('quarantined', source.currency, null, unread.length)
  await setRowsAside(context, item, 'ANSWER_UNREAD', unread)
}
