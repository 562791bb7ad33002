/**
 * A panel that takes orders, on a real HTTP server: it has a wallet, a catalogue and orders, and misbehaves as a test
 * says, in particular by placing an order and then not answering. It counts what reached it, which is what must be one.
 */
import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { formatDecimals } from '../../src/domain/money/money.ts'

/** How the next `add` goes. 'placed…' charges and keeps the order, everything else does not. */
export type AddFault =
  | 'placed'
  | 'placed-then-dropped'
  | 'placed-then-html'
  | 'placed-then-cut-off'
  | 'placed-then-silent'
  | 'dropped'
  | { readonly status: number; readonly body: unknown }

export interface OrderingPanel {
  readonly url: string
  wallet: bigint
  nextAdd: AddFault
  /** Set to leave the balance unanswered. */
  isWalletDead: boolean
  services: unknown
  /** Charged per order, unless a test says otherwise: rate × quantity. */
  charge: bigint
  readonly orders: Map<string, { readonly charge: bigint; status: string }>
  /** Every request's form, without the key. */
  readonly received: Readonly<Record<string, string>>[]
  /** Requests of one action. */
  readonly count: (action: string) => number
  /** Instead of an answer to cancel or refill. */
  request: unknown
  /** Instead of a panel's own answer, by action. */
  readonly answers: Map<string, { readonly status: number; readonly body: unknown; readonly retryAfter?: string }>
  /** Called when an `add` has taken effect, before it is answered. */
  onAdded: () => void
}

export const CATALOGUE = [
  { service: '1', name: 'Followers', type: 'Default', rate: '0.90', min: '50', max: '10000', category: 'First' },
  { service: '2', name: 'Comments', type: 'Custom Comments', rate: '8', min: '1', max: '1500', category: 'Second' },
  {
    service: 4,
    name: 'On posts',
    type: 'Custom Comments Package',
    rate: '6.55',
    min: 1,
    max: 5000,
    category: 'Second',
  },
  { service: '7', name: 'Auto likes', type: 'Subscriptions', rate: '1.05', min: '50', max: '10000', category: 'Subs' },
  { service: '9', name: 'Starter pack', type: 'Package', rate: '4.99', min: '1', max: '1', category: 'Packages' },
  { service: '99', name: 'Odd', type: 'Mystery', rate: '1', min: '1', max: '1', category: 'Odd' },
]

export async function orderingPanel(): Promise<OrderingPanel> {
  const received: Readonly<Record<string, string>>[] = []
  const server = createServer((message, response) => {
    text(message).then(
      (body) => {
        const { key: _key, ...form } = Object.fromEntries(new URLSearchParams(body))
        received.push(form)
        answer(panel, form, response)
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  const panel: OrderingPanel = {
    url: `http://127.0.0.1:${address.port}`,
    wallet: 10_000_000_000n,
    nextAdd: 'placed',
    isWalletDead: false,
    services: CATALOGUE,
    charge: 9_000_000n,
    orders: new Map(),
    received,
    count: (action) => received.filter((form) => form['action'] === action).length,
    request: undefined,
    answers: new Map(),
    onAdded: () => undefined,
  }
  return panel
}

function answer(panel: OrderingPanel, form: Readonly<Record<string, string>>, response: ServerResponse): void {
  const instead = panel.answers.get(form['action'] ?? '')
  if (instead?.retryAfter !== undefined) response.setHeader('retry-after', instead.retryAfter)
  if (instead !== undefined) return json(response, instead.status, instead.body)
  switch (form['action'] ?? '') {
    case 'balance':
      if (panel.isWalletDead) return void response.destroy()
      return json(response, 200, { balance: formatDecimals(panel.wallet, 5), currency: 'USD' })
    case 'services':
      return json(response, 200, panel.services)
    case 'add':
      return add(panel, response)
    case 'status':
      return json(response, 200, statusOf(panel, form['order'] ?? ''))
    case 'multiStatus': {
      const ids = (form['orders'] ?? '').split(',')
      return json(response, 200, Object.fromEntries(ids.map((id) => [id, statusOf(panel, id)])))
    }
    default:
      return json(response, 200, panel.request)
  }
}

function add(panel: OrderingPanel, response: ServerResponse): void {
  const { nextAdd } = panel
  if (typeof nextAdd === 'object') return json(response, nextAdd.status, nextAdd.body)
  if (nextAdd === 'dropped') return void response.destroy()
  const id = String(23_501 + panel.orders.size)
  panel.orders.set(id, { charge: panel.charge, status: 'Pending' })
  panel.wallet -= panel.charge
  panel.onAdded()
  switch (nextAdd) {
    case 'placed':
      return json(response, 200, { order: Number(id) })
    case 'placed-then-dropped':
      return void response.destroy()
    case 'placed-then-html':
      return json(response, 200, '<html>Just a moment</html>')
    case 'placed-then-cut-off':
      return json(response, 200, '{"order":')
    case 'placed-then-silent':
      return
  }
}

function statusOf({ orders }: OrderingPanel, id: string): unknown {
  const order = orders.get(id)
  if (order === undefined) return { error: 'Incorrect order ID' }
  const charge = formatDecimals(order.charge, 5)
  return { charge, start_count: '0', status: order.status, remains: '0', currency: 'USD' }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(typeof value === 'string' ? value : JSON.stringify(value))
}
