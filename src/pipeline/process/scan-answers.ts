/**
 * Answers about ids nobody registered. An id with a status is an order of the account: it is registered and goes the way
 * of every other. An id the panel does not know leaves no trace but the range it lies in. Nothing else is assumed.
 */
import { mergeRanges, rangeWithout, type IdRange } from '../../domain/orders/id-ranges.ts'
import type { Landed } from '../../log/landing.ts'
import { newOrder } from '../../evidence/registered-order.ts'
import { saveOrders } from '../../evidence/register-orders.ts'
import { findOrders } from '../../evidence/registry.ts'
import { addToScan, rememberScanned } from '../../evidence/scanned-ids.ts'
import type { StatusRow } from '../../sources/panel/observe.ts'
import { evidenceOf, quarantine, type BatchContext, type ContextSource } from './context.ts'
import type { StatusRequest } from './requests.ts'

/** Keeps what the answer settles and returns the rows that are orders, the known one asked along included, for booking. */
export async function takeScanned(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  request: StatusRequest,
  allRows: readonly StatusRow[],
): Promise<readonly StatusRow[]> {
  const rows = allRows.filter(({ orderId }) => orderId !== request.anchor)
  const found = rows.filter((row) => row.kind === 'status')
  const isAboutSome = allRows.some((row) => row.kind !== 'missing')
  const unknown = rows.filter((row) => isUnknown(row, isAboutSome))
  const unread = rows.filter((row) => row.kind !== 'status' && !isUnknown(row, isAboutSome))
  await registerFound(
    context,
    source,
    item,
    found.map(({ orderId }) => orderId),
  )
  context.tally.add('unchanged', source.currency, null, unknown.length)
  const highestFound = Math.max(-1, ...found.map(({ orderId }) => Number(orderId)))
  await remember(context, source, request, rows, unread, highestFound)
  await addToScan(context.db, context.book, source.id, {
    found: found.length,
    unknown: unknown.length,
    // Asked again, they had been counted when nobody could read the whole answer.
    unanswered: request.again ? -(found.length + unknown.length) : unread.length,
    highestFound: highestFound === -1 ? null : highestFound,
  })
  const [first] = unread
  if (first !== undefined)
    await setAside(
      context,
      source,
      item,
      unread.map(({ orderId }) => orderId),
      reasonOf(first),
    )
  return allRows.filter((row) => row.kind === 'status')
}

/** A whole request without an answer anybody could read: nothing is known about its ids, and they are asked again. */
export async function countUnanswered(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { orders, again }: Pick<StatusRequest, 'orders' | 'again'>,
  reason: string,
): Promise<void> {
  await addToScan(context.db, context.book, source.id, {
    found: 0,
    unknown: 0,
    unanswered: again ? 0 : orders.length,
    highestFound: null,
  })
  await setAside(context, source, item, orders, reason)
}

/** Some panels leave unknown ids out, but an answer that names none of those asked about may be half an answer. */
function isUnknown(row: StatusRow, isAboutSome: boolean): boolean {
  return (row.kind === 'error' && row.code === 'incorrect-order-id') || (row.kind === 'missing' && isAboutSome)
}

function reasonOf(row: StatusRow): string {
  switch (row.kind) {
    case 'bad':
      return row.reason
    case 'error':
      return `the panel answered "${row.text}" about order ${row.orderId}`
    case 'missing':
    case 'status':
      return 'the answer names none of the ids asked about'
  }
}

async function registerFound(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  ids: readonly string[],
): Promise<void> {
  const known = await findOrders(context.db, context.book, source.id, ids)
  const fresh = ids.filter((id) => !known.has(id)).map((id) => newOrder(id, 'scan', evidenceOf(item)))
  await saveOrders(context.db, context.book, source.id, fresh)
}

/**
 * Unknown ids are remembered only below an order that existed when they were asked about: above it the panel may give
 * them out tomorrow, to this very account.
 */
async function remember(
  context: BatchContext,
  source: ContextSource,
  { first, last, newest }: StatusRequest,
  rows: readonly StatusRow[],
  unread: readonly StatusRow[],
  highestFound: number,
): Promise<void> {
  const existed = Math.max(Number(newest ?? -1), highestFound)
  const open = new Set(unread.map(({ orderId }) => orderId))
  const single = (id: number): IdRange => ({ first: id, last: id })
  const asked =
    first !== undefined && last !== undefined
      ? rangeWithout({ first: Number(first), last: Number(last) }, [...open].map(Number))
      : rows.filter(({ orderId }) => !open.has(orderId)).map(({ orderId }) => single(Number(orderId)))
  const settled = mergeRanges(asked)
    .filter((range) => range.first <= existed)
    .map((range) => ({ first: range.first, last: Math.min(range.last, existed) }))
  await rememberScanned(context.db, context.book, source.id, settled)
}

/** One row for all ids of an answer: a scan may ask about millions. */
async function setAside(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  ids: readonly string[],
  reason: string,
): Promise<void> {
  const object = ids.length === 1 ? `scanned id ${ids[0]}` : `${ids.length} scanned ids, ${ids[0]} to ${ids.at(-1)}`
  context.tally.add('quarantined', source.currency, null, ids.length)
  await quarantine(context, item, 0, object, reason, '')
}
