/**
 * Asks a panel to cancel or refill orders. These are requests: no money is booked, the orders are due at once, and what
 * came of it shows in their next statuses. A request that brought no answer is not repeated.
 */
import type { PanelExchange } from '../../sources/panel/client.ts'
import { requestResults, sentOf, type RequestedOrder } from '../../sources/panel/request-results.ts'
import { ORDERS_PER_CALL } from '../../sources/panel/requests.ts'
import type { RunEnvironment } from '../with-run.ts'
import { closeUnanswered } from './close-unanswered.ts'
import { outcomeLanding } from './write-landing.ts'
import { landOutcome, withPanelWrite, type WriteRequest } from './write-run.ts'

export type OrderAction = 'cancel' | 'refill'

/** `ids` are distinct. A refill is one call per order, since the common dialect's call takes one. */
export function requestOrders(
  environment: RunEnvironment,
  request: WriteRequest,
  action: OrderAction,
  ids: readonly string[],
): Promise<readonly RequestedOrder[]> {
  const perCall = action === 'cancel' ? ORDERS_PER_CALL : 1
  return withPanelWrite(environment, request, 'panel-request', async (write) => {
    const { run, source, client } = write
    await closeUnanswered(run, write)
    const done: RequestedOrder[] = []
    for (let at = 0; at < ids.length; at += perCall) {
      const part = ids.slice(at, at + perCall)
      run.signal.throwIfAborted()
      const exchange = await (action === 'cancel' ? client.cancel(part) : client.refill(part[0] ?? ''))
      const landing = {
        kind: 'panel-request',
        source,
        request: { action, orders: part },
        nowMs: run.clock.nowMs(),
      } as const
      await landOutcome(run, action, [outcomeLanding(landing, exchange.outcome)])
      done.push(...requestResults(action, part, sentOf(exchange.outcome)))
      if (isHopeless(exchange)) return [...done, ...notAsked(ids.slice(at + perCall))]
    }
    return done
  })
}

/** A refused key, a full limit or a panel that is down would only be met again. */
function isHopeless({ outcome }: PanelExchange): boolean {
  return outcome.kind === 'failed' || outcome.status === 401 || outcome.status === 429
}

function notAsked(ids: readonly string[]): readonly RequestedOrder[] {
  return ids.map((orderId) => ({
    orderId,
    result: 'refused',
    says: 'not asked, since the panel refused the one before',
  }))
}
