/** The HTTP server around the routes: limits on time, a clear sentence when the port is taken, an orderly end. */
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { ConfigError } from '../domain/errors.ts'
import { machine } from '../machine/machine.ts'

export interface Listening {
  /** Without a slash at the end. */
  readonly url: string
  /** Takes no more requests, and resolves when those it has are answered, or were cut off because they took too long. */
  readonly close: () => Promise<void>
}

/** A vendor that needs longer for 64 KiB is not worth a connection. */
const REQUEST_TIMEOUT_MS = 15_000
const HEADERS_TIMEOUT_MS = 10_000
/** Whoever is half-way through sending when the daemon stops sends it again. */
const LAST_REQUESTS_MS = 3_000

/**
 * Throws ConfigError when it cannot listen there. `port` 0 takes a free one. `lastRequestsMs` is how long a stop waits for
 * requests that are running: without an end, one that never sends the rest of its body would keep the daemon from stopping.
 */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  host: string,
  port: number,
  lastRequestsMs: number = LAST_REQUESTS_MS,
): Promise<Listening> {
  const simulated = machine().listen
  if (simulated !== null) return simulated((request) => app.fetch(request))
  const answer = getRequestListener((request) => app.fetch(request))
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS },
    (request, response) => void answer(request, response),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(host, port, error)))
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const actual = address === null || typeof address === 'string' ? port : address.port
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`
  return { url, close: () => close(server, lastRequestsMs) }
}

function close(server: Server, lastRequestsMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), lastRequestsMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}

function cannotListen(host: string, port: number, error: Error): ConfigError {
  const code = 'code' in error ? String(error.code) : error.message
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is taken by another program, perhaps another tieout serve.`
    return new ConfigError('PORT_TAKEN', message, 'Stop that one, or choose another with --port NUMBER.', {
      cause: error,
    })
  }
  const message = `This machine does not let tieout listen on ${host}, port ${port} (${code}).`
  const next = 'Use an address of this machine such as 127.0.0.1, and a port above 1023.'
  return new ConfigError('CANNOT_LISTEN', message, next, { cause: error })
}
