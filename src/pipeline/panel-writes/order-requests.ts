/**
 * Asks a panel to cancel or refill orders. These are requests: no money is booked, the orders are due at once, and what
 * came of it shows in their next statuses. A request that brought no answer is not repeated.
 */
import type { BadBody } from '../../sources/answer.ts'
import type { PanelExchange } from '../../sources/panel/client.ts'
import { observeCancel, observeRefill } from '../../sources/panel/observe-writes.ts'
import { ORDERS_PER_CALL } from '../../sources/panel/requests.ts'
import type { RunEnvironment } from '../with-run.ts'
import { outcomeLanding } from './write-landing.ts'
import { landOutcome, withPanelWrite, type PanelWrite, type WriteRequest } from './write-run.ts'

export interface RequestedOrder {
  readonly orderId: string
  /** 'unanswered': the panel may have taken the request; its next status tells. */
  readonly result: 'requested' | 'refused' | 'missing' | 'unanswered'
  /** The panel's own words, the refill's id, or what went wrong. */
  readonly says: string
}

export function cancelOrders(
  environment: RunEnvironment,
  request: WriteRequest,
  ids: readonly string[],
): Promise<readonly RequestedOrder[]> {
  return withPanelWrite(environment, request, 'panel-request', async (write) => {
    const done: RequestedOrder[] = []
    for (let at = 0; at < ids.length; at += ORDERS_PER_CALL) {
      const part = ids.slice(at, at + ORDERS_PER_CALL)
      write.run.signal.throwIfAborted()
      const exchange = await write.client.cancel(part)
      await keep(write, 'cancel', part, exchange)
      done.push(...cancelResults(part, exchange))
      if (isHopeless(exchange)) return [...done, ...notAsked(ids.slice(at + ORDERS_PER_CALL))]
    }
    return done
  })
}

/** One call each: the common dialect's call takes one order. */
export function refillOrders(
  environment: RunEnvironment,
  request: WriteRequest,
  ids: readonly string[],
): Promise<readonly RequestedOrder[]> {
  return withPanelWrite(environment, request, 'panel-request', async (write) => {
    const done: RequestedOrder[] = []
    for (const [index, id] of ids.entries()) {
      write.run.signal.throwIfAborted()
      const exchange = await write.client.refill(id)
      await keep(write, 'refill', [id], exchange)
      done.push(refillResult(id, exchange))
      if (isHopeless(exchange)) return [...done, ...notAsked(ids.slice(index + 1))]
    }
    return done
  })
}

async function keep(
  { run, source }: PanelWrite,
  action: 'cancel' | 'refill',
  orders: readonly string[],
  { outcome }: PanelExchange,
): Promise<void> {
  const landing = outcomeLanding(
    { kind: 'panel-request', source, request: { action, orders }, nowMs: run.clock.nowMs() },
    outcome,
  )
  await landOutcome(run, action, [landing])
}

function cancelResults(ids: readonly string[], { outcome }: PanelExchange): readonly RequestedOrder[] {
  if (outcome.kind === 'failed') return ids.map((orderId) => ({ orderId, ...unanswered(outcome) }))
  const { status: httpStatus, contentType, body } = outcome
  const observed = observeCancel(ids, { httpStatus, contentType, body })
  if (observed.kind === 'bad-body') return ids.map((orderId) => ({ orderId, ...unread(observed) }))
  return observed.rows.map((row) => {
    switch (row.kind) {
      case 'requested':
        return { orderId: row.orderId, result: 'requested', says: 'the panel took the request' }
      case 'refused':
        return { orderId: row.orderId, result: 'refused', says: row.text }
      case 'missing':
        return { orderId: row.orderId, result: 'missing', says: 'the answer left this order out' }
    }
  })
}

function refillResult(orderId: string, { outcome }: PanelExchange): RequestedOrder {
  if (outcome.kind === 'failed') return { orderId, ...unanswered(outcome) }
  const { status: httpStatus, contentType, body } = outcome
  const observed = observeRefill('refill', { httpStatus, contentType, body })
  if (observed.kind === 'bad-body') return { orderId, ...unread(observed) }
  return { orderId, result: 'requested', says: `refill ${observed.text}` }
}

function unanswered(outcome: { readonly message: string; readonly mayHaveTakenEffect: boolean }) {
  const result = outcome.mayHaveTakenEffect ? ('unanswered' as const) : ('refused' as const)
  return { result, says: outcome.message }
}

const REFUSALS: ReadonlySet<BadBody['code']> = new Set([
  'bad-request',
  'unauthorized',
  'insufficient-balance',
  'not-found',
  'rate-limited',
  'vendor-error',
])

function unread({ code, reason }: BadBody) {
  return { result: REFUSALS.has(code) ? ('refused' as const) : ('unanswered' as const), says: reason }
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
