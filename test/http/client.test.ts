import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { HttpClientSettings, HttpRequest } from '../../src/http/client.ts'
import type { HttpOutcome } from '../../src/http/outcome.ts'
import { createSecret } from '../../src/http/secret.ts'
import { json, NOW_MS, startServer, testClient, type Handler, type TestServer } from './support.ts'

const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

interface Asked {
  readonly outcome: HttpOutcome
  readonly server: TestServer
  readonly waits: readonly number[]
}

async function ask(
  handler: Handler,
  request: Partial<HttpRequest> = {},
  settings: Partial<HttpClientSettings> = {},
): Promise<Asked> {
  const server = await startServer(handler)
  servers.push(server)
  const { client, waits } = testClient(settings)
  const outcome = await client.request({
    method: 'GET',
    url: server.url,
    secrets: [],
    idempotent: true,
    label: 'The test server',
    ...request,
  })
  await server.close()
  await client.close()
  return { outcome, server, waits }
}

const shortTimeout = { timeoutsMs: { headers: 5000, body: 5000, connect: 2000, total: 60 } }

describe('an answer', () => {
  it('keeps status, content type, bytes and the time it was complete', async () => {
    const { outcome, server } = await ask((response) => json(response, 200, { a: 1 }))
    expect(outcome).toMatchObject({
      kind: 'answer',
      status: 200,
      contentType: 'application/json',
      fetchedAtMs: NOW_MS,
      attempts: 1,
    })
    expect(outcome.kind === 'answer' && outcome.body.toString()).toBe('{"a":1}')
    expect(server.received[0]?.headers).toMatchObject({ 'user-agent': 'tieout-test', accept: 'application/json' })
  })

  it('says when it was sent for the last time, since it may be as old as that', async () => {
    let tick = 0
    const nowMs = (): number => NOW_MS + 1000 * tick++
    const statuses = [503, 200]
    const { outcome } = await ask((response) => json(response, statuses.shift() ?? 500, {}), {}, { nowMs })
    expect(outcome).toMatchObject({ status: 200, attempts: 2, sentAtMs: NOW_MS + 2000, fetchedAtMs: NOW_MS + 3000 })
  })

  it.each([301, 400, 401, 402, 404, 500])('of status %s is an answer and is not asked for again', async (status) => {
    const { outcome, server } = await ask((response) => json(response, status, {}))
    expect(outcome).toMatchObject({ kind: 'answer', status, attempts: 1 })
    expect(server.received).toHaveLength(1)
  })

  it('has the secret blanked out wherever the other side repeats it', async () => {
    const key = createSecret('s3cret/key+1')
    const { outcome, server } = await ask(
      (response, request) => response.end(`<p>Bad key s3cret/key+1 in ${request.body} – grüße</p>`),
      { method: 'POST', body: new URLSearchParams({ key: key.reveal() }).toString(), secrets: [key] },
    )
    expect(server.received[0]?.body).toBe('key=s3cret%2Fkey%2B1')
    expect(outcome.kind === 'answer' && outcome.body.toString()).toBe(
      '<p>Bad key [redacted] in key=[redacted] – grüße</p>',
    )
  })
})

describe('trying again', () => {
  it('waits as long as Retry-After says and then takes the answer', async () => {
    const { outcome, waits } = await ask((response, _request, index) => {
      if (index === 0) json(response, 429, { error: 'slow down' }, { 'retry-after': '7' })
      else json(response, 200, {})
    })
    expect(outcome).toMatchObject({ kind: 'answer', status: 200, attempts: 2 })
    expect(waits).toEqual([7000])
  })

  it('backs off with jitter and hands over the last answer when every try failed', async () => {
    const { outcome, waits } = await ask((response) => json(response, 502, {}))
    expect(outcome).toMatchObject({ kind: 'answer', status: 502, attempts: 3 })
    expect(waits).toEqual([500, 1000])
  })

  it('sends a write without idempotency key once, whatever comes back', async () => {
    const { outcome, server } = await ask((response) => json(response, 503, {}), { method: 'POST', idempotent: false })
    expect(outcome).toMatchObject({ kind: 'answer', status: 503, attempts: 1 })
    expect(server.received).toHaveLength(1)
  })

  it('takes a place in the rate limit for every send', async () => {
    let taken = 0
    const limiter = {
      acquire: () => {
        taken += 1
        return Promise.resolve()
      },
    }
    await ask((response) => json(response, 504, {}), { limiter })
    expect(taken).toBe(3)
  })
})

describe('a failure', () => {
  it('is a timeout when no answer comes, and a write may have taken effect', async () => {
    const { outcome } = await ask(() => undefined, { method: 'POST', idempotent: false }, shortTimeout)
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'timeout', mayHaveTakenEffect: true, attempts: 1 })
    expect(outcome.kind === 'failed' && outcome.message).toMatch(/^The test server did not answer in time/)
  })

  it('is a timeout when the body never ends, and a read is tried again', async () => {
    const { outcome, server } = await ask(
      (response) => {
        response.writeHead(200)
        response.write('{"a":')
      },
      {},
      shortTimeout,
    )
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'timeout', mayHaveTakenEffect: false, attempts: 3 })
    expect(server.received).toHaveLength(3)
  })

  it('is a reset when the connection breaks before or within the answer', async () => {
    const before = await ask((response) => response.destroy())
    expect(before.outcome).toMatchObject({ kind: 'failed', reason: 'reset', attempts: 3 })
    const within = await ask(
      (response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{"a":')
        response.socket?.end()
      },
      { method: 'POST', idempotent: false },
    )
    expect(within.outcome).toMatchObject({ kind: 'failed', reason: 'reset', mayHaveTakenEffect: true, attempts: 1 })
  })

  it('is a body over the limit, which is read no further and not asked for again', async () => {
    const { outcome, server } = await ask(
      (response) => response.end(Buffer.alloc(300_000)),
      {},
      { maxBodyBytes: 100_000 },
    )
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'body-too-large', attempts: 1 })
    expect(server.received).toHaveLength(1)
  })

  it('is a missing connection, which cannot have taken effect', async () => {
    const server = await startServer(() => undefined)
    await server.close()
    const { client } = testClient()
    const outcome = await client.request({
      method: 'POST',
      url: server.url,
      secrets: [],
      idempotent: false,
      label: 'The panel',
    })
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'connect', mayHaveTakenEffect: false, attempts: 1 })
    await client.close()
  })

  it('is another protocol', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.end('220 smtp ready\r\n')))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // a TCP server's address
    const { client } = testClient()
    const outcome = await client.request({
      method: 'GET',
      url: `http://127.0.0.1:${port}`,
      secrets: [],
      idempotent: true,
      label: 'The panel',
    })
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'protocol', attempts: 1 })
    await client.close()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })

  it.each(['not a url', 'ftp://example.test/'])('is the address "%s"', async (url) => {
    const { client } = testClient()
    const outcome = await client.request({ method: 'GET', url, secrets: [], idempotent: true, label: 'The panel' })
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad-url', mayHaveTakenEffect: false })
    await client.close()
  })

  it('is giving up: before sending, during an answer, and while waiting to try again', async () => {
    const stopped = await ask((response) => json(response, 200, {}), { signal: AbortSignal.abort() })
    expect(stopped.outcome).toMatchObject({ kind: 'failed', reason: 'aborted', mayHaveTakenEffect: false })
    expect(stopped.server.received).toHaveLength(0)

    const during = new AbortController()
    const cut = await ask(() => during.abort(), { signal: during.signal, method: 'POST', idempotent: false })
    expect(cut.outcome).toMatchObject({ kind: 'failed', reason: 'aborted', mayHaveTakenEffect: true })

    const waiting = new AbortController()
    const sleep = (): Promise<void> => {
      waiting.abort()
      return Promise.reject(new Error('stopping'))
    }
    const late = await ask((response) => json(response, 503, {}), { signal: waiting.signal }, { sleep })
    expect(late.outcome).toMatchObject({ kind: 'failed', reason: 'aborted', attempts: 1 })
  })

  it('never shows a secret in its message', async () => {
    const key = createSecret('hunter2hunter2')
    const { client } = testClient()
    const url = 'http://127.0.0.1:1/?key=hunter2hunter2'
    const outcome = await client.request({
      method: 'GET',
      url,
      secrets: [key],
      idempotent: true,
      label: `Panel at ${url}`,
    })
    expect(outcome.kind === 'failed' && outcome.message).toContain('[redacted]')
    expect(JSON.stringify(outcome)).not.toContain('hunter2')
    await client.close()
  })
})
