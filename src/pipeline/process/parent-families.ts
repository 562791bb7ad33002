/**
 * Parents with what their children cost in the books: those whose own charge is held, and those whose charge the panel
 * never shows but an imported history lists. Which orders are a parent's is read from its landed answer.
 */
import { abs, lastPlace, type Units } from '../../domain/money/money.ts'
import {
  chargelessAnswers,
  itemsAt,
  lastPlaces,
  namingAnswers,
  unbookedAnswers,
  type Place,
} from '../../evidence/parent-children.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import type { WalletReading } from '../../evidence/readings.ts'
import { findOrders } from '../../evidence/registry.ts'
import { bookedSince, datedChargesAfter, type NewCharge } from '../../evidence/wallet-span.ts'
import { observeStatuses, type OrderStatusRow } from '../../sources/panel/observe.ts'
import { answerOf, type BatchContext, type ContextSource } from './context.ts'
import { statusRequest } from './requests.ts'

/** No remainder is larger: runs are thousands at most, and what they are looked up for is rare this way. */
export const LARGEST_REMAINDER: Units = 1_000_000n
/** Answers read for parents whose charge is not shown; of more nothing is told. */
const MOST_ANSWERS = 200
/** A vendor's clock and ours may lie so far apart. */
export const CLOCKS_MS = 600_000

export interface Family {
  readonly order: RegisteredOrder
  readonly charge: Units
  readonly children: readonly string[]
  /** What the books hold of the children: charges less refunds. */
  readonly booked: Units
  /** False while the charge of a child is not known, or which they are. */
  readonly isKnown: boolean
  /** True when charge and children differ by no more than one unit of the last decimal for each run. */
  readonly isRounded: boolean
  /** True when its own charge is held, and decided with the reading. */
  readonly isHeld: boolean
}

/** Of parents with a charge of their own. `more`: answers beside those their charges are from; the latest counts. */
export async function familiesOf(
  context: BatchContext,
  source: ContextSource,
  parents: readonly RegisteredOrder[],
  more: readonly Place[] = [],
): Promise<readonly Family[]> {
  const places = parents.map(({ evidenceBatch, evidenceItem }) => ({ batch: evidenceBatch, item: evidenceItem }))
  const rows = await rowsAt(context, source, [...places, ...more])
  const families = parents.flatMap((order) =>
    order.charge === null ? [] : [{ order, charge: order.charge, children: rows.get(order.orderId)?.children ?? null }],
  )
  return withChildren(context, source, families, true)
}

/** Of those that named orders since a batch, whose whole an imported history lists and rounding alone tells from its runs. */
export async function unshownFamilies(
  context: BatchContext,
  source: ContextSource,
  afterBatch: number,
): Promise<readonly Family[]> {
  const unshown = (await unshownParents(context, source, afterBatch)) ?? []
  const families = unshown.flatMap(({ order, children }) => {
    const charge = listedWhole(order)
    return charge === null ? [] : [{ order, charge, children }]
  })
  return (await withChildren(context, source, families, false)).filter(({ isRounded }) => isRounded)
}

/**
 * What rounding can leave of runs whose whole nobody shows: one unit of the last decimal for each, of those named since a
 * batch.
 */
export async function untoldRounding(context: BatchContext, source: ContextSource, afterBatch: number): Promise<Units> {
  const unshown = (await unshownParents(context, source, afterBatch)) ?? []
  return roundingOf(
    context,
    source,
    unshown.filter(({ order }) => listedWhole(order) === null),
  )
}

/**
 * As much, also of those whose whole an imported history lists, which is decided after the refunds (decide-parents.ts), or
 * whose charge was said to be that of its runs, and of runs that were listed before a parent named them. Of more answers than
 * are read any order may be such a run.
 */
export async function runRounding(context: BatchContext, source: ContextSource, afterBatch: number): Promise<Units> {
  const { db, book } = context
  const named = await unshownParents(context, source, afterBatch, isUnshownOrFreed)
  const places = named === null ? [] : await unbookedAnswers(db, book, source.id, afterBatch, MOST_ANSWERS + 1)
  if (named === null || places.length > MOST_ANSWERS) return lastPlaces(db, book, source.id)
  const asked = await unshownAt(context, source, places, isUnshownOrFreed)
  const ids = [...new Set(asked.flatMap(({ children }) => children))]
  const children = afterBatch === 0 ? ids : await bookedSince(db, book, source.id, { batch: afterBatch }, ids)
  return roundingOf(context, source, [...named, { children }])
}

async function roundingOf(
  context: BatchContext,
  source: ContextSource,
  parents: readonly { readonly children: readonly string[] }[],
): Promise<Units> {
  const untold = parents.flatMap(({ children }) => children)
  const runs = await findOrders(context.db, context.book, source.id, [...new Set(untold)])
  return [...runs.values()].reduce(
    (sum, { charged, chargeDecimals }) => (charged > 0n ? sum + lastPlace(chargeDecimals) : sum),
    0n,
  )
}

/**
 * Charges of orders booked since a cut that may have been in the wallet by then though they are dated later: a
 * drip-feed is debited for all its runs at once, and its answer shows no charge. Of more parents than can be read, all.
 */
export async function runChargesSince(
  context: BatchContext,
  source: ContextSource,
  cut: WalletReading,
): Promise<readonly NewCharge[]> {
  const { db, book } = context
  const later = await datedChargesAfter(db, book, source.id, cut)
  const places = later.length === 0 ? [] : await chargelessAnswers(db, book, source.id, cut.batch, MOST_ANSWERS + 1)
  if (places.length > MOST_ANSWERS) return later
  // An answer tells of other orders besides: a parent that shows a charge is held, and read by that.
  const parents = [...(await rowsAt(context, source, places)).values()].filter(
    ({ charge, children }) => children.length > 0 && (charge === null || charge === 0n),
  )
  const ids = parents.map(({ orderId }) => orderId)
  const registered = await findOrders(db, book, source.id, ids)
  const older = parents.filter(({ orderId }) => !isMadeAfter(registered.get(orderId), cut))
  const runs = new Set(older.flatMap(({ children }) => children))
  return later.filter(({ orderId }) => runs.has(orderId))
}

/** Whether it is known that an order was made after a reading of the wallet. */
export function isMadeAfter(
  order: Pick<RegisteredOrder, 'orderedAtMs'> | undefined,
  { observedAtMs }: WalletReading,
): boolean {
  const orderedAtMs = order?.orderedAtMs ?? null
  return orderedAtMs !== null && orderedAtMs > observedAtMs + CLOCKS_MS
}

function listedWhole({ gross, listedCharge }: RegisteredOrder): Units | null {
  const charge = gross ?? listedCharge
  return charge !== null && charge > 0n ? charge : null
}

interface Unshown {
  readonly order: RegisteredOrder
  readonly children: readonly string[]
}

/** Parents of which the panel tells no charge, and that are in no books: those that named orders since a batch; null of too many. */
async function unshownParents(
  context: BatchContext,
  source: ContextSource,
  afterBatch: number,
  isMeant: (order: RegisteredOrder) => boolean = isUnshown,
): Promise<readonly Unshown[] | null> {
  const { db, book } = context
  const places = await namingAnswers(db, book, source.id, afterBatch, MOST_ANSWERS + 1)
  return places.length > MOST_ANSWERS ? null : unshownAt(context, source, places, isMeant)
}

async function unshownAt(
  context: BatchContext,
  source: ContextSource,
  places: readonly Place[],
  isMeant: (order: RegisteredOrder) => boolean,
): Promise<readonly Unshown[]> {
  const rows = await rowsAt(context, source, places)
  const named = [...rows.values()].filter(({ children }) => children.length > 0)
  const ids = named.map(({ orderId }) => orderId)
  const orders = await findOrders(context.db, context.book, source.id, ids)
  return named.flatMap(({ orderId, charge, children }) => {
    const order = orders.get(orderId)
    if (order === undefined || order.charged > 0n || !isMeant(order)) return []
    return charge === null || isFreed(order) ? [{ order, children }] : []
  })
}

function isUnshown({ charge }: RegisteredOrder): boolean {
  return charge === null
}

/** Its runs were charged instead, as the wallet or a person has said: what rounding them leaves is not asked about any more. */
function isFreed({ charge, gross, pending }: RegisteredOrder): boolean {
  return charge !== null && charge > 0n && gross === 0n && pending === null
}

function isUnshownOrFreed(order: RegisteredOrder): boolean {
  return isUnshown(order) || isFreed(order)
}

/** The orders that each parent named in its latest registered answer; none of one that the answer leaves out. */
export async function namedBefore(
  context: BatchContext,
  source: ContextSource,
  parents: readonly RegisteredOrder[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const places = parents.map(({ evidenceBatch, evidenceItem }) => ({ batch: evidenceBatch, item: evidenceItem }))
  const rows = await rowsAt(context, source, places)
  return new Map([...rows].map(([orderId, { children }]) => [orderId, new Set(children)]))
}

/** By order, as the latest of these answers tells it. */
async function rowsAt(
  context: BatchContext,
  source: ContextSource,
  places: readonly Place[],
): Promise<ReadonlyMap<string, OrderStatusRow>> {
  const found = new Map<string, OrderStatusRow>()
  const items = await itemsAt(context.db, context.book, places)
  for (const item of [...items].sort((one, other) => one.batch - other.batch || one.item - other.item))
    for (const row of statusRowsOf(context, source, item)) found.set(row.orderId, row)
  return found
}

function statusRowsOf(context: BatchContext, source: ContextSource, item: Landed): readonly OrderStatusRow[] {
  if (item.kind !== 'panel-statuses') return []
  const { action, orders } = statusRequest(item)
  const observed = observeStatuses({ action, orders }, answerOf(context, item), source.statusCodes)
  return observed.kind === 'bad-body' ? [] : observed.rows.filter((row) => row.kind === 'status')
}

async function withChildren(
  { db, book }: BatchContext,
  source: ContextSource,
  families: readonly (Pick<Family, 'order' | 'charge'> & { readonly children: readonly string[] | null })[],
  isHeld: boolean,
): Promise<readonly Family[]> {
  const ids = [...new Set(families.flatMap(({ children }) => children ?? []))]
  const registered = await findOrders(db, book, source.id, ids)
  return families.map(({ order, charge, children }) => {
    const known = (children ?? []).flatMap((id) => registered.get(id) ?? [])
    const booked = known.reduce((sum, { charged, refunded }) => sum + charged - refunded, 0n)
    const isKnown =
      children !== null &&
      known.length === children.length &&
      known.every((child) => child.charge !== null || child.charged > 0n)
    const decimals = known.reduce((most, { chargeDecimals }) => Math.max(most, chargeDecimals), 0)
    const rounding = BigInt(known.length) * lastPlace(decimals)
    const apart = abs(charge - booked)
    const isRounded = isKnown && booked > 0n && apart <= rounding && apart <= LARGEST_REMAINDER
    return { order, charge, children: children ?? [], booked, isKnown, isRounded, isHeld }
  })
}
