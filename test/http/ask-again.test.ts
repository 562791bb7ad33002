/** A reading that gets no answer is asked for again by the clients themselves, over real HTTP, within the bounds of a run. */
import { expect, it, onTestFinished } from 'vitest'
import { createSecret } from '../../src/http/secret.ts'
import { createPanelClient } from '../../src/sources/panel/client.ts'
import { createPayelancerClient } from '../../src/sources/payelancer/client.ts'
import { json, startServer, testClient, type Handler } from './support.ts'

const limiter = { acquire: () => Promise.resolve() }
const LIMITS = { windowMs: 61_000, noAnswerMs: 5000, totalMs: 130_000 }

/** Time stands still where requests are to wait at once. */
async function asking(replies: readonly Handler[], passes = true) {
  const server = await startServer((response, request, index) => {
    const reply = replies[Math.min(index, replies.length - 1)]
    reply?.(response, request, index)
  })
  let ms = 0
  const waits: number[] = []
  const { client } = testClient({
    retry: { attempts: 5, baseDelayMs: 1, maxDelayMs: 1, limits: LIMITS },
    wallMs: () => ms,
    sleep: (wait) => {
      waits.push(wait)
      if (passes) ms += wait
      return Promise.resolve()
    },
  })
  onTestFinished(async () => {
    await client.close()
    await server.close()
  })
  const settings = { name: 'p', url: server.url, key: createSecret('k-123456'), http: client, limiter }
  const panel = createPanelClient({ ...settings, multiAction: 'multiStatus' })
  return { panel, payelancer: createPayelancerClient(settings), received: server.received, waits }
}

const html: Handler = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>busy</html>')
const cut: Handler = (response) => response.writeHead(200).end('{"balance":"1')
const busy: Handler = (response) => json(response, 200, { error: 'Server busy' })
const balance: Handler = (response) => json(response, 200, { balance: '7.5', currency: 'USD' })
const badKey: Handler = (response) => json(response, 200, { error: 'Invalid API key' })
const limit: Handler = (response) => json(response, 429, { error: 'Too many requests' })
const stats: Handler = (response) =>
  json(response, 200, { success: true, role: 'publisher', stats: { impressions: 1, clicks: 1, earnings: 2 } })

it('asks for a balance again after a web page, half an answer and a passing error', async () => {
  const { panel, waits } = await asking([html, cut, busy, balance])
  const { outcome } = await panel.balance()
  expect(outcome).toMatchObject({ kind: 'answer', status: 200, attempts: 4 })
  expect(outcome.kind === 'answer' && outcome.body.toString()).toContain('7.5')
  expect(waits).toEqual([5000, 5000, 5000])
})

it('asks for statistics again, and gives up within its attempts with what came last', async () => {
  const { payelancer, waits } = await asking([html, stats])
  expect((await payelancer.stats()).outcome).toMatchObject({ kind: 'answer', attempts: 2 })
  const endless = await asking([html])
  const { outcome } = await endless.payelancer.stats()
  expect(outcome).toMatchObject({ kind: 'answer', status: 200, attempts: 5 })
  expect(endless.received).toHaveLength(5)
  expect(waits).toEqual([5000])
})

it('takes a refused key for an answer', async () => {
  const { panel, received } = await asking([badKey, balance])
  expect((await panel.balance()).outcome).toMatchObject({ kind: 'answer', attempts: 1 })
  expect(received).toHaveLength(1)
})

it('waits for the next minute after a limit, and not longer than a run may in all', async () => {
  const { panel, waits } = await asking([limit, balance])
  expect((await panel.balance()).outcome).toMatchObject({ status: 200, attempts: 2 })
  const endless = await asking([limit])
  expect((await endless.panel.balance()).outcome).toMatchObject({ status: 429, attempts: 3 })
  expect((await endless.panel.status('1')).outcome).toMatchObject({ status: 429, attempts: 1 })
  expect([waits, endless.waits]).toEqual([[61_000], [61_000, 61_000]])
})

it('counts the waits of requests that wait at once only once', async () => {
  const { panel, received } = await asking([limit, limit, limit, balance], false)
  const answers = await Promise.all([panel.status('1'), panel.status('2'), panel.status('3')])
  expect(answers.map(({ outcome }) => outcome)).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }])
  expect(received).toHaveLength(6)
})

it('keeps to a Retry-After, and does not ask earlier where that is too far away', async () => {
  const soon: Handler = (response) => json(response, 429, {}, { 'retry-after': '90' })
  const { panel, waits } = await asking([soon, balance])
  expect((await panel.balance()).outcome).toMatchObject({ status: 200, attempts: 2 })
  expect(waits).toEqual([90_000])
  const hours: Handler = (response) => json(response, 429, {}, { 'retry-after': '7200' })
  const tomorrow = await asking([hours, balance])
  expect((await tomorrow.panel.balance()).outcome).toMatchObject({ status: 429, attempts: 1 })
  expect(tomorrow.waits).toEqual([])
})
