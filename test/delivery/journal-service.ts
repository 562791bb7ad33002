/**
 * An accounting system over real HTTP, small enough to be believed: it keeps entries, replays keys for six minutes, can
 * close its books, and answers by a plan: commit and drop the connection, 429 after committing, commit late. What it
 * holds is the truth that the tests compare the outbox with.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RemoteStatus } from '../../src/targets/entry.ts'

export const FAULTS = [
  'ok',
  'drop-before',
  'drop-after',
  '429-before',
  '429-after',
  '500-before',
  '500-after',
  '401',
  'offline',
  'late',
  '504-late',
] as const
export type Fault = (typeof FAULTS)[number]

export interface Stored {
  readonly id: string
  version: number
  status: RemoteStatus
  changedMs: number
  /** The JSON text it was made from: what `entryText` writes. */
  text: string
}

export interface JournalService {
  readonly url: string
  readonly entries: Stored[]
  /** Faults of the next requests, creates and reads alike; then everything is fine. */
  readonly plan: Fault[]
  /** Every request so far, in order. */
  readonly requests: { readonly method: string; readonly path: string; readonly key: string }[]
  closedThrough: string | null
  /** Requests it still takes today; the rest get a day's 429. */
  callsLeft: number
  /** Told of every request, before it is answered. */
  onRequest: (path: string) => void
  readonly close: () => Promise<void>
}

interface Replay {
  readonly atMs: number
  readonly status: number
  readonly body: string
}

const KEY_MS = 360_000
const DAY_MS = 86_400_000

export async function startJournalService(nowMs: () => number): Promise<JournalService> {
  const replays = new Map<string, Replay>()
  const late: { readonly after: number; readonly commit: () => unknown }[] = []
  const service: JournalService = {
    url: '',
    entries: [],
    plan: [],
    requests: [],
    closedThrough: null,
    callsLeft: Number.POSITIVE_INFINITY,
    onRequest: () => undefined,
    close: () => Promise.resolve(),
  }
  const commit = (text: string): Stored => {
    const stored: Stored = {
      id: String(service.entries.length + 1),
      version: 0,
      status: 'posted',
      changedMs: nowMs(),
      text,
    }
    service.entries.push(stored)
    return stored
  }
  const create = (text: string, key: string): Replay => {
    const before = replays.get(key)
    if (before !== undefined && nowMs() - before.atMs < KEY_MS) return before
    const { date } = JSON.parse(text) as { readonly date: string }
    const isClosed = service.closedThrough !== null && date <= service.closedThrough
    const answer = isClosed
      ? { atMs: nowMs(), status: 400, body: JSON.stringify({ code: 'closed-period' }) }
      : { atMs: nowMs(), status: 200, body: JSON.stringify(commit(text)) }
    replays.set(key, answer)
    return answer
  }
  const answer = (path: string, body: string, key: string): Replay => {
    const url = new URL(path, 'http://service')
    if (url.pathname === '/entries') return create(body, key)
    if (url.pathname === '/closed') return ok({ closedThrough: service.closedThrough })
    if (url.pathname === '/find') {
      const wanted = JSON.parse(body) as readonly { readonly document: string }[]
      const documents = new Set(wanted.map(({ document }) => document))
      return ok(
        service.entries.filter(({ text }) => documents.has((JSON.parse(text) as { document: string }).document)),
      )
    }
    const since = Number(url.searchParams.get('since') ?? 0)
    return ok(service.entries.filter(({ changedMs }) => changedMs >= since))
  }
  const handle = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const path = request.url ?? ''
    const key = String(request.headers['idempotency-key'] ?? '')
    service.requests.push({ method: request.method ?? '', path, key })
    for (const each of late.splice(0)) {
      if (service.requests.length >= each.after) each.commit()
      else late.push(each)
    }
    service.onRequest(path)
    if (service.callsLeft <= 0) {
      return reply(response, 429, { scope: 'day', untilMs: nowMs() + DAY_MS })
    }
    service.callsLeft -= 1
    const fault = service.plan.shift() ?? 'ok'
    const run = (): Replay => answer(path, body, key)
    switch (fault) {
      case 'ok': {
        const { status, body: text } = run()
        response.writeHead(status, { 'content-type': 'application/json' }).end(text)
        return
      }
      case 'drop-before':
        request.socket.destroy()
        return
      case 'drop-after':
        run()
        request.socket.destroy()
        return
      case '429-after':
      case '500-after':
        run()
        return failed(response, fault)
      case '429-before':
      case '500-before':
        return failed(response, fault)
      case '401':
        return reply(response, 401, {})
      case 'offline':
        return reply(response, 503, {})
      case 'late':
        // A key that is on its way is held like one that has arrived: both vendors let the second request wait.
        late.push({ after: service.requests.length + 2, commit: run })
        request.socket.destroy()
        return
      case '504-late':
        late.push({ after: service.requests.length + 5, commit: run })
        return reply(response, 504, {})
    }
  }
  const failed = (response: ServerResponse, fault: Fault): void =>
    fault.startsWith('429')
      ? reply(response, 429, { scope: 'minute', untilMs: nowMs() + 30_000 })
      : reply(response, 500, {})
  const ok = (value: unknown): Replay => ({ atMs: nowMs(), status: 200, body: JSON.stringify(value) })
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => handle(request, response, Buffer.concat(parts).toString('utf8')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's address
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return Object.assign(service, { url: `http://127.0.0.1:${port}`, close })
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
