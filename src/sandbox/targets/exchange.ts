/**
 * One request to an emulator from the wire to the wire: first what became due, then the fault, then the service itself.
 * Everything a service does is done at once; only its answer can be late, lost or broken.
 */
import type { ServerResponse } from 'node:http'
import { json, send } from '../http-reply.ts'
import type { Reply, SandboxRequest } from '../http-reply.ts'
import type { FaultLine, FaultScope, TargetFault } from './fault-plan.ts'

export interface Exchange {
  /** The fault `late`: what is created now appears only when the next request but one arrives. */
  readonly isLate: boolean
  /** Resolves when the answer of this request has been given. */
  readonly answered: Promise<void>
}

export interface Service {
  /** Undefined for what suffers no faults: the consent page, which is a person's. */
  readonly scopeOf: (request: SandboxRequest) => Exclude<FaultScope, 'any'> | undefined
  /** With `isLate`, what is created appears later; its answer is computed all the same. */
  readonly answer: (request: SandboxRequest, exchange: Exchange) => Reply | Promise<Reply>
  readonly tooMany: (request: SandboxRequest) => Reply
  readonly unavailable: () => Reply
  readonly broken: () => Reply
  /** Status 200 with a fault inside, where the service has such a form. */
  readonly faultIn200: () => Reply
  /** Ends the access token that came with this request. */
  readonly expireToken: (request: SandboxRequest) => void
}

export interface LoggedRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  /** QuickBooks' requestid, Xero's Idempotency-Key. */
  readonly key: string | null
  /** Null when there was no answer. */
  readonly status: number | null
  readonly fault: TargetFault | null
}

const LOG_LIMIT = 10_000

export interface Exchanging {
  readonly service: Service
  readonly faults: FaultLine
  readonly log: LoggedRequest[]
  /** Keeps what the request changed, before anybody is told. */
  readonly keep: () => void
}

export async function exchange(
  { service, faults, log, keep }: Exchanging,
  request: SandboxRequest,
  response: ServerResponse,
): Promise<void> {
  const scope = service.scopeOf(request)
  const fault = scope === undefined ? undefined : faults.next(scope)
  const done = Promise.withResolvers<void>()
  response.once('close', () => done.resolve())
  if (fault === 'expired-token') service.expireToken(request)
  const early = earlyReply(service, request, fault)
  const reply = early ?? (await service.answer(request, { isLate: fault === 'late', answered: done.promise }))
  const last = replyAfter(service, request, fault, reply)
  if (request.method !== 'GET') keep()
  remember(log, request, fault, last)
  respond(response, last, fault, faults.holdMs())
}

/** The answer of a fault that stops the request before the service. */
function earlyReply(service: Service, request: SandboxRequest, fault: TargetFault | undefined): Reply | undefined {
  switch (fault) {
    case 'drop-before':
      return json(500, {})
    case '429-before':
      return service.tooMany(request)
    case '500-before':
      return service.broken()
    case '503':
      return service.unavailable()
    case 'fault-200':
      return service.faultIn200()
    case undefined:
    case 'drop-after':
    case '429-after':
    case '500-after':
    case 'slow':
    case 'truncated':
    case 'late':
    case 'expired-token':
      return undefined
  }
}

/** What goes out although the service did its work. */
function replyAfter(service: Service, request: SandboxRequest, fault: TargetFault | undefined, reply: Reply): Reply {
  if (fault === '429-after') return service.tooMany(request)
  return fault === '500-after' ? service.broken() : reply
}

function respond(response: ServerResponse, reply: Reply, fault: TargetFault | undefined, holdMs: number): void {
  switch (fault) {
    case 'drop-before':
    case 'drop-after':
    case 'late':
      response.socket?.resetAndDestroy()
      return
    case 'slow':
      setTimeout(() => send(response, reply), holdMs).unref()
      return
    case 'truncated': {
      const bytes = Buffer.from(reply.body)
      response.writeHead(reply.status, { 'content-type': reply.contentType, 'content-length': bytes.length })
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy())
      return
    }
    case undefined:
    case '429-before':
    case '429-after':
    case '500-before':
    case '500-after':
    case '503':
    case 'fault-200':
    case 'expired-token':
      send(response, reply)
  }
}

const UNANSWERED: readonly (TargetFault | undefined)[] = ['drop-before', 'drop-after', 'late', 'truncated']

function remember(
  log: LoggedRequest[],
  { method, path, query, headers }: SandboxRequest,
  fault: TargetFault | undefined,
  reply: Reply,
): void {
  if (log.length === LOG_LIMIT) log.shift()
  const key = query.get('requestid') ?? headers['idempotency-key']
  log.push({
    method,
    path,
    query: query.toString(),
    key: typeof key === 'string' ? key : null,
    status: UNANSWERED.includes(fault) ? null : reply.status,
    fault: fault ?? null,
  })
}
