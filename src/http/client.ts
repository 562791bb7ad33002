/**
 * The one way out of this program. Every request has limits on time and size, a decision whether to repeat it, its
 * secrets blanked out of whatever comes back, and an outcome that is a value. Connections are pooled per origin.
 */
import { machine, type Sleep } from '../machine/machine.ts'
import type { Transport, WireAnswer, WireFailure } from '../machine/transport.ts'
import { describeFailure } from './failure.ts'
import type { HttpFailure, HttpOutcome } from './outcome.ts'
import type { RateLimiter } from './rate-limit.ts'
import { redactBytes, redactText } from './redact.ts'
import { decideRetry, type RetryPolicy, type SendResult } from './retry.ts'
import type { Secret } from './secret.ts'
import { openUndiciTransport } from './undici-transport.ts'

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

export function createHttpClient(settings: HttpClientSettings): HttpClient {
  const { connections, timeoutsMs } = settings
  const limits = { connections, headersMs: timeoutsMs.headers, bodyMs: timeoutsMs.body, connectMs: timeoutsMs.connect }
  const transport = (machine().openTransport ?? openUndiciTransport)(limits)
  const budget = createWaitBudget(settings)
  return {
    request: (request) => requestWithRetries(transport, settings, budget, request),
    close: () => transport.close(),
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
  transport: Transport,
  settings: HttpClientSettings,
  budget: WaitBudget,
  request: HttpRequest,
): Promise<HttpOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const waited = await settle(request.limiter?.acquire(request.signal))
    if (!waited.ok) return failureOf(request, { kind: 'failed', reason: 'aborted', error: waited.error }, attempt - 1)
    const sentAtMs = settings.nowMs()
    const sent = await sendOnce(transport, settings, request)
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

function resultOf({ verdict }: HttpRequest, sent: WireAnswer | WireFailure): SendResult {
  if (sent.kind === 'failed') return sent
  const { status, headers, body } = sent
  const contentType = (headers['content-type'] ?? '').toLowerCase()
  const said = verdict?.({ httpStatus: status, contentType, body }) ?? 'answer'
  return { kind: 'answer', status, retryAfter: headers['retry-after'] ?? null, verdict: said }
}

function failureOf(request: HttpRequest, { reason, error }: WireFailure, attempts: number): HttpFailure {
  const reached = attempts > 0 && reason !== 'connect' && reason !== 'bad-url'
  return {
    kind: 'failed',
    reason,
    mayHaveTakenEffect: reached && !request.idempotent,
    message: redactText(describeFailure(request.label, reason, error), request.secrets),
    attempts,
  }
}

async function sendOnce(
  transport: Transport,
  settings: HttpClientSettings,
  request: HttpRequest,
): Promise<WireAnswer | WireFailure> {
  const url = URL.parse(request.url)
  if (url === null || !/^https?:$/.test(url.protocol)) return { kind: 'failed', reason: 'bad-url', error: null }
  return transport.send({
    method: request.method,
    url,
    headers: { 'user-agent': settings.userAgent, accept: 'application/json', ...request.headers },
    body: request.body ?? null,
    totalMs: settings.timeoutsMs.total,
    maxBodyBytes: settings.maxBodyBytes,
    signal: request.signal,
  })
}
