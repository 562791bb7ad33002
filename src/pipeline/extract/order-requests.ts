/**
 * Asking a panel about many orders: requests of 100, ten at a time to a durable commit, one chunk always on the wire
 * while the one before it is being booked. Memory holds two chunks whatever the number of orders.
 */
import type { NewLanding } from '../../evidence/landing.ts'
import type { OrderPosition } from '../../evidence/registry.ts'
import type { PanelClient } from '../../sources/panel/client.ts'
import { ORDERS_PER_CALL } from '../../sources/panel/requests.ts'
import { landAndProcess, moveStep, type RunContext } from '../run-context.ts'
import { exchangeLanding } from './answer-landing.ts'
import { followUp } from './follow-up.ts'

/** 1,000 orders to a durable commit: larger batches are a little faster and need a third more memory. */
const REQUESTS_PER_BATCH = 10
export const ORDERS_PER_CHUNK = ORDERS_PER_CALL * REQUESTS_PER_BATCH

/** 'hook': named by a webhook, asked outside of a polling pass. */
export type Purpose = 'poll' | 'sweep' | 'backfill' | 'hook'

export interface PanelTask {
  readonly name: string
  readonly sourceId: bigint
  readonly currency: string
  readonly client: PanelClient
  /** How many finished orders one night may ask about again when the wallet does not tie. */
  readonly sweepLimit: number
}

/** Asks about chunk after chunk until one is not full; how many orders that were. */
export async function askChunks(
  run: RunContext,
  panel: PanelTask,
  step: string,
  purpose: Purpose,
  from: OrderPosition | null,
  read: (after: OrderPosition | null, limit: number) => Promise<readonly OrderPosition[]>,
): Promise<number> {
  const next = async (after: OrderPosition | null) => {
    const orders = await read(after, ORDERS_PER_CHUNK)
    return { orders, position: orders[orders.length - 1] ?? after, answers: askOrders(run, panel, orders, purpose) }
  }
  let asked = 0
  let current = await next(from)
  while (current.orders.length > 0) {
    const answers = await current.answers
    const following = current.orders.length < ORDERS_PER_CHUNK ? null : await next(current.position)
    await bookAnswers(run, panel, step, purpose, { ...current, answers }, current.position)
    asked += current.orders.length
    if (following === null) break
    current = following
  }
  return asked
}

/** Lands and processes the answers about these orders, with whatever they lead to. */
export async function bookAnswers(
  run: RunContext,
  panel: PanelTask,
  step: string,
  purpose: Purpose,
  { orders, answers }: { readonly orders: readonly OrderPosition[]; readonly answers: readonly NewLanding[] },
  position?: unknown,
): Promise<void> {
  const result = await landAndProcess(run, step, answers)
  run.progress(step, orders.length)
  await followUp(run, step, result, (ids, again) => askOnce(run, panel, ids, purpose, again))
  // Only now: whoever dies before this asks the whole chunk again, which changes nothing but what was left open.
  if (position !== undefined) await moveStep(run, step, JSON.stringify(position))
}

/** All requests at once; the client's connections and rate limit pace them. */
export function askOrders(
  run: RunContext,
  panel: PanelTask,
  orders: readonly OrderPosition[],
  purpose: Purpose,
): Promise<readonly NewLanding[]> {
  const requests: Promise<NewLanding>[] = []
  for (let at = 0; at < orders.length; at += ORDERS_PER_CALL) {
    const ids = orders.slice(at, at + ORDERS_PER_CALL).map((order) => order.orderId)
    requests.push(askOnce(run, panel, ids, purpose, false))
  }
  return Promise.all(requests)
}

async function askOnce(
  run: RunContext,
  panel: PanelTask,
  ids: readonly string[],
  purpose: Purpose,
  again: boolean,
): Promise<NewLanding> {
  const exchange = await panel.client.statuses(ids, run.signal)
  return exchangeLanding(panel.name, 'panel-statuses', exchange, run.clock.nowMs(), {
    purpose,
    ...(again ? { again } : {}),
  })
}

/** Where a killed pass goes on; from the start when an older version left its position in another form. */
export function parsePosition(text: string | undefined): OrderPosition | null {
  const position = text === undefined ? null : (JSON.parse(text) as Partial<OrderPosition> | null)
  if (position?.atMs === undefined || position.orderId === undefined) return null
  return { atMs: position.atMs, orderId: position.orderId }
}
