/**
 * A panel that charges every few seconds, over real HTTP, whose clock moves by what each request takes and by nothing else:
 * a subscription whose posts are ordered, and debited, as that clock goes on. The truth is the panel's own: what it holds
 * is its opening less all it has charged, at every instant.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { countOrders } from '../../src/evidence/order-counts.ts'
import { expectReplays } from './counters-support.ts'
import { API_KEY, newRig, nightMs, type Rig } from './harness.ts'
import { differencesOf, openCodes, ordersOf, storyOf } from './reads.ts'
import { payments } from './scripted-book.ts'

const OPENING = 1_000_000

interface BusyPanel {
  readonly url: string
  /** Milliseconds a request takes, by the panel's clock. */
  requestMs: number
  /** Milliseconds between two charges of 0.25; no more once `charging` is false. */
  everyMs: number
  charging: boolean
  /** What is answered to the n-th status request from now instead, once each. */
  readonly instead: Map<number, number>
  readonly requests: { balance: number; statuses: number }
  readonly wallet: () => string
  readonly posts: () => number
}

async function busyPanel(everyMs: number): Promise<BusyPanel> {
  let clockMs = 0
  let nextMs = everyMs
  let posts = 1
  const text = (cents: number): string => (cents / 100).toFixed(2)
  const wallet = (): string => text(OPENING - 25 * posts)
  const rowOf = (id: string): unknown => {
    if (id === '1') {
      const orders = Array.from({ length: posts }, (_, at) => String(100 + at))
      return { status: 'In progress', expiry: '2026-12-31', posts: String(posts), orders, old_orders: [] }
    }
    if (Number(id) - 100 >= posts) return { error: 'Incorrect order ID' }
    return { status: 'In progress', charge: '0.25', start_count: '0', remains: '10', currency: 'USD' }
  }
  const panel: BusyPanel = {
    url: '',
    requestMs: 700,
    everyMs,
    charging: true,
    instead: new Map(),
    requests: { balance: 0, statuses: 0 },
    wallet,
    posts: () => posts,
  }
  const server = createServer((message, response) => {
    void bodyOf(message).then((body) => {
      const form = new URLSearchParams(body)
      clockMs += panel.requestMs
      for (; nextMs <= clockMs; nextMs += panel.everyMs) if (panel.charging) posts += 1
      const action = form.get('action')
      const answer = (status: number, value: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(value))
      }
      if (action === 'services') return answer(200, [])
      if (action === 'balance') {
        panel.requests.balance += 1
        return answer(200, { balance: wallet(), currency: 'USD' })
      }
      panel.requests.statuses += 1
      const status = panel.instead.get(panel.requests.statuses)
      if (status !== undefined) return answer(status, { error: 'try later' })
      const ids = (form.get('orders') ?? '').split(',')
      answer(200, Object.fromEntries(ids.map((id) => [id, rowOf(id)])))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return Object.assign(panel, { url: `http://127.0.0.1:${address.port}/api/v2` })
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

async function busyBook(database: Database, panel: BusyPanel, more?: string): Promise<Rig> {
  const rig = newRig(database, [{ name: 'panel', kind: 'panel', url: panel.url, more }], () => API_KEY)
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,10000.00,USD,,'))
  await rig.addOrders(nightMs(1), 'panel', ['1'])
  return rig
}

async function provenOf(rig: Rig): Promise<string> {
  const { id } = await rig.bookRow()
  const { walletNights, walletNightsProven } = await countOrders(rig.database.kysely, id, 1n, nightMs(9))
  return `${walletNightsProven} of ${walletNights}`
}

describeOnSqlite('a panel that charges every few seconds', (fresh) => {
  it('is proven at a quiet moment of the same night, and to the cent', async () => {
    const panel = await busyPanel(3_000)
    const rig = await busyBook(await fresh(), panel)
    for (const night of [1, 2, 3]) {
      expect(differencesOf(await rig.night(nightMs(night)))).toEqual({ panel: '0.00000000' })
      expect(await openCodes(rig)).toEqual([])
    }
    expect(await provenOf(rig)).toBe('3 of 3')
    const readings = await rig.database.kysely.selectFrom('wallet_reading').select('consistent').execute()
    // Each night began with a pass during which the wallet moved.
    expect(readings.filter(({ consistent }) => consistent === 1n).length).toBeLessThan(readings.length / 2)
    expect((await ordersOf(rig, 'panel')).size).toBeGreaterThan(3)
    // Of the night like any other: the second look does not move a charge to the next day.
    expect(await storyOf(rig, 'panel', 'order:100')).toEqual(['charge 0.25000000 on 2026-03-01'])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('and too fast for any look is asked no more often than the bound, and nothing is proven from it', async () => {
    const panel = await busyPanel(600)
    const rig = await busyBook(await fresh(), panel)
    await rig.night(nightMs(1))
    // Before, after, and five tries.
    expect(panel.requests.balance).toBe(7)
    const [night] = await rig.database.kysely.selectFrom('wallet_night').select('width').execute()
    expect(night?.width).toBeGreaterThan(0n)
    panel.charging = false
    expect(differencesOf(await rig.night(nightMs(2)))).toEqual({ panel: '0.00000000' })
    expect(await openCodes(rig)).toEqual([])
  })

  it.each([
    ['tries: 0', 2],
    ['tries: 2', 4],
    ['requests: 1', 2],
    ['requests: 5', 4],
  ])('is asked again within its setting, { %s }', async (quietMoment, reads) => {
    const panel = await busyPanel(600)
    const rig = await busyBook(await fresh(), panel, `quietMoment: { ${quietMoment} }`)
    await rig.night(nightMs(1))
    expect(panel.requests.balance).toBe(reads)
  })

  it('is no longer asked once an answer is missing, since the wallet may show what that order did', async () => {
    const panel = await busyPanel(3_000)
    const rig = await busyBook(await fresh(), panel)
    for (let nth = 3; nth < 40; nth += 1) panel.instead.set(nth, 503)
    await rig.night(nightMs(1))
    expect(panel.requests.balance).toBe(2)
    panel.instead.clear()
    expect(differencesOf(await rig.night(nightMs(2)))).toEqual({ panel: '0.00000000' })
    expect(await openCodes(rig)).toEqual([])
  })

  it('that stands still is not asked twice', async () => {
    const panel = await busyPanel(3_000)
    panel.charging = false
    const rig = await busyBook(await fresh(), panel)
    await rig.night(nightMs(1))
    expect(panel.requests).toEqual({ balance: 2, statuses: 2 })
  })
})
