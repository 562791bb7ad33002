/**
 * The vendors' stand-ins on one real HTTP server on 127.0.0.1: `/payelancer/…`, `/panels/<name>/api/v2`, the
 * accounting systems under `/quickbooks/` and `/xero/`, and the controls under `/_sandbox/`. A vendor's request passes the rate limit, then the fault plan, then reaches its vendor.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerControl } from './control-server.ts'
import type { Controls } from './control-server.ts'
import { faultFor, holdMsOf, NO_FAULTS, takesEffect } from './faults.ts'
import type { FaultKind, FaultPlan } from './faults.ts'
import { json, readRequest, send, text } from './http-reply.ts'
import type { Reply, SandboxRequest } from './http-reply.ts'
import { close, listen } from './listen.ts'
import { answerPanel } from './panel-server.ts'
import { answerPayelancer } from './payelancer-server.ts'
import { createRateLimiter } from './rate-limit.ts'
import { createTargets, isForTarget } from './targets/targets.ts'
import type { Targets, TargetsOptions } from './targets/targets.ts'
import { sendWebhooks } from './webhook-sender.ts'
import type { World } from './world/state.ts'
import { advanceTo } from './world/world.ts'

/** What a firewall in front of a panel answers, with status 200, when it takes a client for a robot. */
const FIREWALL_PAGE =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>'

export interface SandboxOptions {
  readonly world: World
  /** 0, the default, takes a free port. */
  readonly port?: number
  /** Per vendor and client address; default 1000. */
  readonly rateLimitPerMinute?: number
  /** Which clock the rate limit's minutes are counted on; default real. */
  readonly rateClock?: 'real' | 'world'
  readonly faults?: FaultPlan
  /** When given, the world follows this clock at every request instead of standing still. */
  readonly followClock?: () => number
  /** The accounting systems' emulators. Their clock is that of the rate limit unless one is given. */
  readonly targets?: TargetsOptions
}

export interface Sandbox {
  /** Without a slash at the end. Payelancer's base URL is `${url}/payelancer`, a panel's `${url}/panels/<name>/api/v2`. */
  readonly url: string
  readonly targets: Targets
  readonly close: () => Promise<void>
  /** Advances the world and sends the webhooks that fell due; how many the receivers took. */
  readonly moveClock: (ms: number) => Promise<number>
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { world, followClock } = options
  const clock = options.rateClock === 'world' ? (): number => world.nowMs : Date.now
  const limiter = createRateLimiter(options.rateLimitPerMinute ?? 1000, clock)
  const targets = createTargets({ nowMs: clock, countsLimits: options.rateClock !== 'world', ...options.targets })
  let faults = options.faults ?? NO_FAULTS
  let ordinal = 0
  const moveClock = async (ms: number): Promise<number> => {
    advanceTo(world, ms)
    return sendWebhooks(world)
  }
  const planFaults = (plan: FaultPlan): void => {
    faults = plan
    ordinal = 0
  }
  const controls: Controls = { world, targets, moveClock, planFaults }

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(message)
    if (request === undefined) return send(response, json(413, { error: 'The request is too large' }))
    if (followClock !== undefined) await moveClock(Math.max(world.nowMs, followClock()))
    if (request.path.startsWith('/_sandbox/')) {
      return send(response, await answerControl(controls, request.path.slice('/_sandbox/'.length), request))
    }
    if (isForTarget(request.path)) return targets.answer(request, response)
    const vendor = /^\/(payelancer|panels\/[^/]+)\//.exec(request.path)?.[1]
    if (vendor === undefined) return send(response, json(404, { error: 'Not found' }))
    if (!limiter.allow(`${vendor} ${request.clientIp}`)) return send(response, tooMany())
    const fault = faultFor(faults, ordinal)
    ordinal += 1
    const reply = takesEffect(fault) ? answerVendor(world, request) : undefined
    respond(response, fault, reply, holdMsOf(faults))
    await sendWebhooks(world)
  }

  const server = createServer((message, response) => {
    answer(message, response).catch(() => response.destroy())
  })
  const url = await listen(server, options.port ?? 0)
  return { url, targets, close: () => close(server), moveClock }
}

function answerVendor(world: World, request: SandboxRequest): Reply {
  const payelancer = /^\/payelancer\/backend\/api\/v1\/([^/]+)$/.exec(request.path)
  if (payelancer !== null) return answerPayelancer(world, payelancer[1] ?? '', request)
  const name = /^\/panels\/([^/]+)\/api\/v2\/?$/.exec(request.path)?.[1]
  const panel = name === undefined ? undefined : world.panels.get(decodeURIComponent(name))
  return panel === undefined ? json(404, { error: 'Not found' }) : answerPanel(world, panel, request)
}

function respond(
  response: ServerResponse,
  fault: FaultKind | undefined,
  reply: Reply | undefined,
  holdMs: number,
): void {
  const body = reply?.body ?? ''
  const half = Math.floor(body.length / 2)
  switch (fault) {
    case '429':
      return send(response, tooMany())
    case '502':
      return send(response, json(502, { error: 'Provider error' }))
    case 'html-200':
      return send(response, text(200, 'text/html', FIREWALL_PAGE))
    case 'timeout-before':
    case 'timeout-after':
      setTimeout(() => response.destroy(), holdMs).unref()
      return
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'truncated-json':
      return send(response, reply ?? json(200, {}), body.slice(0, half))
    case 'slow-body':
      response.writeHead(reply?.status ?? 200, { 'content-type': reply?.contentType ?? '' })
      response.write(body.slice(0, half))
      setTimeout(() => response.end(body.slice(half)), holdMs).unref()
      return
    case undefined:
      send(response, reply ?? json(404, { error: 'Not found' }))
  }
}

function tooMany(): Reply {
  return json(429, { error: 'Rate limit exceeded' })
}
