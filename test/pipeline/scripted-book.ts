/**
 * A book whose vendors answer exactly what a test says: one panel and one Payelancer account of each role, over real HTTP
 * on 127.0.0.1. What is not scripted cannot happen, so a test can tell a story of a few orders.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { API_KEY, newRig, type Rig, type SourceLine } from './harness.ts'

export interface ScriptedOrder {
  readonly status: string
  readonly charge: string
  readonly remains?: string
}

export interface Vendors {
  /** Decimal text, as the panel shows its wallet. */
  balance: string
  /** Answered first, one each time it is asked. */
  readonly balances: string[]
  /** What the panel answers to `balance` instead, whole; null answers the balance. */
  balanceInstead: { readonly status: number; readonly body: string } | null
  /** By order id; anything that is not here is "Incorrect order ID". */
  readonly orders: Map<string, ScriptedOrder | Readonly<Record<string, unknown>> | string>
  /** The `stats` answer of the publisher's and the advertiser's key, as JSON or as raw text. */
  publisher: unknown
  advertiser: unknown
  /** The panel's catalogue. */
  services: unknown
  /** What it answers to `services` instead, whole. */
  servicesInstead: { readonly status: number; readonly body: string } | null
  /** Who does not answer at all: the connection is dropped. */
  readonly dead: Set<'panel' | 'publisher' | 'advertiser'>
  /** Ids asked about since the test last emptied it. */
  readonly asked: string[]
  /** Status requests so far. */
  readonly requests: () => number
  /** When to answer a whole request with "Incorrect order ID": when it knows none of the orders, or not all of them. */
  refusal: 'never' | 'none known' | 'one unknown'
  /** When set, the n-th status request (from 1) gets this instead. */
  readonly instead: Map<number, { readonly status: number; readonly type: string; readonly body: string }>
}

export interface ScriptedBook {
  readonly rig: Rig
  readonly vendors: Vendors
}

export interface ScriptedOptions {
  readonly panelMore?: string
  readonly publisherMore?: string
  /** More lines of the book, each indented by four spaces and ended. */
  readonly bookMore?: string
}

export async function scriptedBook(database: Database, options: ScriptedOptions = {}): Promise<ScriptedBook> {
  const counter = { requests: 0 }
  const vendors: Vendors = {
    balance: '100.00000',
    balances: [],
    balanceInstead: null,
    orders: new Map(),
    services: [],
    servicesInstead: null,
    publisher: stats('publisher', 1000, 50, '162.50'),
    advertiser: stats('advertiser', 9000, 90, '412.37'),
    dead: new Set(),
    asked: [],
    refusal: 'never',
    requests: () => counter.requests,
    instead: new Map(),
  }
  const url = await serve(vendors, counter)
  const sources: readonly SourceLine[] = [
    { name: 'pub', kind: 'publisher', url, ...more(options.publisherMore) },
    { name: 'ads', kind: 'advertiser', url },
    { name: 'panel', kind: 'panel', url: `${url}/api/v2`, ...more(options.panelMore) },
  ]
  return { rig: newRig(database, sources, (name) => `${API_KEY}-${name}`, options.bookMore), vendors }
}

export function stats(role: 'publisher' | 'advertiser', impressions: number, clicks: number, amount: string): unknown {
  const measure = role === 'publisher' ? 'earnings' : 'spent'
  return { success: true, role, stats: { impressions, clicks, [measure]: amount } }
}

/** The columns of a panel site's own list. */
export function history(...rows: readonly string[]): string {
  return ['ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains', ...rows, ''].join('\n')
}

export function payments(...rows: readonly string[]): string {
  return ['date,source,kind,amount,currency,reference,note', ...rows, ''].join('\n')
}

function more(text: string | undefined): { readonly more?: string } {
  return text === undefined ? {} : { more: text }
}

async function serve(vendors: Vendors, counter: { requests: number }): Promise<string> {
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await bodyOf(message))
    const role = message.url?.startsWith('/api/v2') === true ? 'panel' : roleOf(message)
    if (vendors.dead.has(role)) return void message.socket.destroy()
    if (role !== 'panel') return json(response, vendors[role])
    const asked = form.get('action')
    const whole = asked === 'balance' ? vendors.balanceInstead : asked === 'services' ? vendors.servicesInstead : null
    if (whole !== null) {
      const { status, body } = whole
      response.writeHead(status, { 'content-type': 'application/json' })
      return void response.end(body)
    }
    if (form.get('action') === 'balance')
      return json(response, { balance: vendors.balances.shift() ?? vendors.balance, currency: 'USD' })
    if (form.get('action') === 'services') return json(response, vendors.services)
    counter.requests += 1
    const ids = (form.get('orders') ?? '').split(',')
    vendors.asked.push(...ids)
    const instead = vendors.instead.get(counter.requests)
    if (instead !== undefined) {
      response.writeHead(instead.status, { 'content-type': instead.type })
      response.end(instead.body)
      return
    }
    if (isRefused(vendors, ids)) {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end('{"error":"Incorrect order ID"}')
      return
    }
    const rows = ids.map((id) => [id, rowOf(vendors.orders.get(id))] as const)
    json(response, Object.fromEntries(rows.filter(([, row]) => row !== undefined)))
  }
  const server = createServer((message, response) => {
    answer(message, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return `http://127.0.0.1:${address.port}`
}

function isRefused({ refusal, orders }: Vendors, ids: readonly string[]): boolean {
  if (refusal === 'none known') return !ids.some((id) => orders.has(id))
  return refusal === 'one unknown' && !ids.every((id) => orders.has(id))
}

function roleOf(message: IncomingMessage): 'publisher' | 'advertiser' {
  return message.headers['x-api-key'] === `${API_KEY}-pub` ? 'publisher' : 'advertiser'
}

/** The text 'left out' leaves the order out of the answer, as some scripts do. */
function rowOf(order: ReturnType<Vendors['orders']['get']>): unknown {
  if (order === undefined) return { error: 'Incorrect order ID' }
  if (order === 'left out') return undefined
  return typeof order === 'string' ? order : { start_count: '0', remains: '0', currency: 'USD', ...order }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(typeof value === 'string' ? value : JSON.stringify(value))
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
