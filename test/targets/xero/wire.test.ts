import { describe, expect, it } from 'vitest'
import type { Handler } from '../../http/support.ts'
import { json } from '../../http/support.ts'
import { entry, held, journals, KEY, page, RENEWED, request, startXero, TENANT, TOKEN } from './support.ts'

const created: Handler = (response) => journals(response, [held({}, { StatusAttributeString: 'OK' })])
const tokenExpired = {
  Type: null,
  Title: 'Unauthorized',
  Status: 401,
  Detail: 'TokenExpired: 2026-03-13',
  Instance: 'x',
}

describe('a create', () => {
  it('sends the bytes that were shown, and nothing else', async () => {
    const { target, server, asked } = await startXero(created)
    const memo = 'ACME-20261105-2 Gebühr – „Łódź“ <&> \u2028 \\'
    const sent = request({ memo })
    expect(await target.create(sent)).toMatchObject({ kind: 'created', remote: { document: 'ACME-20261105-2' } })
    expect(asked()).toEqual(['PUT /api/ManualJournals?summarizeErrors=false'])
    const put = server.received.at(-1)
    expect(put?.body).toBe(sent.body)
    expect(put?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'content-length': `${Buffer.byteLength(sent.body)}`,
      'idempotency-key': KEY,
      'xero-tenant-id': TENANT,
      authorization: `Bearer ${TOKEN}`,
    })
  })

  it('keeps digits a float has none for', async () => {
    const body = request().body.replace('97.10', '54321098765.12345678')
    const { target, server } = await startXero((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ManualJournals: [held()] }).replace('97.1,', '54321098765.12345678,'))
    })
    const outcome = await target.create({ ...request(), body })
    expect(server.received.at(-1)?.body).toBe(body)
    expect(outcome).toMatchObject({
      kind: 'created',
      remote: { lines: [{ amount: 5_432_109_876_512_345_678n }, { amount: 290000000n }, { amount: -10000000000n }] },
    })
  })

  it('names no tenant for a custom connection', async () => {
    const { target, server } = await startXero(created, { current: { ok: true, accessToken: TOKEN, companyId: '' } })
    expect(await target.create(request())).toMatchObject({ kind: 'created' })
    for (const { headers } of server.received) expect(headers).not.toHaveProperty('xero-tenant-id')
  })

  it('gives the entry as Xero holds it, and its answer', async () => {
    const { target } = await startXero(created)
    const outcome = await target.create(request())
    expect(outcome).toMatchObject({
      kind: 'created',
      remote: { ...entry(), status: 'posted', version: '2026-03-13T20:55:00.123Z' },
    })
    expect(outcome.kind === 'created' && JSON.parse(outcome.remote.raw)).toEqual(
      held({}, { StatusAttributeString: 'OK' }),
    )
  })

  it('renews a token that is not accepted once, and sends the same bytes again', async () => {
    const { target, server, renewals } = await startXero((response, asked, index) => {
      if (asked.headers.authorization === `Bearer ${TOKEN}`) json(response, 401, tokenExpired)
      else created(response, asked, index)
    })
    const sent = request()
    expect(await target.create(sent)).toMatchObject({ kind: 'created' })
    const puts = server.received.filter(({ method }) => method === 'PUT')
    expect(puts.map(({ body }) => body)).toEqual([sent.body, sent.body])
    expect(puts.map(({ headers }) => headers['idempotency-key'])).toEqual([KEY, KEY])
    expect(renewals).toEqual([TOKEN])
  })

  it('gives up after one renewal', async () => {
    const { target, asked, renewals } = await startXero((response) => json(response, 401, tokenExpired))
    const outcome = await target.create(request())
    expect(outcome).toMatchObject({ kind: 'unauthorised' })
    expect(outcome.kind === 'unauthorised' && outcome.message).toContain('tieout connect books')
    expect(asked()).toHaveLength(2)
    expect(renewals).toEqual([TOKEN])
  })

  it.each([
    [true, 'unauthorised'],
    [false, 'unavailable'],
  ] as const)('says what to do when there is no newer token (reconnect: %s)', async (reconnect, kind) => {
    const renewed = { ok: false, reconnect, message: 'Connect Xero again.' } as const
    const { target } = await startXero((response) => json(response, 401, tokenExpired), { renewed })
    expect(await target.create(request())).toMatchObject({
      kind,
      message: expect.stringContaining('Connect Xero again.'),
    })
  })

  it('sends nothing without a token', async () => {
    const current = { ok: false, reconnect: true, message: 'Not connected.' } as const
    const { target, server } = await startXero(created, { current })
    expect(await target.create(request())).toMatchObject({ kind: 'unauthorised' })
    expect(server.received).toEqual([])
  })

  it('does not ask for a new token when a scope is missing', async () => {
    const { target, renewals, asked } = await startXero((response) =>
      json(response, 401, tokenExpired, { 'www-authenticate': 'Bearer error="insufficient_scope"' }),
    )
    const outcome = await target.create(request())
    expect(outcome).toMatchObject({
      kind: 'unauthorised',
      message: expect.stringContaining('accounting.manualjournals'),
    })
    expect([renewals, asked().length]).toEqual([[], 1])
  })

  it.each<readonly [string, Handler]>([
    ['the connection is closed before an answer', (response) => response.destroy()],
    [
      'the answer is cut off',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' })
        response.write('{"ManualJournals":[{"Narr')
        response.socket?.end()
      },
    ],
    ['no answer comes', () => undefined],
  ])('is unknown when %s, and is not sent again', async (_what, handler) => {
    const { target, asked } = await startXero(handler, { limits: { createTimeoutMs: 300 } })
    const outcome = await target.create(request())
    expect(outcome).toMatchObject({ kind: 'unknown', answered: false })
    expect(asked()).toHaveLength(1)
  })

  it('is unknown when nobody listens', async () => {
    const { target } = await startXero(created, {
      config: { urls: { authorize: '', token: '', revoke: '', connections: '', api: 'http://127.0.0.1:9' } },
    })
    expect(await target.create(request())).toMatchObject({ kind: 'unknown', answered: false })
  })

  it('does not carry the token to another address', async () => {
    const { target, asked, server } = await startXero((response) => {
      response.writeHead(307, { location: '/elsewhere' })
      response.end()
    })
    expect(await target.create(request())).toMatchObject({ kind: 'unknown', answered: true })
    expect(asked()).toHaveLength(1)
    expect(server.received.map(({ url }) => url)).not.toContain('/elsewhere')
  })

  it('stops when the program does', async () => {
    const { target, stop, asked } = await startXero(() => stop.abort(new Error('stopping')))
    expect(await target.create(request())).toMatchObject({ kind: 'unknown', answered: false })
    expect(await target.create(request())).toMatchObject({ kind: 'unknown', answered: false })
    expect(asked()).toHaveLength(1)
  })
})

describe('the token', () => {
  it.each<readonly [string, Handler]>([
    ['400', (response) => json(response, 400, { Type: 'ValidationException', Message: `bad ${TOKEN}`, Elements: [] })],
    ['401', (response) => json(response, 401, { ...tokenExpired, Detail: `expired ${TOKEN} ${RENEWED}` })],
    ['403', (response) => json(response, 403, { ...tokenExpired, Detail: `forbidden ${TOKEN}` })],
    ['500', (response) => response.writeHead(500).end(`<html>${TOKEN}`)],
    ['200', (response) => journals(response, [held({ memo: `ACME-20261105-2 ${TOKEN}` })])],
    ['broken', (response) => response.destroy()],
  ])('is in nothing that comes of an answer with it (%s)', async (_what, handler) => {
    const { target } = await startXero(handler)
    const wanted = [entry()]
    const outcomes = [await target.create(request()), await target.find(wanted), await target.pull()]
    const said = JSON.stringify(outcomes, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
    for (const part of [TOKEN, RENEWED, 'access-token']) expect(said).not.toContain(part)
  })
})

describe('five at once', () => {
  it('are never six, reads and writes together', async () => {
    let now = 0
    let most = 0
    const harness = await startXero((response, asked, index) => {
      now += 1
      most = Math.max(most, now)
      setImmediate(() =>
        setImmediate(() => {
          now -= 1
          if (asked.method === 'PUT') created(response, asked, index)
          else page(response, [held()])
        }),
      )
    })
    const { target } = harness
    expect(await target.closedThrough()).toMatchObject({ kind: 'ok' })
    const all = Array.from({ length: 30 }, (_, index) =>
      index % 2 === 0 ? target.create(request()) : target.find([entry()]),
    )
    const outcomes = await Promise.all(all)
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['created', 'ok']))
    expect(most).toBeLessThanOrEqual(5)
  })

  it('hold the sixth back until one is answered', async () => {
    const waiting: (() => void)[] = []
    let fifth: () => void = () => undefined
    const full = new Promise<void>((resolve) => {
      fifth = resolve
    })
    let isHeld = true
    const early: number[] = []
    const { target, asked } = await startXero((response, got, index) => {
      if (index > 4 && isHeld) early.push(index)
      waiting.push(() => created(response, got, index))
      if (waiting.length === 5) fifth()
      if (index > 4) created(response, got, index)
    })
    const all = Array.from({ length: 7 }, () => target.create(request()))
    await full
    expect(asked()).toHaveLength(5)
    isHeld = false
    for (const answer of waiting.splice(0, 5)) answer()
    const outcomes = await Promise.all(all)
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(7).fill('created'))
    expect(asked()).toHaveLength(7)
    expect(early).toEqual([])
  })
})
