/**
 * The one way out of this program. Every request has limits on time and size, a decision whether to repeat it, its
 * secrets blanked out of whatever comes back, and an outcome that is a value. Connections are pooled per origin.
 */
import { Agent } from 'undici'
import { describeFailure, reasonOf } from './failure.ts'
import type { FailureReason, HttpFailure, HttpOutcome } from './outcome.ts'
import type { RateLimiter } from './rate-limit.ts'
import { redactBytes, redactText } from './redact.ts'
import { decideRetry, type RetryPolicy, type SendResult } from './retry.ts'
import type { Secret } from './secret.ts'
import type { Sleep } from './sleep.ts'

export interface HttpClientSettings {
  readonly userAgent: string
  /** Connections kept open per origin. */
  readonly connections: number
  /** `total` limits one send, from connecting to the last byte. */
  readonly timeoutsMs: {
    readonly headers: number
    readonly body: number
    readonly connect: number
    readonly total: number
  }
  readonly maxBodyBytes: number
  readonly retry: RetryPolicy
  readonly sleep: Sleep
  readonly random: () => number
  readonly nowMs: () => number
  /** The machine's clock, for what Retry-After dates and for how long was waited; `nowMs` when it is left out. */
  readonly wallMs?: () => number
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Blanked out of the answer and of every message. */
  readonly secrets: readonly Secret[]
  readonly limiter?: RateLimiter
  /** True for reads, and for writes that carry an idempotency key. Anything else is sent once. */
  readonly idempotent: boolean
  /** Whom and what, as a message should name it: "Panel netpanel (multiStatus)". */
  readonly label: string
  /** What the body is, for reads whose vendors answer errors with status 200: see sources/passing.ts. */
  readonly verdict?: (answer: ReadAnswer) => 'answer' | 'again' | 'limited'
  readonly signal?: AbortSignal
}

export interface ReadAnswer {
  readonly httpStatus: number
  readonly contentType: string
  readonly body: Buffer
}

export interface HttpClient {
  readonly request: (request: HttpRequest) => Promise<HttpOutcome>
  readonly close: () => Promise<void>
}

interface Received {
  readonly kind: 'answer'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

interface Broken {
  readonly kind: 'failed'
  readonly reason: FailureReason
  readonly error: unknown
}

export function createHttpClient(settings: HttpClientSettings): HttpClient {
  const agent = new Agent({
    connections: settings.connections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: settings.timeoutsMs.headers,
    bodyTimeout: settings.timeoutsMs.body,
    connect: { timeout: settings.timeoutsMs.connect },
  })
  const budget = createWaitBudget(settings)
  return {
    request: (request) => requestWithRetries(agent, settings, budget, request),
    close: () => agent.close(),
  }
}

interface WaitBudget {
  readonly leftMs: () => number
  readonly spend: (ms: number) => void
}

/** Requests that wait at the same time spend it once: it is the time a night stands still. */
function createWaitBudget({ retry, nowMs, wallMs = nowMs }: HttpClientSettings): WaitBudget {
  const totalMs = retry.limits?.totalMs ?? Number.POSITIVE_INFINITY
  let spentMs = 0
  let waitingUntilMs = Number.NEGATIVE_INFINITY
  return {
    leftMs: () => totalMs - spentMs,
    spend: (ms) => {
      if (retry.limits === undefined) return
      const now = wallMs()
      spentMs += Math.max(0, now + ms - Math.max(now, waitingUntilMs))
      waitingUntilMs = Math.max(waitingUntilMs, now + ms)
    },
  }
}

async function requestWithRetries(
  agent: Agent,
  settings: HttpClientSettings,
  budget: WaitBudget,
  request: HttpRequest,
): Promise<HttpOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const waited = await settle(request.limiter?.acquire(request.signal))
    if (!waited.ok) return failureOf(request, { kind: 'failed', reason: 'aborted', error: waited.error }, attempt - 1)
    const sentAtMs = settings.nowMs()
    const sent = await sendOnce(agent, settings, request)
    const nowMs = settings.nowMs()
    const wallMs = settings.wallMs?.() ?? nowMs
    const waitableMs = budget.leftMs()
    const context = { idempotent: request.idempotent, attempt, nowMs: wallMs, random: settings.random(), waitableMs }
    const decision = decideRetry(resultOf(request, sent), settings.retry, context)
    if (decision.kind === 'done') {
      if (sent.kind === 'failed') return failureOf(request, sent, attempt)
      const body = redactBytes(sent.body, request.secrets)
      const contentType = (sent.headers['content-type'] ?? '').toLowerCase()
      return { ...sent, contentType, body, sentAtMs, fetchedAtMs: nowMs, attempts: attempt }
    }
    budget.spend(decision.delayMs)
    const slept = await settle(settings.sleep(decision.delayMs, request.signal))
    if (!slept.ok) return failureOf(request, { kind: 'failed', reason: 'aborted', error: slept.error }, attempt)
  }
}

/** Waiting is the only thing here that may reject, and only because the caller gave up. */
async function settle(
  wait: Promise<void> | undefined,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly error: unknown }> {
  try {
    await wait
    return { ok: true }
  } catch (error) {
    return { ok: false, error }
  }
}

function resultOf({ verdict }: HttpRequest, sent: Received | Broken): SendResult {
  if (sent.kind === 'failed') return sent
  const { status, headers, body } = sent
  const contentType = (headers['content-type'] ?? '').toLowerCase()
  const said = verdict?.({ httpStatus: status, contentType, body }) ?? 'answer'
  return { kind: 'answer', status, retryAfter: headers['retry-after'] ?? null, verdict: said }
}

function failureOf(request: HttpRequest, { reason, error }: Broken, attempts: number): HttpFailure {
  const reached = attempts > 0 && reason !== 'connect' && reason !== 'bad-url'
  return {
    kind: 'failed',
    reason,
    mayHaveTakenEffect: reached && !request.idempotent,
    message: redactText(describeFailure(request.label, reason, error), request.secrets),
    attempts,
  }
}

/** One send. Two ways to stop it: the caller's signal and the time limit; which one fired decides the reason. */
async function sendOnce(agent: Agent, settings: HttpClientSettings, request: HttpRequest): Promise<Received | Broken> {
  const url = URL.parse(request.url)
  if (url === null || !/^https?:$/.test(url.protocol)) return { kind: 'failed', reason: 'bad-url', error: null }
  const stop = new AbortController()
  const giveUp = (): void => stop.abort(request.signal?.reason)
  let late = false
  const timer = setTimeout(() => {
    late = true
    stop.abort()
  }, settings.timeoutsMs.total)
  request.signal?.addEventListener('abort', giveUp, { once: true })
  try {
    if (request.signal?.aborted === true) giveUp()
    const answer = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: { 'user-agent': settings.userAgent, accept: 'application/json', ...request.headers },
      body: request.body ?? null,
      signal: stop.signal,
    })
    const body = await readBody(answer.body, settings.maxBodyBytes)
    if (body === null) return { kind: 'failed', reason: 'body-too-large', error: null }
    return { kind: 'answer', status: answer.statusCode, headers: flatten(answer.headers), body }
  } catch (error) {
    const reason = late ? 'timeout' : stop.signal.aborted ? 'aborted' : reasonOf(error)
    return { kind: 'failed', reason, error: stop.signal.aborted ? null : error }
  } finally {
    clearTimeout(timer)
    request.signal?.removeEventListener('abort', giveUp)
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
