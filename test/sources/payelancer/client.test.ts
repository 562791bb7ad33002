import { afterEach, describe, expect, it } from 'vitest'
import { createSecret } from '../../../src/http/secret.ts'
import {
  createPayelancerClient,
  type PayelancerClient,
  type PayelancerExchange,
} from '../../../src/sources/payelancer/client.ts'
import { json, startServer, testClient, type TestServer } from '../../http/support.ts'

const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function call(ask: (client: PayelancerClient) => Promise<PayelancerExchange>, status = 200) {
  const server = await startServer((response) => json(response, status, { success: true }))
  servers.push(server)
  const { client } = testClient()
  const limiter = { acquire: () => Promise.resolve() }
  const payelancer = createPayelancerClient({
    name: 'ads',
    url: `${server.url}/`,
    key: createSecret('k3y-0123'),
    http: client,
    limiter,
  })
  const exchange = await ask(payelancer)
  await client.close()
  return { exchange, received: server.received }
}

describe('the Payelancer client', () => {
  it.each([
    ['stats', (client: PayelancerClient) => client.stats(), '/backend/api/v1/stats.php'],
    ['ad-formats', (client: PayelancerClient) => client.adFormats(), '/backend/api/v1/ad-formats.php'],
  ] as const)('gets %s with the key in the header only', async (action, ask, url) => {
    const { exchange, received } = await call(ask)
    expect(received[0]).toMatchObject({ method: 'GET', url, body: '', headers: { 'x-api-key': 'k3y-0123' } })
    expect(exchange.request).toEqual({ action })
    expect(JSON.stringify(exchange)).not.toContain('k3y-0123')
  })

  it('creates a campaign with the budget digit by digit, and only once', async () => {
    const campaign = { name: 'Summer "Shoe" Sale', budget: '500.00', targetUrl: 'https://example.com/sale' }
    const { exchange, received } = await call((client) => client.createCampaign(campaign), 503)
    expect(received).toHaveLength(1)
    expect(received[0]).toMatchObject({
      method: 'POST',
      url: '/backend/api/v1/campaigns.php',
      headers: { 'content-type': 'application/json' },
    })
    expect(received[0]?.body).toBe(
      '{"name":"Summer \\"Shoe\\" Sale","budget":500.00,"target_url":"https://example.com/sale"}',
    )
    expect(exchange.request).toEqual({ action: 'create-campaign', campaign })
  })

  it.each(['', '0', '-5', '1,5', '5e3', 'free'])('refuses the budget "%s" before sending anything', async (budget) => {
    const asked = call((client) => client.createCampaign({ name: 'x', budget, targetUrl: 'https://example.com' }))
    await expect(asked).rejects.toThrow('must be a positive decimal')
  })
})
