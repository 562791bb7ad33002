/**
 * An SMM panel's API v2 as its document describes it: form-encoded POST, `key` and `action`, amounts as strings. One
 * function per action; what an order costs and when it is refunded is the world's business.
 */
import { formatDecimals } from '../domain/money/money.ts'
import { json } from './http-reply.ts'
import type { Reply, SandboxRequest } from './http-reply.ts'
import { readNewOrder } from './panel-add.ts'
import { CATALOGUE, findService } from './world/catalogue.ts'
import { remainsNow, reportedCharge, startCountNow } from './world/order-view.ts'
import { placeOrder, requestCancel } from './world/panel-orders.ts'
import type { Order, PanelState, World } from './world/state.ts'

const MAX_IDS = 100
const UNKNOWN_ORDER = 'Incorrect order ID'

type Action = (world: World, panel: PanelState, form: URLSearchParams) => Reply

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['balance', balance],
  ['services', services],
  ['add', add],
  ['status', status],
  ['multiStatus', multiStatus],
  ['cancel', cancel],
  ['refill', refill],
])

export function answerPanel(world: World, panel: PanelState, request: SandboxRequest): Reply {
  if (request.method !== 'POST') return fail(400, 'Send every request as POST')
  if (!(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
    return fail(400, 'Send every request as application/x-www-form-urlencoded')
  }
  const form = new URLSearchParams(request.body)
  if (form.get('key') !== panel.options.apiKey) return fail(401, 'Invalid API key')
  const action = ACTIONS.get(form.get('action') ?? '')
  if (action === undefined) return fail(400, 'Incorrect request')
  return action(world, panel, form)
}

function balance(_world: World, panel: PanelState): Reply {
  return json(200, { balance: formatDecimals(panel.wallet, panel.decimals), currency: panel.currency })
}

function services(): Reply {
  const rows = CATALOGUE.map(({ id, name, type, rateText, min, max, category }) => ({
    service: String(id),
    name,
    type,
    rate: rateText,
    min: String(min),
    max: String(max),
    category,
  }))
  return json(200, rows)
}

function add(world: World, panel: PanelState, form: URLSearchParams): Reply {
  const id = form.get('service') ?? ''
  if (id === '') return fail(400, 'Missing parameter: service')
  const service = /^\d{1,9}$/.test(id) ? findService(Number(id)) : undefined
  if (service === undefined) return fail(404, 'Incorrect service ID')
  const read = readNewOrder(form, service)
  if (!read.ok) return fail(400, read.reason)
  const placed = placeOrder(world, panel, read.order)
  return placed.ok ? json(200, { order: placed.order.id }) : fail(402, 'Not enough funds on balance')
}

function status(world: World, panel: PanelState, form: URLSearchParams): Reply {
  if (form.has('orders') && panel.options.multiAction === 'status') return multiStatus(world, panel, form)
  const id = form.get('order') ?? ''
  if (id === '') return fail(400, 'Missing parameter: order')
  const order = findOrder(panel, id)
  if (order !== undefined) return json(200, statusRow(world, panel, order))
  return fail(panel.options.errorIn200 === true ? 200 : 404, UNKNOWN_ORDER)
}

function multiStatus(world: World, panel: PanelState, form: URLSearchParams): Reply {
  const ids = readIds(form)
  if (ids.length === 0) return fail(400, 'Missing parameter: orders')
  if (ids.length > MAX_IDS) return fail(400, `Too many orders: ${ids.length}, up to ${MAX_IDS} are allowed`)
  const rows = ids.map((id) => {
    const order = findOrder(panel, id)
    return [id, order === undefined ? { error: UNKNOWN_ORDER } : statusRow(world, panel, order)] as const
  })
  return json(200, Object.fromEntries(rows))
}

function cancel(world: World, panel: PanelState, form: URLSearchParams): Reply {
  const ids = readIds(form)
  if (ids.length === 0) return fail(400, 'Missing parameter: orders')
  if (ids.length > MAX_IDS) return fail(400, `Too many orders: ${ids.length}, up to ${MAX_IDS} are allowed`)
  const rows = ids.map((id) => {
    const row = /^\d{1,15}$/.test(id) ? Number(id) : id
    const order = findOrder(panel, id)
    if (order === undefined) return { order: row, error: UNKNOWN_ORDER }
    if (!requestCancel(world, panel, order)) return { order: row, error: 'Order cannot be canceled' }
    return { order: row, cancel: { status: 'success' } }
  })
  return json(200, rows)
}

/** The document mentions refill only in passing; this is the form most panels share. It moves no money. */
function refill(_world: World, panel: PanelState, form: URLSearchParams): Reply {
  const id = form.get('order') ?? ''
  if (id === '') return fail(400, 'Missing parameter: order')
  const order = findOrder(panel, id)
  if (order === undefined) return fail(404, UNKNOWN_ORDER)
  const isDelivered = order.status === 'Completed' || order.status === 'Done' || order.status === 'Partial'
  return isDelivered ? json(200, { refill: '1' }) : fail(400, 'Order cannot be refilled')
}

function statusRow(world: World, panel: PanelState, order: Order): Readonly<Record<string, string>> {
  return {
    charge: formatDecimals(reportedCharge(panel, order), panel.decimals),
    start_count: String(startCountNow(order)),
    status: order.status,
    remains: String(remainsNow(order, world.nowMs)),
    currency: panel.currency,
  }
}

function findOrder(panel: PanelState, id: string): Order | undefined {
  return /^\d{1,15}$/.test(id) ? panel.orders.get(Number(id)) : undefined
}

function readIds(form: URLSearchParams): readonly string[] {
  return (form.get('orders') ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
}

function fail(httpStatus: number, error: string): Reply {
  return json(httpStatus, { error })
}
