/**
 * The wire of the simulated computer: a request travels, is answered by the site of its host, and its answer travels
 * back, each in simulated time; on both ways it can be lost, cut, doubled, late or replaced by something else. What a
 * process has sent arrives although the process has died.
 */
import { createRandom } from '../../../src/sandbox/world/random.ts'
import type { OpenTransport, SdkAdapter, WireAnswer, WireFailure, WireRequest } from '../../../src/machine/transport.ts'
import { HTTP_FAULTS, type Faults, type HttpFault } from './faults.ts'
import { beyondLeaseMs } from './gate.ts'
import type { SimProcess } from './processes.ts'
import type { Timeline } from './timeline.ts'
import type { Trace } from './trace.ts'

export interface SiteRequest {
  readonly method: string
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Of the process that sent it: nothing a vendor would know. */
  readonly from?: string
}

export interface SiteReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Something that answers requests: a vendor, an accounting system. What it does, it does at once. */
export interface Site {
  readonly host: string
  readonly answer: (request: SiteRequest) => SiteReply | Promise<SiteReply>
  /** Told of each answer that comes to whoever asked as it was given. */
  readonly heard?: (request: SiteRequest, reply: SiteReply) => void
  /** Whether a request changes something there that is not to happen twice: such requests are few, and fail more often. */
  readonly isWrite?: (request: Pick<WireRequest, 'method' | 'url' | 'body'>) => boolean
  /** Kinds that its answers cannot suffer. */
  readonly spared?: readonly HttpFault[]
}

export interface Network {
  readonly transportOf: (process: SimProcess) => OpenTransport
  readonly sdkAdapterOf: (process: SimProcess) => SdkAdapter
}

interface Parts {
  readonly seed: number
  readonly timeline: Timeline
  readonly faults: Faults
  readonly trace: Trace
  readonly sites: readonly Site[]
  /** A process stands still for longer than its lease. */
  readonly onFrozen: (ms: number) => void
}

/** So many times as often as reads. */
const AT_WRITES = 8

const HTML =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>'

export function createNetwork(parts: Parts): Network {
  const latency = createRandom(parts.seed, 'latency')
  const sites = new Map(parts.sites.map((site) => [site.host, site]))
  const older = new Map<string, SiteReply>()

  const freeze = (process: SimProcess, ms: number): void => {
    process.freeze(ms)
    parts.onFrozen(ms)
  }

  const send = async (process: SimProcess, request: WireRequest): Promise<WireAnswer | WireFailure> => {
    const { timeline, faults, trace } = parts
    const { host } = request.url
    const site = sites.get(host)
    const fault = faults.draw(
      host,
      HTTP_FAULTS.filter((kind) => site?.spared?.includes(kind) !== true),
      site?.isWrite?.(request) === true ? AT_WRITES : 1,
    )
    const name = `${process.id} ${request.method} ${host}${request.url.pathname}`
    if (fault === 'killed-before-sent') return die(process, trace, name)
    if (site === undefined || fault === 'refused') {
      trace.add(`${name} is refused`)
      return failed('connect')
    }
    const seen = requestOf(process, request)
    const thereMs = timeline.nowMs() + latency.int(1, 80)
    const reply = await new Promise<SiteReply | null>((resolve) => {
      timeline.at(thereMs, () => {
        if (fault === 'lost-before') return resolve(null)
        arrive(site, seen, fault).then(resolve, () => resolve(null))
      })
    })
    if (!process.isAlive()) return NEVER
    if (fault === 'killed-before-heard') return die(process, trace, name)
    if (fault === 'frozen-before-heard') freeze(process, beyondLeaseMs(latency))
    const waitMs = fault === 'slow' ? latency.int(1000, 120_000) : latency.int(1, 80)
    const isLost = reply === null || fault === 'lost-after'
    const spentMs = timeline.nowMs() + (isLost ? request.totalMs : waitMs)
    if (isLost || waitMs > request.totalMs) {
      const isReset = isLost && latency.chance(0.5)
      await process.pause(isReset ? 1 : request.totalMs)
      trace.add(`${name} is lost (${fault ?? 'slow'})`)
      return failed(isReset ? 'reset' : 'timeout')
    }
    await process.pause(Math.max(0, spentMs - timeline.nowMs()))
    const asked = `${request.url.search} ${String(request.body ?? '')}`
    const key = `${host} ${request.url.pathname} ${asked}`
    const given = altered(reply, fault, older.get(key))
    // That a write was refused is kept by nothing on the way: told of a later one, it would be a lie that nobody can see.
    const isRefusal = reply.status >= 400 || reply.body.startsWith('{"error"')
    if (!isRefusal || site.isWrite?.(request) !== true) older.set(key, reply)
    trace.add(
      `${name} -> ${given.status} ${given.body.length}${fault === null ? '' : ` (${fault})`}`,
      `${asked} -> ${given.body}`,
    )
    if (fault === 'cut') return failed('reset')
    if (given === reply) site.heard?.(seen, reply)
    return { kind: 'answer', status: given.status, headers: given.headers, body: Buffer.from(given.body) }
  }

  const arrive = async (site: Site, seen: SiteRequest, fault: HttpFault | null): Promise<SiteReply> => {
    // These stand before the service: it never sees the request.
    if (fault === 'limited')
      return { status: 429, headers: { 'retry-after': '7' }, body: '{"error":"Too many requests"}' }
    if (fault === 'unavailable') return { status: 503, headers: {}, body: '{"error":"Unavailable"}' }
    const reply = await site.answer(seen)
    return fault === 'doubled' ? await site.answer(seen) : reply
  }

  return portsOf(send)
}

function portsOf(send: (process: SimProcess, request: WireRequest) => Promise<WireAnswer | WireFailure>): Network {
  return {
    transportOf: (process) => () => ({
      send: (request) => process.whileAlive(send(process, request)),
      close: async () => undefined,
    }),
    sdkAdapterOf: (process) => (request) => process.whileAlive(sendForSdk((wire) => send(process, wire), request)),
  }
}

function requestOf(process: SimProcess, { method, url, headers: given, body }: WireRequest): SiteRequest {
  const headers = Object.fromEntries(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]))
  return { method, url, headers, body: body === null ? '' : body.toString(), from: String(process.id) }
}

function altered(reply: SiteReply, fault: HttpFault | null, older: SiteReply | undefined): SiteReply {
  const json = { 'content-type': 'application/json' }
  switch (fault) {
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: HTML }
    case 'deep':
      return { status: 200, headers: json, body: `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}` }
    case 'huge':
      return { status: 200, headers: json, body: JSON.stringify({ note: 'x'.repeat(300_000) }) }
    case 'stale':
      return older ?? reply
    case 'refused':
    case 'lost-before':
    case 'lost-after':
    case 'slow':
    case 'cut':
    case 'doubled':
    case 'limited':
    case 'unavailable':
    case 'killed-before-sent':
    case 'killed-before-heard':
    case 'frozen-before-heard':
    case null:
      return reply
  }
}

function failed(reason: WireFailure['reason']): WireFailure {
  return { kind: 'failed', reason, error: null }
}

const NEVER = new Promise<never>(() => undefined)

function die(process: SimProcess, trace: Trace, name: string): Promise<never> {
  trace.add(`${name}: the process is killed`)
  process.kill()
  return NEVER
}

/** What axios hands its adapter, as far as the vendors' SDKs use it. */
interface SdkRequest {
  readonly url?: string
  readonly baseURL?: string
  readonly method?: string
  readonly headers?: object
  readonly params?: Readonly<Record<string, unknown>>
  readonly data?: unknown
  /** 0 and nothing: none. */
  readonly timeout?: number
  readonly validateStatus?: ((status: number) => boolean) | null
}

/** Longer than any vendor keeps a request. */
const NO_LIMIT_MS = 120_000

/** As axios' own adapters: an answer whose status is not valid, and none at all, are errors. */
async function sendForSdk(
  send: (request: WireRequest) => Promise<WireAnswer | WireFailure>,
  given: unknown,
): Promise<unknown> {
  const config = given as SdkRequest
  const url = new URL(config.url ?? '', config.baseURL)
  for (const [name, value] of Object.entries(config.params ?? {})) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      url.searchParams.set(name, `${value}`)
    }
  }
  const headers = Object.entries({ ...config.headers })
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => [name, String(value)] as const)
  const data = config.data
  const outcome = await send({
    method: (config.method ?? 'get').toUpperCase(),
    url,
    headers: Object.fromEntries(headers),
    body: Buffer.isBuffer(data) || typeof data === 'string' ? data : null,
    totalMs: config.timeout === undefined || config.timeout === 0 ? NO_LIMIT_MS : config.timeout,
    maxBodyBytes: 1 << 24,
    signal: undefined,
  })
  if (outcome.kind === 'failed') {
    const code = SDK_CODES[outcome.reason] ?? 'ECONNRESET'
    throw Object.assign(new Error(`simulated: ${outcome.reason}`), { code, isAxiosError: true, config })
  }
  const { status, headers: received, body } = outcome
  const response = { status, statusText: '', headers: received, data: body.toString(), config, request: {} }
  if (config.validateStatus?.(status) ?? true) return response
  const code = status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE'
  const message = `Request failed with status code ${status}`
  throw Object.assign(new Error(message), { code, isAxiosError: true, config, response })
}

const SDK_CODES: Partial<Readonly<Record<WireFailure['reason'], string>>> = {
  connect: 'ECONNREFUSED',
  timeout: 'ECONNABORTED',
}
