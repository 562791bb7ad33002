/** The receiver: who is let in, what is stored before the 200, what is refused and how little is said about it. */
import { describe, expect, it } from 'vitest'
import type { NewDelivery } from '../../src/evidence/webhooks.ts'
import { readDeliveries } from '../../src/evidence/webhooks.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { ENV, NOW_MS, OTHER_SECRET, SECRET, configWith, secretsOf, webRig, type WebRig } from './support.ts'
import { readHookSecrets } from '../../src/web/hook-secrets.ts'

const PATH = `/hooks/netpanel/${SECRET}`
const UPDATE = '{"order_id":1487,"status":"Completed","remains":0,"start_count":8421,"charge":4.5}'

async function storedIn({ spool }: WebRig, book = 'agency') {
  const stored = await readDeliveries(spool.kysely, book, 0, 1000)
  return stored.map(({ source, sequence, receptions, body }) => ({
    source,
    sequence,
    receptions,
    body: body.toString(),
  }))
}

describeOnSqlite('a webhook', (fresh) => {
  it('is in the database, byte for byte, when the vendor gets its 200', async () => {
    const rig = await webRig(await fresh())
    const response = await rig.post(PATH, UPDATE, { 'content-type': 'application/json' })
    expect([response.status, await response.json()]).toEqual([200, { ok: true }])
    const [stored] = await readDeliveries(rig.spool.kysely, 'agency', 0, 10)
    expect(stored).toMatchObject({ source: 'netpanel', sequence: 1, receivedAtMs: NOW_MS, receptions: 1 })
    expect(stored?.body.toString()).toBe(UPDATE)
    expect(stored?.contentType).toBe('application/json')
  })

  it('that comes again is counted and takes the next sequence, so that whoever reads on sees it again', async () => {
    const rig = await webRig(await fresh())
    for (const body of ['a', 'b', 'a', 'a']) await rig.post(PATH, body)
    expect(await storedIn(rig)).toEqual([
      { source: 'netpanel', sequence: 2, receptions: 1, body: 'b' },
      { source: 'netpanel', sequence: 4, receptions: 3, body: 'a' },
    ])
  })

  it('is stored whatever its content type and bytes are', async () => {
    const rig = await webRig(await fresh())
    const bytes = Buffer.from([0, 255, 128, 10])
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', '', 'nonsense']) {
      const body = Buffer.concat([bytes, Buffer.from(type)])
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
      expect((await rig.post(PATH, body, headers)).status).toBe(200)
    }
    const stored = await readDeliveries(rig.spool.kysely, 'agency', 0, 10)
    expect(stored.map(({ body }) => body.subarray(0, 4))).toEqual(Array.from({ length: 5 }, () => bytes))
  })

  it('goes to the book whose secret it carries, where two have a source of that name', async () => {
    const rig = await webRig(await fresh())
    await rig.post(`/hooks/netpanel/${OTHER_SECRET}`, UPDATE)
    expect(await storedIn(rig, 'agency')).toEqual([])
    expect((await storedIn(rig, 'shop')).length).toBe(1)
  })

  it.each([
    ['a wrong secret', `/hooks/netpanel/${SECRET}x`],
    ['another source’s secret', `/hooks/quiet/${SECRET}`],
    ['a source nobody has', `/hooks/nobody/${SECRET}`],
    ['no secret', '/hooks/netpanel/'],
    ['an address cut short', '/hooks/netpanel'],
    ['a name of the prototype', `/hooks/__proto__/${SECRET}`],
  ])('with %s is refused like any unknown address, and not stored', async (_name, path) => {
    const rig = await webRig(await fresh())
    const response = await rig.post(path, UPDATE)
    expect([response.status, await response.text()]).toEqual([404, '{"error":"not found"}'])
    expect(rig.commits).toEqual([])
  })

  it('is refused with 413 when it is larger than 64 KiB, whatever length it states', async () => {
    const rig = await webRig(await fresh())
    expect((await rig.post(PATH, 'x'.repeat(65_536))).status).toBe(200)
    expect((await rig.post(PATH, 'x'.repeat(65_537))).status).toBe(413)
    expect((await rig.post(PATH, 'x'.repeat(65_537), { 'transfer-encoding': 'chunked' })).status).toBe(413)
    expect((await storedIn(rig)).length).toBe(1)
  })

  it('is refused with 429 beyond a second’s worth, each source by itself, and taken again a moment later', async () => {
    let nowMs = NOW_MS
    const rig = await webRig(await fresh(), { perSecond: 3, nowMs: () => nowMs })
    const statuses = async (path: string) =>
      (await Promise.all([1, 2, 3, 4].map((each) => rig.post(path, String(each))))).map(({ status }) => status)
    expect(await statuses(PATH)).toEqual([200, 200, 200, 429])
    expect(await statuses(`/hooks/netpanel/${OTHER_SECRET}`)).toEqual([200, 200, 200, 429])
    nowMs += 334
    expect((await rig.post(PATH, '5')).status).toBe(200)
    expect((await rig.post(PATH, '6')).headers.get('retry-after')).toBe('1')
  })

  it('shares its commit with those that came while another was running', async () => {
    const gate = Promise.withResolvers<void>()
    const sizes: number[] = []
    const rig = await webRig(await fresh(), {
      store: async (deliveries) => {
        sizes.push(deliveries.length)
        await gate.promise
      },
    })
    const first = rig.post(PATH, 'first')
    await expect.poll(() => sizes).toEqual([1])
    const others = Array.from({ length: 40 }, (_, index) => rig.post(PATH, `other ${index}`))
    await expect.poll(() => sizes).toEqual([1])
    gate.resolve()
    const answers = await Promise.all([first, ...others])
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 41 }, () => 200))
    expect(sizes).toEqual([1, 40])
  })

  it('is answered 503 when it could not be stored, and /healthz says so', async () => {
    const store = (_deliveries: readonly NewDelivery[]): Promise<void> => Promise.reject(new Error('the disk is full'))
    const rig = await webRig(await fresh(), { store })
    expect((await rig.post(PATH, UPDATE)).status).toBe(503)
    const health = await rig.get('/healthz')
    expect(health.status).toBe(503)
    expect(await health.json()).toMatchObject({ status: 'failing', reasons: ['Error: the disk is full'] })
    expect(rig.log.join('')).toContain('the disk is full')
  })

  it('is answered 503 at once when too many wait already', async () => {
    const gate = Promise.withResolvers<void>()
    const rig = await webRig(await fresh(), { waiting: 2, store: () => gate.promise })
    const first = rig.post(PATH, '1')
    await expect.poll(() => rig.commits.length).toBe(1)
    const others = ['2', '3', '4'].map((body) => rig.post(PATH, body))
    await expect.poll(() => rig.counters.counts()).toContainEqual({ what: 'webhook', outcome: 'busy', count: 1 })
    gate.resolve()
    const statuses = (await Promise.all([first, ...others])).map(({ status }) => status)
    expect(statuses.filter((status) => status === 503).length).toBe(1)
    expect(statuses.filter((status) => status === 200).length).toBe(3)
  })
})

describe('the webhook secrets', () => {
  it.each([
    ['SHORT', 'WEBHOOK_SECRET_SHORT', /has 9 characters; it needs at least 20/],
    ['SPACED', 'WEBHOOK_SECRET_CHARACTERS', /do not stand in an address/],
    ['MISSING', 'SECRET_MISSING', /which is not set/],
  ])('from %s are refused before anything is opened: %s', (variable, code, message) => {
    const read = () => readHookSecrets(configWith(['agency', variable]), ENV)
    expect(read).toThrow(message)
    expect(read).toThrow(expect.objectContaining({ code, exitCode: 2 }))
  })

  it('are refused when two sources of one name share one', () => {
    expect(() => secretsOf(['agency', 'HOOK'], ['shop', 'HOOK'])).toThrow(
      /two sources "netpanel" with the same webhook secret/,
    )
  })

  it('never stand in the message', () => {
    for (const variable of ['SHORT', 'SPACED'] as const) {
      expect(() => secretsOf(['agency', variable])).not.toThrow(ENV[variable])
    }
  })
})
