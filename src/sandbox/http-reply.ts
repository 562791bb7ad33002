/**
 * The little HTTP the sandbox needs: one request read whole, one reply made of text. Handlers are functions from the
 * one to the other, so faults and rate limits can stand between them and the wire.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface SandboxRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly clientIp: string
}

export interface Reply {
  readonly status: number
  readonly contentType: string
  readonly body: string
  /** Beyond the content type. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Far above any documented request: 100 ids, or some thousand comments. */
const MAX_BODY_BYTES = 4_000_000

/** Undefined when the body is larger than any vendor would take. */
export async function readRequest(message: IncomingMessage): Promise<SandboxRequest | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  const url = new URL(message.url ?? '/', 'http://127.0.0.1')
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: message.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    clientIp: message.socket.remoteAddress ?? 'unknown',
  }
}

export function jsonText(status: number, body: string): Reply {
  return { status, contentType: 'application/json; charset=utf-8', body }
}

export function json(status: number, value: unknown): Reply {
  return jsonText(status, JSON.stringify(value))
}

export function text(status: number, contentType: string, body: string): Reply {
  return { status, contentType: `${contentType}; charset=utf-8`, body }
}

export function send(response: ServerResponse, reply: Reply, body = reply.body): void {
  response.writeHead(reply.status, { 'content-type': reply.contentType, ...reply.headers })
  response.end(body)
}

/** The body as JSON, or undefined when it is none. */
export function readJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
