/**
 * A chunk of a panel site's order history → registry rows. What the file tells of an order that the panel has answered
 * about counts at once (O1, O2); of any other order it waits for the panel's first answer.
 */
import * as z from 'zod'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { newOrder, type RegisteredOrder } from '../../evidence/registered-order.ts'
import { lastPassMs } from '../../evidence/readings.ts'
import { saveAnswers, saveOrders } from '../../evidence/register-orders.ts'
import { findOrders } from '../../evidence/registry.ts'
import { orderHistoryLayoutSchema } from '../../sources/panel/history-layout.ts'
import type { OrderHistoryRow } from '../../sources/panel/history-row.ts'
import { isFinal } from '../../panels/rules/status.ts'
import { readOrderHistoryChunk } from '../../sources/panel/order-history.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { bookOrders } from './panel-orders.ts'
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
  await setRowsAside(context, item, 'FILE_UNREAD', unread)
  await saveOrders(context.db, context.book, source.id, [...changed.values()])
  return decideListed(context, source, item, [...changed.values()])
}

/** What the list tells of orders the panel has answered about, a price, a quantity or a day, counts at once. */
async function decideListed(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  orders: readonly RegisteredOrder[],
): Promise<readonly TransactionDraft[]> {
  const answered = orders.filter(({ status }) => status !== null)
  const previousPassMs = await lastPassMs(context.db, context.book, source.id, context.batch)
  const booking = { evidence: evidenceOf(item), atMs: item.fetchedAtMs, previousPassMs, isAnew: true }
  const booked = await bookOrders(context, source, answered, booking)
  await saveAnswers(context.db, context.book, source.id, booked.orders)
  return booked.drafts
}

/** Fills what is not known yet; the same object when nothing is new. */
function register(order: RegisteredOrder, row: OrderHistoryRow): RegisteredOrder {
  const filled = {
    service: order.service ?? row.service,
    quantity: order.quantity ?? row.quantity,
    orderedAtMs: order.orderedAtMs ?? row.orderedAtMs,
    listedCharge: order.listedCharge ?? row.charge,
    listedDecimals: order.listedDecimals ?? (row.charge === null ? null : row.chargeDecimals),
    // What an open order still lacked says nothing of how it ended.
    listedRemains: isFinal(row.status) ? (row.remains ?? order.listedRemains) : order.listedRemains,
  }
  const isFilled =
    filled.service !== order.service ||
    filled.quantity !== order.quantity ||
    filled.orderedAtMs !== order.orderedAtMs ||
    filled.listedCharge !== order.listedCharge ||
    filled.listedRemains !== order.listedRemains
  return isFilled ? { ...order, ...filled } : order
}
