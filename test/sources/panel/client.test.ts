import { afterEach, describe, expect, it } from 'vitest'
import { createSecret } from '../../../src/http/secret.ts'
import type { AddOrder } from '../../../src/sources/panel/add-order.ts'
import { createPanelClient, type PanelClient, type PanelExchange } from '../../../src/sources/panel/client.ts'
import type { MultiAction } from '../../../src/sources/panel/requests.ts'
import { json, startServer, testClient, type Handler, type TestServer } from '../../http/support.ts'

const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const limiter = { acquire: () => Promise.resolve() }

async function call(
  ask: (panel: PanelClient) => Promise<PanelExchange>,
  multiAction: MultiAction = 'multiStatus',
  handler: Handler = (response) => json(response, 200, {}),
) {
  const server = await startServer(handler)
  servers.push(server)
  const { client } = testClient()
  const panel = createPanelClient({
    name: 'netpanel',
    url: `${server.url}/api/v2`,
    key: createSecret('k3y-0123'),
    multiAction,
    http: client,
    limiter,
  })
  const exchange = await ask(panel)
  await server.close()
  await client.close()
  const form = server.received.map((request) => Object.fromEntries(new URLSearchParams(request.body)))
  return { exchange, form, received: server.received }
}

describe('the panel client', () => {
  it('posts the key and the action as a form, and keeps the key out of what is landed', async () => {
    const { exchange, form, received } = await call((panel) => panel.balance())
    expect(received[0]).toMatchObject({
      method: 'POST',
      url: '/api/v2',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(form).toEqual([{ key: 'k3y-0123', action: 'balance' }])
    expect(exchange.request).toEqual({ action: 'balance' })
    expect(JSON.stringify(exchange)).not.toContain('k3y-0123')
  })

  it.each([
    ['services', (panel: PanelClient) => panel.services(), { action: 'services' }],
    ['status', (panel: PanelClient) => panel.status('7'), { action: 'status', order: '7' }],
    ['statuses', (panel: PanelClient) => panel.statuses(['1', '2']), { action: 'multiStatus', orders: '1,2' }],
    ['cancel', (panel: PanelClient) => panel.cancel(['9', '2']), { action: 'cancel', orders: '9,2' }],
    ['refill', (panel: PanelClient) => panel.refill('7'), { action: 'refill', order: '7' }],
    ['refillStatus', (panel: PanelClient) => panel.refillStatus('3'), { action: 'refill_status', refill: '3' }],
  ] as const)('sends %s', async (_name, ask, expected) => {
    const { form } = await call(ask)
    expect(form).toEqual([{ key: 'k3y-0123', ...expected }])
  })

  it('spells the batch call as the panel is configured', async () => {
    const { form, exchange } = await call((panel) => panel.statuses(['1', '2']), 'status')
    expect(form).toEqual([{ key: 'k3y-0123', action: 'status', orders: '1,2' }])
    expect(exchange.request).toEqual({ action: 'status', orders: ['1', '2'] })
  })

  it('refuses batches the document does not allow before sending anything', async () => {
    const { client } = testClient()
    const panel = createPanelClient({
      name: 'p',
      url: 'http://127.0.0.1:1',
      key: createSecret('k3y-0123'),
      multiAction: 'status',
      http: client,
      limiter,
    })
    expect(() => panel.statuses(Array.from({ length: 101 }, (_, n) => String(n)))).toThrow(RangeError)
    expect(() => panel.cancel([])).toThrow(RangeError)
    await client.close()
  })

  const link = 'https://example.com/p?a=1&b=2'
  const orders: readonly (readonly [AddOrder, Readonly<Record<string, string>>])[] = [
    [
      { type: 'Default', service: '1', link, quantity: 100 },
      { service: '1', link, quantity: '100' },
    ],
    [
      { type: 'Default', service: '1', link, quantity: 100, runs: 2, interval: 30 },
      { service: '1', link, quantity: '100', runs: '2', interval: '30' },
    ],
    [
      { type: 'SEO', service: '2', link, keywords: ['red shoes', 'boots'], quantity: 5 },
      { service: '2', link, keywords: 'red shoes\nboots', quantity: '5' },
    ],
    [
      { type: 'Custom Comments', service: '3', link, comments: ['nice', 'größe & more'] },
      { service: '3', link, comments: 'nice\ngröße & more' },
    ],
    [
      {
        type: 'Custom Comments Package',
        service: '4',
        username: 'mychannel',
        min: 1,
        max: 3,
        delay: 0,
        posts: 2,
        old_posts: 1,
        expiry: '2026-12-31',
      },
      {
        service: '4',
        username: 'mychannel',
        min: '1',
        max: '3',
        delay: '0',
        posts: '2',
        old_posts: '1',
        expiry: '2026-12-31',
      },
    ],
    [
      { type: 'Poll', service: '5', link, quantity: 10, answer_number: 2 },
      { service: '5', link, quantity: '10', answer_number: '2' },
    ],
    [{ type: 'Subscriptions', service: '6' }, { service: '6' }],
    [
      { type: 'Invites from Groups', service: '7', link, groups: ['@a', '@b'], quantity: 20 },
      { service: '7', link, groups: '@a\n@b', quantity: '20' },
    ],
    [
      { type: 'Package', service: '8', link },
      { service: '8', link },
    ],
  ]
  it.each(orders)('adds %j', async (order, expected) => {
    const { form, exchange } = await call((panel) => panel.add(order))
    expect(form).toEqual([{ key: 'k3y-0123', action: 'add', ...expected }])
    expect(exchange.request).toEqual({ action: 'add', order })
  })

  it('asks again after a gateway error when it only reads, and never when it orders', async () => {
    const failing: Handler = (response) => json(response, 502, { error: 'upstream' })
    const read = await call((panel) => panel.status('7'), 'status', failing)
    expect(read.received).toHaveLength(3)
    for (const ask of [
      (panel: PanelClient) => panel.add({ type: 'Package', service: '8', link }),
      (panel: PanelClient) => panel.cancel(['1']),
    ]) {
      const write = await call(ask, 'status', failing)
      expect(write.received).toHaveLength(1)
      expect(write.exchange.outcome).toMatchObject({ kind: 'answer', status: 502, attempts: 1 })
    }
  })

  it('says that an order may have been placed when the connection broke', async () => {
    const { exchange } = await call(
      (panel) => panel.add({ type: 'Package', service: '8', link }),
      'status',
      (response) => response.destroy(),
    )
    expect(exchange.outcome).toMatchObject({ kind: 'failed', reason: 'reset', mayHaveTakenEffect: true })
    expect(exchange.outcome.kind === 'failed' && exchange.outcome.message).toContain('Panel "netpanel" (add)')
  })
})
