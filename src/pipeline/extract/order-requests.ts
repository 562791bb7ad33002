/**
 * Asking a panel about many orders: requests of 100, ten at a time to a durable commit, with more
 * of them on the wire while one is being booked. Memory holds a few chunks whatever the number of orders.
 */
import type { QuietMoment } from '../../config/model.ts'
import type { NewLanding } from '../../log/landing.ts'
import type { OrderPosition } from '../../evidence/registry.ts'
import type { PanelClient } from '../../sources/panel/client.ts'
import { ORDERS_PER_CALL } from '../../sources/panel/requests.ts'
import { landAndProcess, leadsOn, moveStep, type RunContext } from '../run-context.ts'
import { exchangeLanding, sentAt } from './answer-landing.ts'
import { followUp } from './follow-up.ts'

/** 1,000 orders to a durable commit: larger batches are a little faster and need a third more memory. */
const REQUESTS_PER_BATCH = 10
export const ORDERS_PER_CHUNK = ORDERS_PER_CALL * REQUESTS_PER_BATCH

/**
 * Chunks asked for but not booked. A panel that answers after seconds needs many requests on the wire to be asked as
 * often as it allows; fifty are a thousand a minute at three seconds each.
 */
const CHUNKS_ON_THE_WIRE = 5

/** 'hook': named by a webhook, asked outside of a polling pass. */
export type Purpose = 'poll' | 'sweep' | 'backfill' | 'hook'

export interface PanelTask {
  readonly name: string
  readonly sourceId: bigint
  readonly currency: string
  readonly client: PanelClient
  /** The same panel at the pace of a scan. */
  readonly scanClient: PanelClient
  /** How many finished orders one night may ask about again when the wallet does not tie. */
  readonly sweepLimit: number
  readonly quietMoment: QuietMoment
}

interface Asked {
  readonly orders: readonly OrderPosition[]
  /** Where the chunk after this one starts; kept with the step. */
  readonly position: OrderPosition | null
  readonly answers: Promise<readonly NewLanding[]>
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
  const queue: Asked[] = []
  let after = from
  let isLast = false
  const readAhead = async (): Promise<void> => {
    while (!isLast && queue.length < CHUNKS_ON_THE_WIRE) {
      const orders = await read(after, ORDERS_PER_CHUNK)
      isLast = orders.length < ORDERS_PER_CHUNK
      after = orders[orders.length - 1] ?? after
      if (orders.length > 0) queue.push({ orders, position: after, answers: askOrders(run, panel, orders, purpose) })
    }
  }
  let asked = 0
  await readAhead()
  for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) {
    const answers = await chunk.answers
    await readAhead()
    await bookAnswers(run, panel, step, purpose, { orders: chunk.orders, answers }, chunk.position)
    asked += chunk.orders.length
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
  moved?: OrderPosition | null,
): Promise<void> {
  const position = moved === undefined ? undefined : JSON.stringify(moved)
  const result = await landAndProcess(run, step, answers, position === undefined ? {} : { position })
  run.progress(step, orders.length)
  if (!leadsOn(result)) return
  await followUp(run, step, result, (ids, again) => askOnce(run, panel, ids, purpose, again))
  // Only now: whoever dies before this asks the whole chunk again, which changes nothing but what was left open.
  if (position !== undefined) await moveStep(run, step, position)
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
    ...sentAt(exchange),
  })
}

/** Where a killed pass goes on; null: from the start. */
export function parsePosition(text: string | undefined): OrderPosition | null {
  const position = text === undefined ? null : (JSON.parse(text) as Partial<OrderPosition> | null)
  if (position?.atMs === undefined || position.orderId === undefined) return null
  return { atMs: position.atMs, orderId: position.orderId }
}
