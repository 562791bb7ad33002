/** A real HTTP server on a free port for one test, and a client whose waits are recorded instead of waited. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpClient, type HttpClient, type HttpClientSettings } from '../../src/http/client.ts'

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Answers the nth request (from 0). */
export type Handler = (response: ServerResponse, request: Received, index: number) => void

export interface TestServer {
  readonly url: string
  readonly received: readonly Received[]
  readonly close: () => Promise<void>
}

export async function startServer(handler: Handler): Promise<TestServer> {
  const received: Received[] = []
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming
      const request = { method, url, headers, body: Buffer.concat(parts).toString('utf8') }
      received.push(request)
      handler(response, request, received.length - 1)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's address
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { url: `http://127.0.0.1:${port}`, received, close }
}

export function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

export interface TestClient {
  readonly client: HttpClient
  /** Every wait asked for, in milliseconds. */
  readonly waits: number[]
}

export const NOW_MS = Date.UTC(2026, 2, 13, 20, 55)

export function testClient(changes: Partial<HttpClientSettings> = {}): TestClient {
  const waits: number[] = []
  const client = createHttpClient({
    userAgent: 'tieout-test',
    connections: 4,
    timeoutsMs: { headers: 5000, body: 5000, connect: 2000, total: 5000 },
    maxBodyBytes: 1 << 20,
    retry: { attempts: 3, baseDelayMs: 1000, maxDelayMs: 60_000 },
    sleep: (ms, signal) => {
      waits.push(ms)
      return signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve()
    },
    random: () => 0.5,
    nowMs: () => NOW_MS,
    ...changes,
  })
  return { client, waits }
}
