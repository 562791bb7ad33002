/**
 * Asks a panel (API v2: form-encoded POST with `key` and `action`). It parses nothing: the caller lands request and
 * bytes first and observes them afterwards, so that what was booked can be derived again from what was landed.
 */
import type { HttpClient } from '../../http/client.ts'
import type { HttpOutcome } from '../../http/outcome.ts'
import type { RateLimiter } from '../../http/rate-limit.ts'
import type { Secret } from '../../http/secret.ts'
import { balanceVerdict } from '../passing.ts'
import { addParameters, type AddOrder } from './add-order.ts'
import { ORDERS_PER_CALL, type MultiAction, type PanelRequest } from './requests.ts'

export interface PanelSettings {
  /** The configured name, for messages. */
  readonly name: string
  /** https://your-domain/api/v2 */
  readonly url: string
  readonly key: Secret
  readonly multiAction: MultiAction
  readonly http: HttpClient
  readonly limiter: RateLimiter
}

/** What was asked (without the key) and what came of it. */
export interface PanelExchange {
  readonly request: PanelRequest
  readonly outcome: HttpOutcome
}

export interface PanelClient {
  readonly balance: (signal?: AbortSignal) => Promise<PanelExchange>
  readonly services: (signal?: AbortSignal) => Promise<PanelExchange>
  /** Spends money and has no idempotency key: sent once. After a failure that may have taken effect, look before asking again. */
  readonly add: (order: AddOrder, signal?: AbortSignal) => Promise<PanelExchange>
  readonly status: (order: string, signal?: AbortSignal) => Promise<PanelExchange>
  /** At most 100 ids. */
  readonly statuses: (orders: readonly string[], signal?: AbortSignal) => Promise<PanelExchange>
  /** The same in a dialect that may not be the configured one, to find out which the panel speaks. */
  readonly statusesAs: (dialect: MultiAction, orders: readonly string[], signal?: AbortSignal) => Promise<PanelExchange>
  /** Asks for cancellation; whether money comes back shows in later statuses. */
  readonly cancel: (orders: readonly string[], signal?: AbortSignal) => Promise<PanelExchange>
  readonly refill: (order: string, signal?: AbortSignal) => Promise<PanelExchange>
  readonly refillStatus: (refill: string, signal?: AbortSignal) => Promise<PanelExchange>
}

const READS: ReadonlySet<PanelRequest['action']> = new Set([
  'balance',
  'services',
  'status',
  'multiStatus',
  'refill_status',
])

export function createPanelClient(settings: PanelSettings): PanelClient {
  const send = (request: PanelRequest, signal: AbortSignal | undefined): Promise<PanelExchange> =>
    exchange(settings, request, signal)
  return {
    balance: (signal) => send({ action: 'balance' }, signal),
    services: (signal) => send({ action: 'services' }, signal),
    add: (order, signal) => send({ action: 'add', order }, signal),
    status: (order, signal) => send({ action: 'status', order }, signal),
    statuses: (orders, signal) => send({ action: settings.multiAction, orders: bounded(orders) }, signal),
    statusesAs: (action, orders, signal) => send({ action, orders: bounded(orders) }, signal),
    cancel: (orders, signal) => send({ action: 'cancel', orders: bounded(orders) }, signal),
    refill: (order, signal) => send({ action: 'refill', order }, signal),
    refillStatus: (refill, signal) => send({ action: 'refill_status', refill }, signal),
  }
}

async function exchange(
  settings: PanelSettings,
  request: PanelRequest,
  signal: AbortSignal | undefined,
): Promise<PanelExchange> {
  const form = new URLSearchParams([['key', settings.key.reveal()], ['action', request.action], ...parameters(request)])
  const outcome = await settings.http.request({
    method: 'POST',
    url: settings.url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    secrets: [settings.key],
    limiter: settings.limiter,
    idempotent: READS.has(request.action),
    ...(request.action === 'balance' ? { verdict: balanceVerdict } : {}),
    label: `Panel "${settings.name}" (${request.action})`,
    ...(signal === undefined ? {} : { signal }),
  })
  return { request, outcome }
}

function parameters(request: PanelRequest): [string, string][] {
  if ('orders' in request) return [['orders', request.orders.join(',')]]
  switch (request.action) {
    case 'balance':
    case 'services':
      return []
    case 'add':
      return addParameters(request.order).map(([name, value]) => [name, value])
    case 'status':
    case 'refill':
      return [['order', request.order]]
    case 'refill_status':
      return [['refill', request.refill]]
  }
}

function bounded(orders: readonly string[]): readonly string[] {
  if (orders.length >= 1 && orders.length <= ORDERS_PER_CALL) return orders
  throw new RangeError(`a panel call takes 1 to ${ORDERS_PER_CALL} order ids, not ${orders.length}`)
}
