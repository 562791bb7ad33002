/**
 * One request to a QuickBooks company and what came of it. A refused token is renewed once; a write is sent once, because
 * only the outbox may decide to repeat it. Whatever is no usable answer is `unknown`, never an exception.
 */
import type { QuickbooksTargetConfig } from '../../config/target-model.ts'
import type { TokenAnswer } from '../../connections/token-source.ts'
import { ReadError } from '../../domain/errors.ts'
import { readJsonExact } from '../../domain/json.ts'
import { READ_LIMITS } from '../../domain/read-limits.ts'
import type { HttpFailure, HttpOutcome } from '../../http/outcome.ts'
import { createSecret } from '../../http/secret.ts'
import type { Answer } from '../port.ts'
import type { TargetOptions } from '../target-options.ts'
import { findFault } from './faults.ts'
import { faultTrouble, statusTrouble, unknownAnswer, type Asked } from './trouble.ts'

export type QuickbooksOptions = TargetOptions<QuickbooksTargetConfig>

/** Since August 2025 every other one is answered as this one. */
const MINOR_VERSION = '75'

export interface Call {
  /** Follows `/v3/company/<realm>`; "{realm}" stands for the realm itself. */
  readonly path: string
  readonly parameters?: Readonly<Record<string, string>>
  /** A write; null for a read. */
  readonly body: string | null
  /** What is asked, as messages name it: "create ACME-20261105-1". */
  readonly what: string
}

export interface Reply {
  /** As `parseJsonExact` reads it. */
  readonly json: unknown
  readonly text: string
  readonly companyId: string
}

type HttpAnswer = Exclude<HttpOutcome, HttpFailure>
type Token = Extract<TokenAnswer, { readonly ok: true }>

export async function ask(options: QuickbooksOptions, call: Call): Promise<Answer<Reply>> {
  const first = await options.tokens.current()
  if (!first.ok) return noToken(first)
  const sent = await send(options, call, first)
  if (sent.kind === 'failed') return failed(call, sent)
  const answered = judge(options, call, sent, first)
  if (answered.kind !== 'unauthorised' || !isExpired(sent)) return answered
  // A refused token stops a request before anything is done with it, so this is not a second try.
  const renewed = await options.tokens.renew(first.accessToken)
  if (!renewed.ok) return noToken(renewed)
  const again = await send(options, call, renewed)
  return again.kind === 'failed' ? failed(call, again) : judge(options, call, again, renewed)
}

async function send(options: QuickbooksOptions, call: Call, token: Token): Promise<HttpOutcome> {
  const { config, label, http, limiter, signal } = options
  const realm = encodeURIComponent(token.companyId)
  const query = new URLSearchParams({ ...call.parameters, minorversion: MINOR_VERSION })
  return http.request({
    method: call.body === null ? 'GET' : 'POST',
    url: `${config.urls.api}/v3/company/${realm}${call.path.replace('{realm}', realm)}?${query.toString()}`,
    headers: {
      authorization: `Bearer ${token.accessToken}`,
      ...(call.body === null ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === null ? {} : { body: call.body }),
    secrets: [createSecret(token.accessToken)],
    limiter,
    idempotent: call.body === null,
    label: `${nameOf(label)} (${call.what})`,
    signal,
  })
}

export function nameOf(label: string): string {
  return `QuickBooks "${label}"`
}

function noToken({ reconnect, message }: Extract<TokenAnswer, { readonly ok: false }>): Answer<never> {
  return { kind: reconnect ? 'unauthorised' : 'unavailable', message }
}

/** What never left this machine cannot have taken effect. */
function failed({ body }: Call, { reason, attempts, message }: HttpFailure): Answer<never> {
  const wasNeverSent = attempts === 0 || reason === 'connect' || reason === 'bad-url'
  if (wasNeverSent) return { kind: 'unavailable', message }
  const next = body === null ? '' : ' Whether it took effect is looked up before anything is sent again.'
  return { kind: 'unknown', answered: false, message: `${message}${next}` }
}

function isExpired(answer: HttpAnswer): boolean {
  if (answer.status === 401) return true
  const fault = findFault(parse(answer.body.toString('utf8')))
  return fault?.errors.some(({ code }) => code === '3200') ?? false
}

function judge(options: QuickbooksOptions, call: Call, answer: HttpAnswer, token: Token): Answer<Reply> {
  const text = answer.body.toString('utf8').replace(/^\uFEFF/, '')
  const json = parse(text)
  const { status } = answer
  const asked: Asked = {
    name: nameOf(options.label),
    what: call.what,
    isWrite: call.body !== null,
    nowMs: options.nowMs(),
    retryAfter: answer.headers['retry-after'] ?? null,
  }
  const fault = findFault(json)
  if (fault !== null) return faultTrouble(asked, fault, { status, text })
  if (status < 200 || status > 299) return statusTrouble(asked, { status, text })
  if (typeof json !== 'object' || json === null) return unknownAnswer(asked, describe(text))
  return { kind: 'ok', value: { json, text, companyId: token.companyId } }
}

/** Undefined when it is no answer: a web page, half of one, nothing, or one that says a key twice or has no bounds. */
function parse(text: string): unknown {
  try {
    return readJsonExact(text, READ_LIMITS)
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    return undefined
  }
}

function describe(text: string): string {
  if (text.trim() === '') return 'gave an empty answer'
  return text.trimStart().startsWith('<')
    ? 'answered with a web page instead of data'
    : `gave an answer that is not complete JSON (${text.length} characters)`
}
