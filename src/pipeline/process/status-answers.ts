/**
 * A landed status answer → the rows that carry a usable charge. Every other row is counted and explained here: rows the
 * panel refused or garbled, parents whose children carry the charges, and whole answers nobody can read.
 */
import type { OrderAnswer } from '../../panels/rules/order.ts'
import type { Landed } from '../../log/landing.ts'
import { isUnasked, newOrder } from '../../evidence/registered-order.ts'
import { lastWalletReading } from '../../evidence/readings.ts'
import { saveOrders } from '../../evidence/register-orders.ts'
import { findOrders } from '../../evidence/registry.ts'
import type { BadBody } from '../../sources/answer.ts'
import { observeStatuses, type OrderStatusRow, type StatusRow } from '../../sources/panel/observe.ts'
import { judge, stands } from '../engine/items.ts'
import { answerOf, evidenceOf, quarantine, type BatchContext, type ContextSource } from './context.ts'
import { askedAtMs, statusRequest, type StatusRequest } from './requests.ts'
import { countUnanswered, takeScanned } from './scan-answers.ts'
import { raiseUnread } from './unread-answers.ts'

/** What tells of answers to requests about many orders. */
const WHOLE_ANSWER = { about: ['statuses'] } as const

const ABOUT_NOTHING: BadBody = {
  kind: 'bad-body',
  code: 'unexpected-shape',
  reason: 'The panel answered about none of the orders asked; it is asked again on the next run.',
}

export interface Answered {
  readonly item: Landed
  readonly orderId: string
  readonly answer: OrderAnswer
}

/** The panel does not know the order. */
export interface Refused {
  readonly item: Landed
  readonly orderId: string
}

export interface StatusAnswers {
  /** True when it said something about orders that were asked about, which a scan does not. */
  readonly isRead: boolean
  readonly answered: readonly Answered[]
  readonly refused: readonly Refused[]
}

const NOTHING_READ: StatusAnswers = { isRead: false, answered: [], refused: [] }

export async function readAnswers(context: BatchContext, source: ContextSource, item: Landed): Promise<StatusAnswers> {
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
  if (request.again && !isScan)
    await judge(context, item, source.name, { ...WHOLE_ANSWER, raisedBeforeBatch: item.batch })
  if (!isScan && observed.rows.every((row) => row.kind === 'missing')) {
    // A panel that answers nothing at all has a bad moment: of an order nobody can be sure that it is unknown.
    await explainUnread(context, source, item, request, ABOUT_NOTHING)
    return NOTHING_READ
  }
  const rows = isScan ? await takeScanned(context, source, item, request, observed.rows) : observed.rows
  const isAnswered = rows.some((row) => row.kind === 'status')
  const atMs = askedAtMs(item, request)
  const answered: Answered[] = []
  const refused: Refused[] = []
  const runs = new Map<string, string>()
  const problems = rows.map((row) => problemOf(row, source))
  await settleTold(context, source, item, rows, problems, isAnswered)
  for (const [index, row] of rows.entries()) {
    const problem = problems[index] ?? null
    if (problem !== null) {
      await explain(context, source, item, index + 1, row, problem)
      if (isRefusal(row, request, isAnswered)) refused.push({ item, orderId: row.orderId })
    } else if (row.kind === 'status') {
      const { orderId, status, charge, chargeDecimals, remains } = row
      answered.push({ item, orderId, answer: { status, charge, chargeDecimals, remains, atMs } })
      for (const run of row.children) runs.set(run, orderId)
    }
  }
  await registerRuns(context, source, item, runs)
  return { isRead: !isScan, answered, refused }
}

/**
 * An answer that was read settles what an earlier pass could not read, since its orders are asked again. A wallet that
 * ties settles nothing here: orders nobody could read have moved no balance.
 */
export async function settleUnread(context: BatchContext, source: ContextSource, item: Landed): Promise<void> {
  const start = await lastWalletReading(context.db, context.book, source.id, item.batch, 'before')
  if (start !== null) await judge(context, item, source.name, { ...WHOLE_ANSWER, raisedBeforeBatch: start.batch })
}

/**
 * Left out beside orders that were answered (`isAnswered`), or called unknown: not what any other error text says, and only
 * in a pass. An answer of nothing but errors has a bad moment, so what it leaves out says nothing.
 */
function isRefusal(row: StatusRow, { purpose }: StatusRequest, isAnswered: boolean): boolean {
  if (purpose !== 'poll') return false
  return (row.kind === 'missing' && isAnswered) || (row.kind === 'error' && row.code === 'incorrect-order-id')
}

/** O5: the orders a parent names are its runs, registered with its id and asked about in the same night. */
async function registerRuns(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  runs: ReadonlyMap<string, string>,
): Promise<void> {
  if (runs.size === 0) return
  const ids = [...runs.keys()]
  const known = await findOrders(context.db, context.book, source.id, [...ids, ...new Set(runs.values())])
  const named = ids.flatMap((id) => {
    const order = known.get(id) ?? newOrder(id, 'parent', evidenceOf(item))
    const parent = known.get(runs.get(id) ?? '')
    if (order.parent !== null || parent === undefined) return []
    // A run that is named for the first time by a parent known before was placed since: it is not in the opening (W0).
    const namedMs = parent.status === null ? parent.orderedAtMs : item.fetchedAtMs
    return [{ ...order, parent: parent.orderId, orderedAtMs: order.orderedAtMs ?? namedMs }]
  })
  await saveOrders(context.db, context.book, source.id, named)
  // Runs registered before but never answered were lost to a crash between registering and asking.
  const unasked = (id: string): boolean => {
    const order = known.get(id)
    return order === undefined || isUnasked(order)
  }
  context.followUp.registered.push(...ids.filter(unasked))
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
  readonly code: 'ANSWER_UNREAD' | 'CURRENCY' | 'ORDER_UNKNOWN'
  readonly reason: string
}

function problemOf(row: StatusRow, source: ContextSource): RowProblem | null {
  switch (row.kind) {
    case 'bad':
      return { outcome: 'quarantined', code: 'ANSWER_UNREAD', reason: row.reason }
    case 'missing':
      return { outcome: 'excepted', code: 'ORDER_UNKNOWN', reason: 'the answer left this order out' }
    case 'error':
      return row.code === 'incorrect-order-id'
        ? { outcome: 'excepted', code: 'ORDER_UNKNOWN', reason: `the panel answered "${row.text}"` }
        : { outcome: 'excepted', code: 'ANSWER_UNREAD', reason: `instead of a status the panel answered "${row.text}"` }
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
    return { outcome: 'excepted', code: 'CURRENCY', reason }
  }
  if (row.status === 'unknown') {
    const isCode = /^\s*\d+\s*$/.test(row.rawStatus)
    const hint = isCode ? '; say what it means in statusCodes of the source' : ''
    const reason = `the status "${row.rawStatus}" is not known${hint}`
    return { outcome: 'quarantined', code: 'ANSWER_UNREAD', reason }
  }
  return null
}

/** What a readable answer about an order settles. */
export const UNREADABLE = ['ANSWER_UNREAD', 'CURRENCY', 'ORDER_UNKNOWN', 'SOURCE_FAILED'] as const

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
    await judge(context, item, source.name, { codes: only, about: objects })
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
  return row.kind === 'bad' || (row.kind === 'missing' && isAnswered) ? ['SOURCE_FAILED'] : []
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
  await stands(context, item, { source: source.name, code, object, amount, currency, detail: reason })
}
