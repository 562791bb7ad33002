/**
 * The sandbox can be driven from another process: its clock, its truth, its downloads and its faults, over HTTP.
 */
import { createServer } from 'node:http'
import { parse } from 'csv-parse/sync'
import { describe, expect, onTestFinished, test } from 'vitest'
import { defaultWorldOptions } from '../../src/sandbox/world/options.ts'
import { pendingWebhooks } from '../../src/sandbox/world/webhooks.ts'
import { worldTruth } from '../../src/sandbox/world/truth.ts'
import { advanceTo, createWorld } from '../../src/sandbox/world/world.ts'
import { ask, DAY_MS, HOUR_MS, quietOptions, START_MS, talkTo } from './small-world.ts'

type Rows = readonly Readonly<Record<string, string>>[]

const rowsOf = (csv: string): Rows => parse(csv, { columns: true })

describe('the clock', () => {
  test('is read and moved forward, never back', async () => {
    const { control, world } = await talkTo(quietOptions())
    expect((await control('clock')).json).toEqual({ now: '2026-01-01T00:00:00.000Z' })
    const moved = await control('clock', { now: '2026-01-02T01:05:00+01:00' })
    expect(moved.json).toEqual({ now: '2026-01-02T00:05:00.000Z', webhooksSent: 0 })
    expect((await control('clock', { now: '2026-01-01T00:00:00Z' })).status).toBe(400)
    expect((await control('clock', { now: 'tomorrow' })).status).toBe(400)
    expect((await control('clock', { later: 1 })).status).toBe(400)
    expect(world.nowMs).toBe(Date.UTC(2026, 0, 2, 0, 5))
  })

  test('can follow another clock instead', async () => {
    let nowMs = START_MS
    const { control } = await talkTo(quietOptions(), { followClock: () => nowMs })
    nowMs += HOUR_MS
    expect((await control('clock')).json).toEqual({ now: '2026-01-01T01:00:00.000Z' })
    nowMs -= 2 * HOUR_MS
    expect((await control('clock')).json).toEqual({ now: '2026-01-01T01:00:00.000Z' })
  })
})

test('the truth is JSON with amounts as exact decimal text', async () => {
  const { control } = await talkTo(quietOptions())
  expect((await control('truth')).json).toMatchObject({
    nowMs: START_MS,
    publishers: [{ name: 'pub', openingReceivable: '62.50000000' }],
    panels: [{ name: 'netpanel', wallet: '100.84292000', orders: [] }, { name: 'grosspanel' }],
  })
})

test('the accounting systems stand on the same server and, like the limits, on the world’s clock when asked', async () => {
  const { sandbox, control, world } = await talkTo(quietOptions(), { rateClock: 'world' })
  expect(sandbox.targets.xero.nowMs()).toBe(START_MS)
  advanceTo(world, START_MS + DAY_MS)
  expect(sandbox.targets.quickbooks.nowMs()).toBe(START_MS + DAY_MS)
  expect(await control('quickbooks/entries')).toMatchObject({ status: 200, json: [] })
  expect((await ask(`${sandbox.url}/quickbooks/v3/company/1/preferences`, 'GET', {})).status).toBe(401)
  expect((await ask(`${sandbox.url}/xero/api.xro/2.0/Organisation`, 'GET', {})).status).toBe(401)
})

test('faults are planned and counted from the next request', async () => {
  const { control, panel } = await talkTo(quietOptions())
  expect((await control('faults', { script: ['none', '502'] })).status).toBe(200)
  expect((await panel({ action: 'balance' })).status).toBe(200)
  expect((await panel({ action: 'balance' })).status).toBe(502)
  expect((await panel({ action: 'balance' })).status).toBe(200)
  expect((await control('faults', { rate: 2 })).status).toBe(400)
  expect((await control('nothing')).status).toBe(404)
})

describe('orders.csv', () => {
  test('has the site’s header and says what the API says, newest first, in the panel’s own time', async () => {
    const { control, world } = await talkTo(defaultWorldOptions({ seed: 4, startMs: START_MS, ordersPerDay: 80 }))
    advanceTo(world, START_MS + 3 * DAY_MS)
    const { text } = await control('panels/grosspanel/orders.csv')
    expect(text.split('\n', 1)).toEqual(['ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains'])
    const rows = rowsOf(text)
    const truth = worldTruth(world).panels[1]?.orders.toReversed() ?? []
    expect(rows.map((row) => Number(row['ID']))).toEqual(truth.map((order) => order.id))
    rows.forEach((row, index) => {
      const order = truth[index]
      if (order === undefined) throw new Error('the truth has as many orders')
      const berlin = new Date(order.placedAtMs + HOUR_MS).toISOString()
      expect(row['Date']).toBe(`${berlin.slice(0, 10)} ${berlin.slice(11, 19)}`)
      expect(row['Service']).toMatch(new RegExp(`^${order.service} — `))
      expect(row).toMatchObject({
        Quantity: String(order.quantity),
        Status: order.status,
        Remains: String(order.remains),
      })
      expect(BigInt((row['Charge'] ?? '').replace('.', '')) * 1000n).toBe(order.gross)
    })
  })

  test('is cut by the instant an order was placed; the parts make the whole', async () => {
    const { control, world } = await talkTo(defaultWorldOptions({ seed: 4, startMs: START_MS, ordersPerDay: 80 }))
    advanceTo(world, START_MS + 3 * DAY_MS)
    const whole = rowsOf((await control('panels/netpanel/orders.csv')).text)
    const early = rowsOf((await control('panels/netpanel/orders.csv?to=2026-01-02')).text)
    const late = rowsOf((await control('panels/netpanel/orders.csv?from=2026-01-02T00:00:00Z')).text)
    expect(early.length).toBeGreaterThan(0)
    expect([...late, ...early]).toEqual(whole)
    expect((await control('panels/netpanel/orders.csv?from=soon')).status).toBe(400)
    expect((await control('panels/nopanel/orders.csv')).status).toBe(404)
  })

  test('quotes a link that holds commas and quotes', async () => {
    const { control, panel } = await talkTo(quietOptions())
    const link = 'https://social.example/?a=1,"two"'
    await panel({ action: 'add', service: '9', link })
    expect(rowsOf((await control('panels/netpanel/orders.csv')).text)).toMatchObject([
      { Link: link, Charge: '4.99000' },
    ])
  })
})

test('payments.csv has the openings and every top-up, each with a reference of its own', async () => {
  const { control, world } = await talkTo(defaultWorldOptions({ seed: 4, startMs: START_MS, ordersPerDay: 200 }))
  advanceTo(world, START_MS + 12 * DAY_MS)
  const { text } = await control('payments.csv')
  expect(text.split('\n', 1)).toEqual(['date,source,kind,amount,currency,reference,note'])
  const rows = rowsOf(text)
  expect(rows.filter((row) => row['kind'] !== 'top-up')).toMatchObject([
    { date: '2026-01-01T00:00:00Z', source: 'pub', kind: 'opening-balance', amount: '62.50', currency: 'USD' },
    { source: 'pub', kind: 'opening-counter', amount: '162.50' },
    { source: 'ads', kind: 'opening-balance', amount: '250.00' },
    { source: 'ads', kind: 'opening-counter', amount: '412.37' },
    { source: 'netpanel', kind: 'opening-balance', amount: '100.84292' },
    { source: 'grosspanel', kind: 'opening-balance', amount: '250.00' },
  ])
  const truth = worldTruth(world)
  const topUps = [...truth.advertisers, ...truth.panels].flatMap((account) => account.topUps)
  const topUpRows = rows.filter((row) => row['kind'] === 'top-up')
  expect(topUps.length).toBeGreaterThan(4)
  expect(new Set(topUpRows.map((row) => row['reference']))).toEqual(new Set(topUps.map((topUp) => topUp.reference)))
  expect(topUpRows.every((row) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(row['date'] ?? ''))).toBe(true)
  expect(new Set(rows.map((row) => row['reference'])).size).toBe(rows.length)
  expect(rowsOf((await control('payments.csv?to=2026-01-01T00:00:00Z')).text)).toEqual([])
})

describe('webhooks', () => {
  test('order-update is owed at every status change, with numbers and no currency', () => {
    const world = createWorld(quietOptions({ webhookUrl: 'http://127.0.0.1:1/', ordersPerDay: 50 }))
    advanceTo(world, START_MS + 2 * DAY_MS)
    const bodies = pendingWebhooks(world).map((webhook) => JSON.parse(webhook.body) as Record<string, unknown>)
    expect(bodies.length).toBeGreaterThan(100)
    for (const body of bodies) {
      expect(body).toEqual({
        order_id: expect.any(Number) as unknown,
        status: expect.any(String) as unknown,
        remains: expect.any(Number) as unknown,
        start_count: expect.any(Number) as unknown,
        charge: expect.any(Number) as unknown,
      })
    }
    expect(pendingWebhooks(world)).toHaveLength(bodies.length)
  })

  test('are posted once, in order, when the clock moves; a receiver that fails gets no second try', async () => {
    const received: string[] = []
    const receiver = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => received.push(chunk.toString('utf8')))
      request.on('end', () => response.writeHead(received.length === 1 ? 500 : 204).end())
    })
    await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void receiver.close())
    const address = receiver.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const options = quietOptions()
    const publishers = [{ name: 'pub', apiKey: 'pub-key', webhookUrl: `http://127.0.0.1:${port}/hook` }]
    const { control, world } = await talkTo({ ...options, publishers })
    const moved = await control('clock', { now: '2026-01-01T06:00:00Z' })
    expect(moved.json).toMatchObject({ webhooksSent: received.length - 1 })
    expect(received.length).toBeGreaterThan(10)
    const payouts = received.map((body) => JSON.parse(body) as { readonly data: { readonly timestamp: string } })
    expect(payouts[0]).toMatchObject({ event: 'conversion.tracked', data: { payout: expect.any(Number) as unknown } })
    const times = payouts.map(({ data }) => data.timestamp)
    expect(times).toEqual(times.toSorted())
    expect(pendingWebhooks(world)).toEqual([])
  })
})
