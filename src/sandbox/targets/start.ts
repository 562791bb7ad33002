/** The accounting emulators alone on a port of 127.0.0.1, without the vendors' world: for tests of delivery. */
import { createServer } from 'node:http'
import { json, readRequest, send } from '../http-reply.ts'
import { close, listen } from '../listen.ts'
import { createTargets, isForTarget, type Targets, type TargetsOptions } from './targets.ts'

export interface TargetsServer {
  /** Without a slash at the end; `${url}/quickbooks/…` and `${url}/xero/…`. */
  readonly url: string
  readonly targets: Targets
  readonly close: () => Promise<void>
}

export async function startTargets(options: TargetsOptions & { readonly port?: number } = {}): Promise<TargetsServer> {
  const targets = createTargets(options)
  const server = createServer((message, response) => {
    const answer = async (): Promise<void> => {
      const request = await readRequest(message)
      if (request === undefined) return send(response, json(413, { error: 'The request is too large' }))
      if (isForTarget(request.path)) return targets.answer(request, response)
      const control = request.path.startsWith('/_sandbox/')
        ? targets.control(request.path.slice('/_sandbox/'.length), request)
        : undefined
      send(response, control ?? json(404, { error: 'Not found' }))
    }
    answer().catch(() => response.destroy())
  })
  const url = await listen(server, options.port ?? 0)
  return { url, targets, close: () => close(server) }
}
