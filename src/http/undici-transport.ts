/** Requests over real sockets, by undici: connections pooled per origin, limits on time and size, failures as values. */
import { Agent } from 'undici'
import type { Transport, TransportLimits, WireAnswer, WireFailure, WireRequest } from '../machine/transport.ts'
import { reasonOf } from './failure.ts'

export function openUndiciTransport({ connections, headersMs, bodyMs, connectMs }: TransportLimits): Transport {
  const agent = new Agent({
    connections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: headersMs,
    bodyTimeout: bodyMs,
    connect: { timeout: connectMs },
  })
  return { send: (request) => send(agent, request), close: () => agent.close() }
}

/** Two ways to stop it: the caller's signal and the time limit; which one fired decides the reason. */
async function send(agent: Agent, request: WireRequest): Promise<WireAnswer | WireFailure> {
  const { url, signal, method, headers } = request
  const stop = new AbortController()
  const giveUp = (): void => stop.abort(signal?.reason)
  let late = false
  const timer = setTimeout(() => {
    late = true
    stop.abort()
  }, request.totalMs)
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    if (signal?.aborted === true) giveUp()
    const path = url.pathname + url.search
    const answer = await agent.request({
      origin: url.origin,
      path,
      method,
      headers,
      body: request.body,
      signal: stop.signal,
    })
    const body = await readBody(answer.body, request.maxBodyBytes)
    if (body === null) return { kind: 'failed', reason: 'body-too-large', error: null }
    return { kind: 'answer', status: answer.statusCode, headers: flatten(answer.headers), body }
  } catch (error) {
    const reason = late ? 'timeout' : stop.signal.aborted ? 'aborted' : reasonOf(error)
    return { kind: 'failed', reason, error: stop.signal.aborted ? null : error }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
  }
}

/** Null once more than `maxBytes` have come; leaving the loop closes the connection. */
async function readBody(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stream) {
    bytes += part.length
    if (bytes > maxBytes) return null
    parts.push(part)
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
