/**
 * A proxy between a delivery and the emulators: it counts requests, and at the n-th one kills the sender before the
 * emulator has worked, loses the answer, or lets something else happen first, such as the end of all access tokens.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request as send } from 'undici'
import { onTestFinished } from 'vitest'

/** meanwhile: the request goes its way once `strike` is done. */
export type Harm = 'before' | 'lose' | 'meanwhile'

export interface Between {
  readonly url: string
  /** Requests so far. */
  readonly count: () => number
  /** Requests that were answered 401: the token was not good any more. */
  readonly refusals: () => number
  /** At requests by their number; `strike` is called as it happens, and may kill. Null: nothing more happens. */
  harm: {
    readonly at: (request: number) => boolean
    readonly how: Harm
    readonly strike: () => void | Promise<void>
  } | null
  /** What is answered in place of the emulator's answer; null lets a request go its way. */
  instead: ((request: { readonly method: string; readonly path: string }) => Reply | null) | null
}

export interface Reply {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

export async function standBetween(upstream: string): Promise<Between> {
  let requests = 0
  let refusals = 0
  const between: Between = { url: '', count: () => requests, refusals: () => refusals, harm: null, instead: null }
  const forward = async (incoming: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> => {
    requests += 1
    const reply = between.instead?.({ method: incoming.method ?? '', path: incoming.url ?? '' }) ?? null
    if (reply !== null) {
      response.writeHead(reply.status, { 'content-type': reply.type, ...reply.headers }).end(reply.text)
      return
    }
    const harm = between.harm?.at(requests) === true ? between.harm : null
    if (harm?.how === 'before' || harm?.how === 'meanwhile') await harm.strike()
    if (harm?.how === 'before') {
      response.destroy()
      return
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = incoming.headers
    const method = incoming.method as 'GET' | 'POST' | 'PUT' // The clients use no others here.
    const answer = await send(`${upstream}${incoming.url ?? ''}`, {
      method,
      headers,
      body: body.length > 0 ? body : null,
    })
    const text = await answer.body.text()
    if (answer.statusCode === 401) refusals += 1
    if (harm !== null && harm.how !== 'meanwhile') {
      await harm.strike()
      response.destroy()
      return
    }
    const { 'transfer-encoding': ____, 'content-length': _____, connection: ______, ...kept } = answer.headers
    response.writeHead(answer.statusCode, kept).end(text)
  }
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      forward(incoming, response, Buffer.concat(parts)).catch(() => response.destroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  const { port } = server.address() as AddressInfo // a TCP server's address
  return Object.assign(between, { url: `http://127.0.0.1:${port}` })
}
