/**
 * One polling pass over a panel: balance, every due order, balance again. An unchanged balance makes the answers and the
 * wallet speak of one instant. When the wallet then shows money the books cannot explain, finished orders are asked
 * about again, most recently finished first, since panels refund after completion and say so only when asked.
 */
import { formatMoney, type Units } from '../../domain/money.ts'
import type { NewLanding } from '../../evidence/landing.ts'
import { lastWalletReading } from '../../evidence/readings.ts'
import { dueOrders, finishedOrders, type DuePosition, type RegisteredOrder } from '../../evidence/registry.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import type { PanelClient } from '../../sources/panel/client.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import { loadStep } from '../runs.ts'
import { exchangeLanding } from './answer-landing.ts'

export const ORDERS_PER_REQUEST = 100
/** Requests landed and processed as one batch: 5,000 orders to a durable commit. */
export const REQUESTS_PER_BATCH = 50

export interface PanelTask {
  readonly name: string
  readonly sourceId: bigint
  readonly currency: string
  readonly client: PanelClient
  /** How many finished orders one night may ask about again when the wallet does not tie. */
  readonly sweepLimit: number
}

export async function pollPanel(run: RunContext, panel: PanelTask): Promise<void> {
  const step = `poll:${panel.name}`
  const state = await loadStep(run.database.kysely, run.run, step)
  if (state?.status === 'finished') return
  const before = (await isCutOff(run, panel, state !== null)) ? null : await unexplained(run, panel)
  if (!(await readBalance(run, panel, step, 'before'))) return
  await pollDue(run, panel, step, parsePosition(state?.position))
  if (!(await readBalance(run, panel, step, 'after'))) return
  const left = await unexplained(run, panel)
  if (left !== null && left !== 0n && left !== before) await sweep(run, panel, step)
  await run.finishStep(step)
}

/** True when the last pass did not come to its end, so that what it left unexplained has not been looked for yet. */
async function isCutOff(run: RunContext, panel: PanelTask, isResumed: boolean): Promise<boolean> {
  if (isResumed) return true
  const unread = await openObjects(run.database.kysely, run.book.id, panel.name, ['STALE_SOURCE', 'BAD_PAYLOAD'])
  return ['source', 'wallet', 'statuses'].some((object) => unread.has(object))
}

async function pollDue(run: RunContext, panel: PanelTask, step: string, from: DuePosition | null): Promise<void> {
  const { kysely } = run.database
  const nowMs = run.clock.nowMs()
  const chunk = ORDERS_PER_REQUEST * REQUESTS_PER_BATCH
  let position = from
  const next = async () => {
    const orders = await dueOrders(kysely, run.book.id, panel.sourceId, nowMs, position, chunk)
    const last = orders[orders.length - 1]
    if (last !== undefined) position = { dueAtMs: last.dueAtMs ?? 0, orderId: last.orderId }
    return { orders, position, answers: askAll(run, panel, orders, 'poll') }
  }
  // One chunk is always on the wire while the one before it is being booked.
  let current = await next()
  while (current.orders.length > 0) {
    const answers = await current.answers
    const following = current.orders.length < chunk ? null : await next()
    const known = new Map(current.orders.map((order) => [order.orderId, order]))
    await landAndProcess(run, step, answers, { known, position: JSON.stringify(current.position) })
    run.progress(step, current.orders.length)
    if (following === null) return
    current = following
  }
}

/** Asks about orders in requests of 100, all at once; the client's connections and rate limit pace them. */
export async function askAll(
  run: RunContext,
  panel: PanelTask,
  orders: readonly RegisteredOrder[],
  purpose: 'poll' | 'sweep' | 'backfill',
): Promise<readonly NewLanding[]> {
  const requests: Promise<NewLanding>[] = []
  for (let at = 0; at < orders.length; at += ORDERS_PER_REQUEST) {
    const ids = orders.slice(at, at + ORDERS_PER_REQUEST).map((order) => order.orderId)
    const asked = panel.client.statuses(ids, run.signal)
    requests.push(
      asked.then((exchange) => exchangeLanding(panel.name, 'panel-statuses', exchange, run.clock.nowMs(), { purpose })),
    )
  }
  return Promise.all(requests)
}

/** False when the panel cannot be read: there is no point in asking it about orders. */
async function readBalance(
  run: RunContext,
  panel: PanelTask,
  step: string,
  moment: 'before' | 'after',
): Promise<boolean> {
  const exchange = await panel.client.balance(run.signal)
  const landing = exchangeLanding(panel.name, 'panel-balance', exchange, run.clock.nowMs(), { moment })
  await landAndProcess(run, step, [landing])
  if (landing.kind === 'panel-balance' && landing.httpStatus === 200) return true
  run.warn(panel.name, landing.body.toString('utf8').slice(0, 500))
  return false
}

/** balance − booked at the last reading after a pass; null before the first. */
async function unexplained(run: RunContext, panel: PanelTask): Promise<Units | null> {
  const last = await lastWalletReading(
    run.database.kysely,
    run.book.id,
    panel.sourceId,
    Number.MAX_SAFE_INTEGER,
    'after',
  )
  return last === null ? null : last.balance - last.booked
}

async function sweep(run: RunContext, panel: PanelTask, step: string): Promise<void> {
  const chunk = ORDERS_PER_REQUEST * 20
  let position: DuePosition = { dueAtMs: run.clock.nowMs(), orderId: '\u{10ffff}' }
  for (let swept = 0; swept < panel.sweepLimit;) {
    const { kysely } = run.database
    const limit = Math.min(chunk, panel.sweepLimit - swept)
    const orders = await finishedOrders(kysely, run.book.id, panel.sourceId, position, limit)
    const last = orders[orders.length - 1]
    if (last === undefined) return
    position = { dueAtMs: last.dueAtMs ?? 0, orderId: last.orderId }
    const known = new Map(orders.map((order) => [order.orderId, order]))
    await landAndProcess(run, step, await askAll(run, panel, orders, 'sweep'), { known })
    if (!(await readBalance(run, panel, step, 'after'))) return
    swept += orders.length
    run.progress(step, orders.length)
    const left = await unexplained(run, panel)
    if (left === 0n) return
    if (left !== null)
      run.warn(panel.name, `the wallet still differs by ${formatMoney(left, 8)} ${panel.currency}; asking older orders`)
  }
}

function parsePosition(text: string | undefined): DuePosition | null {
  return text === undefined ? null : (JSON.parse(text) as DuePosition | null)
}
