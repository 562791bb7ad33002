/**
 * A landed status answer → the rows that carry a usable charge. Every other row is counted and explained here: rows the
 * panel refused or garbled, parents whose children carry the charges, and whole answers nobody can read.
 */
import type { OrderAnswer, OrderStatus } from '../../domain/orders/order.ts'
import type { Landed } from '../../evidence/landing.ts'
import { isUnasked, newOrder } from '../../evidence/registered-order.ts'
import { lastWalletReading } from '../../evidence/readings.ts'
import { saveOrders } from '../../evidence/register-orders.ts'
import { findOrders } from '../../evidence/registry.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import type { BadBody } from '../../sources/answer.ts'
import { observeStatuses, type OrderStatusRow, type StatusRow } from '../../sources/panel/observe.ts'
import { answerOf, evidenceOf, quarantine, raise, settle, type BatchContext, type ContextSource } from './context.ts'
import type { HiddenCharge } from './hidden-charges.ts'
import type { OrderTiming } from './order-decision.ts'
import { askedAtMs, statusRequest, type StatusRequest } from './requests.ts'
import { countUnanswered, takeScanned } from './scan-answers.ts'
import { raiseUnread } from './unread-answers.ts'

const ABOUT_NOTHING: BadBody = {
  kind: 'bad-body',
  code: 'unexpected-shape',
  reason: 'The panel answered about none of the orders asked; it is asked again on the next run.',
}

export interface Answered {
  readonly item: Landed
  readonly row: OrderStatusRow
  readonly answer: OrderAnswer
  readonly timing: OrderTiming
}

/** A row without a charge that says something about the order all the same. */
export interface Uncharged {
  readonly item: Landed
  readonly orderId: string
  readonly timing: OrderTiming
  /** The instant it speaks of. */
  readonly atMs: number
  /** A parent's status, or null when the panel does not know the order. */
  readonly status: OrderStatus | null
  /** Of a parent. */
  readonly children?: readonly string[]
}

export interface StatusAnswers {
  /** True when it said something about orders that were asked about, which a scan does not. */
  readonly isRead: boolean
  readonly answered: readonly Answered[]
  readonly uncharged: readonly Uncharged[]
  /** Rows with a status and no charge, of orders that are no parents. */
  readonly hidden: readonly HiddenCharge[]
  /** Rows with a charge and children. */
  readonly parents: readonly Parent[]
}

export interface Parent extends Answered {
  /** True when it names an order that nobody had registered. */
  readonly hasNewChildren: boolean
}

const NOTHING_READ: StatusAnswers = {
  isRead: false,
  answered: [],
  uncharged: [],
  hidden: [],
  parents: [],
}

export async function readAnswers(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  previousPassMs: number | null,
): Promise<StatusAnswers> {
  const request = statusRequest(item)
  const answer = answerOf(context, item)
  const observed = observeStatuses({ action: request.action, orders: request.orders }, answer, source.statusCodes)
  const isScan = request.purpose === 'scan'
  if (observed.kind === 'bad-body') {
    if (isScan) await scanUnread(context, source, item, request, observed)
    else await explainUnread(context, source, item, request, observed)
    return NOTHING_READ
  }
  // Asked again in smaller parts, so what the whole answer raised is settled by the parts.
  if (request.again && !isScan) await settle(context, item, 'statuses', { raisedBeforeBatch: item.batch })
  if (!isScan && observed.rows.every((row) => row.kind === 'missing')) {
    // A panel that answers nothing at all has a bad moment: of an order nobody can be sure that it is unknown.
    await explainUnread(context, source, item, request, ABOUT_NOTHING)
    return NOTHING_READ
  }
  const rows = isScan ? await takeScanned(context, source, item, request, observed.rows) : observed.rows
  const isAnswered = rows.some((row) => row.kind === 'status')
  const atMs = askedAtMs(item, request)
  const timing = {
    evidence: evidenceOf(item),
    atMs: item.fetchedAtMs,
    previousPassMs,
    backfill: isScan || request.purpose === 'backfill',
  }
  const answered: Answered[] = []
  const uncharged: Uncharged[] = []
  const hidden: HiddenCharge[] = []
  const parents: Answered[] = []
  const children: string[] = []
  const problems = rows.map((row) => problemOf(row, source))
  await settleTold(context, source, item, rows, problems, isAnswered)
  for (const [index, row] of rows.entries()) {
    const problem = problems[index] ?? null
    if (problem !== null) {
      await explain(context, source, item, index + 1, row, problem)
      if (isRefusal(row, request, isAnswered))
        uncharged.push({ item, orderId: row.orderId, timing, atMs, status: null })
    } else if (row.kind === 'status' && row.charge !== null) {
      const { status, charge, chargeDecimals, remains } = row
      const list = charge > 0n && row.children.length > 0 ? parents : answered
      list.push({ item, row, timing, answer: { status, charge, chargeDecimals, remains, atMs } })
      children.push(...row.children)
    } else if (row.kind === 'status' && row.children.length === 0) {
      hidden.push({ item, line: index + 1, orderId: row.orderId, row, timing, atMs })
    } else if (row.kind === 'status') {
      // A parent without a charge moves no money itself: its children carry their own, so they are asked about instead.
      context.tally.add('unchanged', source.currency, null)
      uncharged.push({ item, orderId: row.orderId, timing, atMs, status: row.status, children: row.children })
      children.push(...row.children)
    }
  }
  const fresh = await registerChildren(context, source, item, children)
  const isFresh = (id: string): boolean => fresh.has(id)
  return {
    isRead: !isScan,
    answered,
    uncharged,
    hidden,
    parents: parents.map((each) => ({ ...each, hasNewChildren: each.row.children.some(isFresh) })),
  }
}

/**
 * An answer that was read settles what an earlier pass could not read, since its orders are asked again. A wallet that
 * ties settles nothing here: orders nobody could read have moved no balance.
 */
export async function settleUnread(context: BatchContext, source: ContextSource, item: Landed): Promise<void> {
  const start = await lastWalletReading(context.db, context.book, source.id, item.batch, 'before')
  if (start !== null) await settle(context, item, 'statuses', { raisedBeforeBatch: start.batch })
}

/**
 * Left out beside orders that were answered (`isAnswered`), or called unknown: not what any other error text says, and only
 * in a pass. An answer of nothing but errors has a bad moment, so what it leaves out says nothing.
 */
function isRefusal(row: StatusRow, { purpose }: StatusRequest, isAnswered: boolean): boolean {
  if (purpose !== 'poll') return false
  return (row.kind === 'missing' && isAnswered) || (row.kind === 'error' && row.code === 'incorrect-order-id')
}

async function registerChildren(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  children: readonly string[],
): Promise<ReadonlySet<string>> {
  if (children.length === 0) return new Set()
  const ids = [...new Set(children)]
  const known = await findOrders(context.db, context.book, source.id, ids)
  const fresh = ids.filter((id) => !known.has(id))
  const orders = fresh.map((id) => newOrder(id, 'parent', evidenceOf(item)))
  await saveOrders(context.db, context.book, source.id, orders)
  // Children registered before but never answered were lost to a crash between registering and asking.
  const unasked = (id: string): boolean => {
    const order = known.get(id)
    return order === undefined || isUnasked(order)
  }
  context.followUp.registered.push(...ids.filter(unasked))
  return new Set(fresh)
}

/** A whole answer that cannot be read says nothing about any of its orders; one bad order can be the cause, so parts are asked again. */
async function explainUnread(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { orders }: StatusRequest,
  observed: BadBody,
): Promise<void> {
  const [only] = orders
  const isOne = orders.length === 1 && only !== undefined
  const object = isOne ? `order:${only}` : 'statuses'
  const unread = isOne ? '' : ` ${orders.length} orders were not read.`
  context.tally.add('quarantined', source.currency, null, orders.length)
  const { reason } = observed
  const called = isOne ? object : `${orders.length} orders`
  await raiseUnread(context, source, item, { object, called, observed, reason, detail: `${reason}${unread}` })
  if (!isOne && MAY_BE_ONE_ORDER.has(observed.code)) context.followUp.unread.push(orders)
}

/** Of ids nobody registered nothing is stale, so there is no exception: the next scan asks about them again. */
async function scanUnread(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  request: StatusRequest,
  observed: BadBody,
): Promise<void> {
  const orders = request.orders.filter((id) => id !== request.anchor)
  await countUnanswered(context, source, item, { ...request, orders }, observed.reason)
  if (orders.length > 1 && MAY_BE_ONE_ORDER.has(observed.code)) context.followUp.unread.push(orders)
}

/** What a single bad order can do to the answer for all; a refused key or a firewall would only be asked the same again. */
const MAY_BE_ONE_ORDER: ReadonlySet<string> = new Set([
  'bad-request',
  'not-found',
  'not-json',
  'unavailable',
  'unexpected-shape',
  'upstream',
  'vendor-error',
])

interface RowProblem {
  readonly outcome: 'quarantined' | 'excepted'
  readonly code: 'BAD_PAYLOAD' | 'CURRENCY_MISMATCH' | 'MISSING_AT_VENDOR'
  readonly reason: string
}

function problemOf(row: StatusRow, source: ContextSource): RowProblem | null {
  switch (row.kind) {
    case 'bad':
      return { outcome: 'quarantined', code: 'BAD_PAYLOAD', reason: row.reason }
    case 'missing':
      return { outcome: 'excepted', code: 'MISSING_AT_VENDOR', reason: 'the answer left this order out' }
    case 'error':
      return row.code === 'incorrect-order-id'
        ? { outcome: 'excepted', code: 'MISSING_AT_VENDOR', reason: `the panel answered "${row.text}"` }
        : { outcome: 'excepted', code: 'BAD_PAYLOAD', reason: `instead of a status the panel answered "${row.text}"` }
    case 'status':
      return problemOfStatus(row, source)
  }
}

/** By the setting alone: what a panel names and what it means is never told apart by guessing. */
function isInWalletCurrency({ currency }: OrderStatusRow, source: ContextSource): boolean {
  if (currency === null || currency === source.currency) return true
  return source.statusCurrency === 'wallet' || source.statusCurrency === currency
}

function problemOfStatus(row: OrderStatusRow, source: ContextSource): RowProblem | null {
  if (!isInWalletCurrency(row, source)) {
    const reason = `the panel charged in ${row.currency}, but the source is configured in ${source.currency}; if its charges are in ${source.currency} and only named otherwise, set statusCurrency (tieout doctor)`
    return { outcome: 'excepted', code: 'CURRENCY_MISMATCH', reason }
  }
  if (row.status === 'unknown') {
    const isCode = /^\s*\d+\s*$/.test(row.rawStatus)
    const hint = isCode ? '; say what it means in statusCodes of the source' : ''
    const reason = `the status "${row.rawStatus}" is not known${hint}`
    return { outcome: 'quarantined', code: 'BAD_PAYLOAD', reason }
  }
  return null
}

/** What a readable answer about an order settles. */
export const UNREADABLE = ['BAD_PAYLOAD', 'CURRENCY_MISMATCH', 'MISSING_AT_VENDOR', 'STALE_SOURCE'] as const

/** Before what the answer says instead is raised. */
async function settleTold(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  rows: readonly StatusRow[],
  problems: readonly (RowProblem | null)[],
  isAnswered: boolean,
): Promise<void> {
  // Asked about are those alone of which something can be over: of the same trouble as last night there may be very many.
  const told = rows.flatMap((row, index) => {
    const problem = problems[index] ?? null
    const over = problem === null ? [] : overBy(row, problem.code, isAnswered)
    return over.length === 0 ? [] : [{ object: `order:${row.orderId}`, over }]
  })
  for (const [, alike] of Map.groupBy(told, ({ over }) => over.join())) {
    const only = alike[0]?.over ?? []
    const objects = alike.map(({ object }) => object)
    for (const object of await openObjects(context.db, context.book, source.name, only, objects))
      await settle(context, item, object, { only })
  }
}

/**
 * What is over about an order by an answer of which nothing can be booked. A status shows that the panel knows the order,
 * and the word that it is unknown is a word about it too: what stands is what was said last. Of an order that is left out
 * beside others nothing is over but that nobody could ask. Any other error text may be about the request.
 */
function overBy(row: StatusRow, code: RowProblem['code'], isAnswered: boolean): readonly (typeof UNREADABLE)[number][] {
  const isOfOrder = row.kind === 'status' || (row.kind === 'error' && row.code === 'incorrect-order-id')
  if (isOfOrder) return UNREADABLE.filter((each) => each !== code)
  return row.kind === 'bad' || (row.kind === 'missing' && isAnswered) ? ['STALE_SOURCE'] : []
}

async function explain(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  line: number,
  row: StatusRow,
  problem: RowProblem,
): Promise<void> {
  const object = `order:${row.orderId}`
  const amount = row.kind === 'status' ? row.charge : null
  const currency = row.kind === 'status' ? (row.currency ?? source.currency) : null
  context.tally.add(problem.outcome, currency ?? source.currency, amount)
  if (problem.outcome === 'quarantined') await quarantine(context, item, line, object, problem.reason)
  const { code, reason } = problem
  await raise(context, item, { source: source.name, code, object, amount, currency, detail: reason })
}
