/**
 * A gateway that gives up at once on what the vendor still carries out: both systems end with the journal once, however
 * often that happens and however late the entry appears, because no other key is used while an earlier one may still work.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { openDatabase } from '../../src/db/database.ts'
import { NEW_KEY_MS, SAME_KEY_MS } from '../../src/domain/journals/outbox.ts'
import { withWork } from '../../src/pipeline/delivery/deliver-book.ts'
import { deliverTarget, type TargetReport } from '../../src/pipeline/delivery/deliver-target.ts'
import { readRows } from '../../src/targets/outbox/row.ts'
import { outboxOf } from '../../src/targets/outbox/work.ts'
import { environmentOf } from './delivered-book.ts'
import { bookOf, emulators, ENV, NAMES, prepare, type Name } from './emulated-book.ts'
import { START_MS } from './support.ts'

interface Kept {
  readonly url: string
  readonly incoming: IncomingMessage
  readonly body: Buffer
}

interface Gateway {
  readonly url: string
  /** Keys of every create, in order. */
  readonly keys: string[]
  /** So many more creates are answered 504 and kept. */
  failing: number
  /** What was kept takes effect. */
  readonly release: () => Promise<void>
}

async function standBefore(upstream: string): Promise<Gateway> {
  const kept: Kept[] = []
  const gateway: Gateway = {
    url: '',
    keys: [],
    failing: 0,
    release: async () => {
      for (const each of kept.splice(0)) await (await forward(upstream, each)).body.dump()
    },
  }
  const answer = async (each: Kept, response: ServerResponse): Promise<void> => {
    const key = keyIn(each)
    if (key !== null) gateway.keys.push(key)
    if (key !== null && gateway.failing > 0) {
      gateway.failing -= 1
      kept.push(each)
      response.writeHead(504, { 'content-type': 'text/html' }).end('<h1>504 Gateway Time-out</h1>')
      return
    }
    const { statusCode, headers, body } = await forward(upstream, each)
    const type = String(headers['content-type'] ?? 'application/json')
    response.writeHead(statusCode, { 'content-type': type }).end(await body.text())
  }
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const each = { url: incoming.url ?? '', incoming, body: Buffer.concat(parts) }
      answer(each, response).catch(() => response.destroy())
    })
  })
  const { port } = await listening(server)
  return Object.assign(gateway, { url: `http://127.0.0.1:${port}` })
}

async function listening(server: Server): Promise<AddressInfo> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  return server.address() as AddressInfo // a TCP server's address
}

/** Only a create carries one. */
function keyIn({ url, incoming }: Kept): string | null {
  return new URL(url, 'http://gateway').searchParams.get('requestid') ?? headerOf(incoming, 'idempotency-key')
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value : null
}

function forward(upstream: string, { url, incoming, body }: Kept) {
  const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...headers } = incoming.headers
  const method = incoming.method as 'GET' | 'POST' | 'PUT' // The clients use no others here.
  return request(`${upstream}${url}`, { method, headers, body: body.length > 0 ? body : null })
}

interface Scene {
  readonly gateway: Gateway
  readonly deliver: (afterMs: number) => Promise<TargetReport>
  readonly entries: () => Promise<number>
  readonly state: () => Promise<string>
}

async function scene(name: Name): Promise<Scene> {
  const held: { gateway: Gateway | null } = { gateway: null }
  const emulated = await emulators('plain', async (url) => {
    held.gateway = await standBefore(url)
    return held.gateway.url
  })
  const { gateway } = held
  if (gateway === null) throw new Error('nothing stands before the emulators')
  const database = await openDatabase(await (await prepare('sqlite', 1)).copy())
  onTestFinished(() => database.close())
  const book = await bookOf(database)
  const [target] = emulated.book.targets.filter((each) => each.name === name)
  if (target === undefined) throw new Error(`no ${name}`)
  const startMs = Date.now()
  const open = { book, request: { config: emulated.config, book: emulated.book, env: ENV }, target }
  const environment = environmentOf({ database, clock: { ms: START_MS } })
  return {
    gateway,
    deliver: (afterMs) =>
      withWork(environment, { ...open, mappings: loadMappings() }, (work) =>
        deliverTarget({ ...work, wallMs: () => startMs + afterMs }, { limit: null, drift: 'no' }),
      ),
    entries: async () => ((await emulated.talk.control(`${name}/entries`)).json as readonly unknown[]).length,
    state: async () => {
      const rows = await readRows(database.kysely, outboxOf({ book, name }))
      return rows.map(({ state }) => state).join(' ')
    },
  }
}

describe.each(NAMES)('%s behind a gateway that gives up', (name) => {
  it('twice, and lets the entry appear seconds later, has it once', async () => {
    const { gateway, deliver, entries, state } = await scene(name)
    gateway.failing = 2
    const first = await deliver(0)
    expect(first).toMatchObject({ created: [], stopped: null })
    expect(await state()).toBe('unknown')
    expect(gateway.keys).toHaveLength(2)
    await gateway.release()
    expect(await deliver(2000)).toMatchObject({ created: [], adopted: ['ACMEADS-20261101-1'] })
    expect(new Set(gateway.keys).size).toBe(1)
    expect(await entries()).toBe(1)
  })

  it('again and again gets nothing under another key before the first is dead', async () => {
    const { gateway, deliver, entries, state } = await scene(name)
    gateway.failing = 4
    for (const afterMs of [0, 60_000]) await deliver(afterMs)
    expect(gateway.keys).toHaveLength(4)
    for (const afterMs of [SAME_KEY_MS, NEW_KEY_MS - 1]) await deliver(afterMs)
    expect(gateway.keys).toHaveLength(4)
    expect(new Set(gateway.keys).size).toBe(1)
    expect(await state()).toBe('unknown')
    await gateway.release()
    expect(await deliver(NEW_KEY_MS)).toMatchObject({ adopted: ['ACMEADS-20261101-1'] })
    expect(await entries()).toBe(1)
  })

  it('and loses what it was given gets it under another key in the end', async () => {
    const { gateway, deliver, entries, state } = await scene(name)
    gateway.failing = 2
    await deliver(0)
    expect(await deliver(NEW_KEY_MS)).toMatchObject({ created: ['ACMEADS-20261101-1'] })
    expect(new Set(gateway.keys).size).toBe(2)
    expect(await entries()).toBe(1)
    expect(await state()).toBe('verified')
  })
})
