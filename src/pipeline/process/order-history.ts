/**
 * A chunk of a panel site's order history → registry rows. What the file says of an open order is its full price; what
 * it says of a finished one may already be net, so it is kept as a hint and never booked. The API's answer is booked.
 */
import * as z from 'zod'
import { isFinal } from '../../domain/orders/order.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { newOrder, type RegisteredOrder } from '../../evidence/registered-order.ts'
import { saveOrders } from '../../evidence/register-orders.ts'
import { findOrders } from '../../evidence/registry.ts'
import { orderHistoryLayoutSchema } from '../../sources/panel/history-layout.ts'
import type { OrderHistoryRow } from '../../sources/panel/history-row.ts'
import { readOrderHistoryChunk } from '../../sources/panel/order-history.ts'
import { type BatchContext, type ContextSource } from './context.ts'
import { setRowsAside, type UnreadRow } from './quarantined-rows.ts'
import { parseRequest } from './requests.ts'

export const historyRequestSchema = z.strictObject({
  file: z.string(),
  fileSha256: z.string(),
  chunk: z.int(),
  firstLine: z.int(),
  layout: orderHistoryLayoutSchema,
})

/** `lines`: only these, where the rest is registered already. */
export async function processOrderHistory(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  lines?: ReadonlySet<number>,
): Promise<readonly TransactionDraft[]> {
  const { layout, firstLine, file } = parseRequest(historyRequestSchema, item)
  const results = readOrderHistoryChunk(layout, { firstLine, bytes: item.body })
  const rows: { readonly line: number; readonly row: OrderHistoryRow }[] = []
  const unread: UnreadRow[] = []
  const aside = (line: number, where: string, reason: string): void => {
    unread.push({ line, source: source.name, where, reason })
  }
  for (const result of results) {
    if (lines?.has(result.line) === false) continue
    if (result.kind === 'row') {
      rows.push(result)
      continue
    }
    // It sums up other rows; whether it agrees is told when the file is imported.
    if (result.kind === 'total') continue
    const { column, reason } = result.problem
    const where = column === null ? `${file} line ${result.line}` : `${file} line ${result.line}, column ${column}`
    context.tally.add('quarantined', source.currency, null)
    aside(result.line, where, reason)
  }
  const ids = rows.map(({ row }) => row.orderId)
  const orders = await findOrders(context.db, context.book, source.id, ids)
  const changed = new Map<string, RegisteredOrder>()
  const listed = new Map<string, { readonly line: number; readonly charge: bigint | null }>()
  for (const { line, row } of rows) {
    const other = listed.get(row.orderId)
    if (other !== undefined && other.charge !== row.charge) {
      const reason = `order ${row.orderId} stands on line ${other.line} with another charge; keep one of the two`
      context.tally.add('quarantined', source.currency, row.charge)
      aside(line, `${file} line ${line}`, reason)
      continue
    }
    listed.set(row.orderId, { line, charge: row.charge })
    if (row.currency !== null && row.currency !== source.currency) {
      const reason = `the charge is in ${row.currency}, but the source is configured in ${source.currency}`
      context.tally.add('quarantined', row.currency, row.charge)
      aside(line, `${file} line ${line}`, reason)
      continue
    }
    const before = orders.get(row.orderId)
    const after = register(before ?? newOrder(row.orderId, 'history', { batch: item.batch, item: item.item }), row)
    const isNew = before === undefined || after !== before
    context.tally.add(isNew ? 'posted' : 'unchanged', source.currency, row.charge)
    if (!isNew) continue
    orders.set(row.orderId, after)
    changed.set(row.orderId, after)
  }
  await setRowsAside(context, item, 'EVIDENCE_REFUSED', unread)
  await saveOrders(context.db, context.book, source.id, [...changed.values()])
  return []
}

/** Fills what is not known yet; an API answer is never overruled by a file. The same object when nothing is new. */
function register(order: RegisteredOrder, row: OrderHistoryRow): RegisteredOrder {
  const openPrice = order.gross === null && order.status === null && isOpen(row) ? row.charge : null
  const filled = {
    service: order.service ?? row.service,
    quantity: order.quantity ?? row.quantity,
    orderedAtMs: order.orderedAtMs ?? row.orderedAtMs,
    listedCharge: order.listedCharge ?? row.charge,
    listedDecimals: order.listedDecimals ?? (row.charge === null ? null : row.chargeDecimals),
  }
  const isFilled =
    filled.service !== order.service ||
    filled.quantity !== order.quantity ||
    filled.orderedAtMs !== order.orderedAtMs ||
    filled.listedCharge !== order.listedCharge
  if (!isFilled && openPrice === null) return order
  return openPrice === null ? { ...order, ...filled } : { ...order, ...filled, gross: openPrice, grossBasis: 'open' }
}

function isOpen(row: OrderHistoryRow): boolean {
  return row.status !== 'unknown' && !isFinal(row.status)
}
