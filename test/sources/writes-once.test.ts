/** A write is never repeated once its bytes may have been sent, whatever comes back; a read is. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSecret } from '../../src/http/secret.ts'
import type { HttpOutcome } from '../../src/http/outcome.ts'
import { createPanelClient } from '../../src/sources/panel/client.ts'
import { createPayelancerClient } from '../../src/sources/payelancer/client.ts'
import { json, startServer, testClient, type Handler } from '../http/support.ts'

const limiter = { acquire: () => Promise.resolve() }

async function clients(handler: Handler) {
  const server = await startServer(handler)
  const { client: http, waits } = testClient({
    timeoutsMs: { headers: 150, body: 150, connect: 2000, total: 150 },
    maxBodyBytes: 1000,
  })
  onTestFinished(async () => {
    await server.close()
    await http.close()
  })
  const common = { name: 'x', url: server.url, key: createSecret('k3y-0123'), http, limiter }
  const panel = createPanelClient({ ...common, multiAction: 'multiStatus' })
  return { panel, payelancer: createPayelancerClient(common), server, waits }
}

type Clients = Awaited<ReturnType<typeof clients>>
type Call = (clients: Clients) => Promise<{ readonly outcome: HttpOutcome }>

const WRITES: readonly (readonly [string, Call])[] = [
  ['add', ({ panel }) => panel.add({ type: 'Package', service: '9', link: 'l' })],
  ['cancel', ({ panel }) => panel.cancel(['1'])],
  ['refill', ({ panel }) => panel.refill('1')],
  [
    'campaigns create',
    ({ payelancer }) => payelancer.createCampaign({ name: 'n', budget: '5', targetUrl: 'https://x.example' }),
  ],
]
const READS: readonly (readonly [string, Call])[] = [
  ['balance', ({ panel }) => panel.balance()],
  ['services', ({ panel }) => panel.services()],
  ['status', ({ panel }) => panel.status('1')],
  ['statuses', ({ panel }) => panel.statuses(['1'])],
  ['refill_status', ({ panel }) => panel.refillStatus('1')],
  ['stats', ({ payelancer }) => payelancer.stats()],
  ['ad formats', ({ payelancer }) => payelancer.adFormats()],
]
const TROUBLES: readonly (readonly [string, Handler])[] = [
  ['429', (response) => json(response, 429, {}, { 'retry-after': '1' })],
  ['502', (response) => json(response, 502, {})],
  ['503', (response) => json(response, 503, {})],
  ['a dropped connection', (response) => void response.destroy()],
  ['silence', () => undefined],
  ['half an answer', (response) => (response.writeHead(200, { 'content-length': '50' }), response.write('{'))],
]

describe.each(TROUBLES)('after %s', (_name, handler) => {
  it.each(WRITES)('%s is sent once', async (_call, call) => {
    const made = await clients(handler)
    const { outcome } = await call(made)
    expect([made.server.received.length, made.waits.length]).toEqual([1, 0])
    if (outcome.kind === 'failed') expect(outcome.mayHaveTakenEffect).toBe(true)
  })
})

describe('a read', () => {
  it.each(READS)('%s is repeated', async (_call, call) => {
    const made = await clients((response) => json(response, 502, {}))
    await call(made)
    expect(made.server.received.length).toBe(3)
  })
})

describe('a write to an address where nobody listens', () => {
  it.each(WRITES)('%s had no effect', async (_call, call) => {
    const made = await clients((response) => json(response, 200, {}))
    await made.server.close()
    expect((await call(made)).outcome).toMatchObject({ kind: 'failed', reason: 'connect', mayHaveTakenEffect: false })
  })
})
