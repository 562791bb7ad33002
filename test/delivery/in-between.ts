/**
 * A proxy between a delivery and the emulators: it counts requests, and at the n-th one kills the sender before or after
 * the emulator has worked, or loses the answer.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request as send } from 'undici'
import { onTestFinished } from 'vitest'

export type Harm = 'before' | 'after' | 'lose'

export interface Between {
  readonly url: string
  /** Requests so far. */
  readonly count: () => number
  /** At the n-th request from now; `strike` kills. Null: nothing more happens. */
  harm: { readonly at: number; readonly how: Harm; readonly strike: () => void } | null
}

export async function standBetween(upstream: string): Promise<Between> {
  let requests = 0
  const between: Between = { url: '', count: () => requests, harm: null }
  const forward = async (incoming: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> => {
    requests += 1
    const harm = between.harm?.at === requests ? between.harm : null
    if (harm?.how === 'before') {
      harm.strike()
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
    if (harm !== null) {
      if (harm.how === 'after') harm.strike()
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
