/**
 * What the ledger should hold of orders, against what it holds: costs are posted at once (O1), refunds are claimed and
 * posted as owed at the wallet's next look (O3, O7). The one path for answers, imported lists, openings and habits.
 */
import type { Units } from '../../domain/money/money.ts'
import { isoDateInZone, startOfDayMs } from '../../domain/time/dates.ts'
import { dateOfChange } from '../../domain/time/effective-date.ts'
import type { Evidence, TransactionDraft } from '../../domain/transaction.ts'
import { packageServices } from '../../evidence/catalogue.ts'
import { chargedRuns, loweredEndings, parentsOf, saveLowered } from '../../evidence/panel-habits.ts'
import { firstWalletReadingMs } from '../../evidence/readings.ts'
import type { RegisteredOrder, Unclear } from '../../evidence/registered-order.ts'
import { findOrders } from '../../evidence/registry.ts'
import type { Ending } from '../../panels/rules/status.ts'
import { DUE_EVERY_RUN, nextPollMs } from '../../panels/rules/o8-poll-schedule.ts'
import {
  loweredEnding,
  placedMs,
  wantOf,
  withFirst,
  type OrderPanel,
  type OrderWant,
} from '../../panels/rules/order.ts'
import { statedOpening } from '../../panels/store/wallet-opening.ts'
import {
  addToNights,
  nightAt,
  nightIndex,
  type NightChange,
  type NightIndex,
} from '../../panels/store/wallet-nights.ts'
import { draftsOf, vendorWant, type Want } from '../engine/want.ts'
import type { BatchContext, ContextSource } from './context.ts'

export interface Booking {
  readonly evidence: Evidence
  readonly atMs: number
  /** The source's previous polling pass, to tell which day a change belongs to. */
  readonly previousPassMs: number | null
  /** Only what is known beside the orders has changed: no answer is new, and a claim keeps its night. */
  readonly isAnew: boolean
}

export interface Booked {
  readonly orders: readonly RegisteredOrder[]
  readonly drafts: readonly TransactionDraft[]
  /** Endings this panel was not known to lower charges in, and now is (O4). */
  readonly lowered: readonly Ending[]
}

/** The orders as they stand after posting, parents of runs that were charged among them; nothing is saved but the nights. */
export async function bookOrders(
  context: BatchContext,
  source: ContextSource,
  orders: readonly RegisteredOrder[],
  booking: Booking,
): Promise<Booked> {
  const all = [...orders, ...(await parentsBeside(context, source, orders))]
  const lowered = new Set(await loweredEndings(context.db, context.book, source.id))
  const learned = await learnLowered(context, source, all, lowered)
  const openingMs = await openingInstant(context, source)
  const panels = await panelsOf(context, source, all, { lowered, openingMs })
  const firstMs = all.reduce((least, order) => Math.min(least, nightMs(order, booking)), booking.atMs)
  const index = await nightIndex(context.db, { book: context.book, source: source.id }, firstMs)
  const changes = new Map<number, Gathered>()
  const wants: Want[] = []
  const booked = all.map((order) => {
    const panel = panels(order)
    const done = bookOrder(context, source, withFirst(order, panel), panel, booking)
    if (done.want !== null) wants.push(done.want)
    gather(changes, index, order, done.order, booking)
    return done.order
  })
  await addToNights(context.db, { book: context.book, source: source.id }, changes)
  return { orders: booked, drafts: await draftsOf(context, wants), lowered: learned }
}

function nightMs(order: RegisteredOrder, { atMs }: Booking): number {
  return Math.min(placedMs(order) ?? atMs, order.claimMs ?? atMs)
}

function bookOrder(
  context: Pick<BatchContext, 'rules' | 'settings'>,
  source: ContextSource,
  order: RegisteredOrder,
  panel: OrderPanel,
  booking: Booking,
): { readonly order: RegisteredOrder; readonly want: Want | null } {
  const said = wantOf(order, panel)
  const isSaid = said.claim !== order.claim
  const claimMs = said.claim === 0n ? null : isSaid && !booking.isAnew ? booking.atMs : (order.claimMs ?? booking.atMs)
  const unclear = unclearOf(order, panel, said, source)
  const next: RegisteredOrder = {
    ...order,
    claim: said.claim,
    claimMs,
    unclear,
    dueAtMs: booking.isAnew ? order.dueAtMs : unclear === 'charge' ? DUE_EVERY_RUN : nextPollMs(order),
  }
  if (said.cost === null || said.cost === order.charged) return { order: next, want: null }
  const { timeZone } = context.settings.book
  const orderDate = order.orderedAtMs === null ? null : isoDateInZone(order.orderedAtMs, timeZone)
  const changeDate = dateOfChange(booking.previousPassMs ?? order.orderedAtMs, booking.atMs, timeZone)
  const want = vendorWant(context, source, {
    object: `order:${order.orderId}`,
    kind: 'charge',
    total: said.cost,
    have: { version: order.chargeVersion, cumulative: order.charged },
    date: order.chargeVersion === 0 ? (orderDate ?? changeDate) : changeDate,
    rule: said.isInOpening ? 'W0' : order.latest === null ? 'O6' : 'O1',
    memo: order.latest === null ? 'the panel hides the charge; the imported history lists it' : '',
    evidence: booking.evidence,
  })
  return { order: { ...next, charged: said.cost, chargeVersion: order.chargeVersion + 1 }, want }
}

/** What keeps the order from being known; an order nobody has answered about is not unclear yet. */
function unclearOf(order: RegisteredOrder, panel: OrderPanel, want: OrderWant, source: ContextSource): Unclear | null {
  if (order.status === null) return null
  // O5: nobody has said which of the two the wallet paid.
  if (panel.isChargedElsewhere && source.dripFeed === undefined && (order.highest ?? 0n) > 0n) return 'runs'
  if (want.cost === null) return 'charge'
  return want.needsQuantity ? 'quantity' : null
}

interface Gathered {
  charges: Units
  claims: Units
  claimCount: number
  readonly late: { since: number; amount: Units; count: number }[]
}

/** What the change of one order adds to the nights it belongs to. */
function gather(
  changes: Map<number, Gathered & NightChange>,
  index: NightIndex,
  before: RegisteredOrder,
  after: RegisteredOrder,
  booking: Booking,
): void {
  const at = (night: number): Gathered => {
    const known = changes.get(night) ?? { charges: 0n, claims: 0n, claimCount: 0, late: [] }
    changes.set(night, known)
    return known
  }
  const placed = nightAt(index, placedMs(after) ?? booking.atMs)
  if (after.charged !== before.charged) at(placed).charges += after.charged - before.charged
  const claimed = after.claim - before.claim
  if (claimed === 0n) return
  const said = booking.isAnew ? nightAt(index, after.claimMs ?? before.claimMs ?? booking.atMs) : index.open
  const night = at(said)
  const count = (after.claim > 0n ? 1 : 0) - (before.claim > 0n ? 1 : 0)
  night.claims += claimed
  night.claimCount += count
  if (after.firstSeenFinished) night.late.push({ since: placed, amount: claimed, count })
}

/** O4: what the answers of a batch show of the panel's habits, added to what is known. */
async function learnLowered(
  context: BatchContext,
  source: ContextSource,
  orders: readonly RegisteredOrder[],
  known: Set<Ending>,
): Promise<readonly Ending[]> {
  const learned: Ending[] = []
  for (const order of orders) {
    const ending = loweredEnding(order)
    if (ending === null || known.has(ending)) continue
    known.add(ending)
    learned.push(ending)
    await saveLowered(context.db, context.book, source.id, ending, order.orderId)
  }
  return learned
}

/** O5: a parent is decided anew when one of its runs shows its first charge. */
async function parentsBeside(
  context: BatchContext,
  source: ContextSource,
  orders: readonly RegisteredOrder[],
): Promise<readonly RegisteredOrder[]> {
  const present = new Set(orders.map(({ orderId }) => orderId))
  const parents = orders.flatMap(({ parent, chargeVersion, highest }) =>
    parent !== null && !present.has(parent) && chargeVersion === 0 && highest !== null ? [parent] : [],
  )
  const found = await findOrders(context.db, context.book, source.id, [...new Set(parents)])
  return [...found.values()].filter(({ status }) => status !== null)
}

/** What is known of the panel beside each of these orders. */
async function panelsOf(
  context: BatchContext,
  source: ContextSource,
  orders: readonly RegisteredOrder[],
  { lowered, openingMs }: Pick<OrderPanel, 'lowered' | 'openingMs'>,
): Promise<(order: RegisteredOrder) => OrderPanel> {
  const { db, book } = context
  const services = new Set(orders.flatMap(({ service }) => service ?? []))
  const packages = await packageServices(db, book, source.id, [...services])
  const ids = orders.map(({ orderId }) => orderId)
  const parents = await parentsOf(db, book, source.id, ids)
  const charged = await chargedRuns(db, book, source.id, [...parents])
  for (const { parent, highest } of orders) if (parent !== null && highest !== null) charged.add(parent)
  const isChargedElsewhere = (order: RegisteredOrder): boolean => {
    if (source.dripFeed === 'parent') return order.parent !== null
    return charged.has(order.orderId) || (parents.has(order.orderId) && order.highest === null)
  }
  return (order) => ({
    openingMs,
    lowered,
    chargeFromHistory: source.chargeFromHistory === true,
    isPackage: order.service !== null && packages.has(order.service),
    isChargedElsewhere: isChargedElsewhere(order),
  })
}

/** W0: the start of the day a balance was stated for, else the wallet's first reading; null before either. */
async function openingInstant(
  { db, book, settings }: BatchContext,
  source: Pick<ContextSource, 'id'>,
): Promise<number | null> {
  const stated = await statedOpening(db, { book, source: source.id })
  if (stated !== null) return startOfDayMs(stated.day, settings.book.timeZone)
  return firstWalletReadingMs(db, book, source.id)
}
