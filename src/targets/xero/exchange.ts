/**
 * Every request to one organisation goes through here: never more than five at once, at the agreed pace, not at all
 * while Xero is known to refuse, with a token that is renewed once when it is not accepted. Reads use the program's own
 * HTTP client, whose answers keep every digit; writes use xero-node.
 */
import type { XeroTargetConfig } from '../../config/target-model.ts'
import type { TokenAnswer } from '../../connections/token-source.ts'
import type { HttpRequest } from '../../http/client.ts'
import { createSecret, type Secret } from '../../http/secret.ts'
import type { Answer, CreateRequest, Trouble } from '../port.ts'
import type { TargetOptions } from '../target-options.ts'
import type { XeroAnswer, XeroReply } from './answer.ts'
import { createGate } from './gate.ts'
import { createLimitWatch } from './limits.ts'
import { putJournal } from './put-journal.ts'
import { isScopeMissing, troubleOf } from './troubles.ts'

export interface XeroRead {
  /** "/Accounts" */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** What it is for, in messages: "read accounts". */
  readonly purpose: string
}

export interface XeroExchange {
  /** A status other than 200 and 304 is a trouble already. */
  readonly read: (request: XeroRead) => Promise<Answer<XeroReply>>
  readonly create: (request: CreateRequest) => Promise<Answer<XeroReply>>
  /** '' for a custom connection. */
  readonly tenant: () => Promise<Answer<string>>
}

/** Access as one request needs it. */
interface Access {
  readonly token: Secret
  readonly tenant: string
  /** The token, and the one it replaced: an answer may repeat either. */
  readonly secrets: readonly Secret[]
}

export interface ExchangeLimits {
  /** How long a write may take; reads have the HTTP client's own limit. */
  readonly createTimeoutMs: number
}

const AT_ONCE = 5
/** Xero itself gives up on a request after a while; a write that hangs for longer has an unknown end anyway. */
export const LIMITS: ExchangeLimits = { createTimeoutMs: 90_000 }

export function createExchange(options: TargetOptions<XeroTargetConfig>, limits: ExchangeLimits): XeroExchange {
  const { config, tokens, signal } = options
  const label = `Xero "${options.label}"`
  const once = createTurns(options, label)

  const exchange = async (purpose: string, send: Send): Promise<Answer<XeroReply>> => {
    const context = { label: `${label} (${purpose})`, target: config.name }
    let access = accessOf(await tokens.current(), context.label)
    if (access.kind !== 'ok') return access
    let answer = await once(send, access.value)
    if (answer.kind === 'ok' && answer.value.status === 401 && !isScopeMissing(answer.value)) {
      const { token: refused } = access.value
      access = accessOf(await tokens.renew(refused.reveal()), context.label, refused)
      if (access.kind !== 'ok') return access
      answer = await once(send, access.value)
    }
    if (answer.kind !== 'ok') return answer
    return troubleOf(answer.value, context) ?? answer
  }

  return {
    read: (request) => exchange(request.purpose, (access) => readOnce(options, label, request, access)),
    create: ({ body, key, document }) => {
      const settings = { api: config.urls.api, timeoutMs: limits.createTimeoutMs, signal }
      const purpose = `create ${document}`
      return exchange(purpose, (access) =>
        putJournal(settings, { label: `${label} (${purpose})`, body, key, ...access }),
      )
    },
    tenant: async () => {
      const access = accessOf(await tokens.current(), label)
      return access.kind === 'ok' ? { kind: 'ok', value: access.value.tenant } : access
    },
  }
}

type Send = (access: Access) => Promise<XeroAnswer>

/** One send, in its turn: a free place of five, no limit known to be used up, and the pace of a minute. */
function createTurns(
  { limiter, signal, nowMs }: TargetOptions<XeroTargetConfig>,
  label: string,
): (send: Send, access: Access) => Promise<Answer<XeroReply>> {
  const gate = createGate(AT_ONCE)
  const watch = createLimitWatch(label, nowMs)

  const inside = async (send: Send, access: Access): Promise<Answer<XeroReply>> => {
    const before = watch.blocked()
    if (before !== null) return before
    await limiter.acquire(signal)
    // Another request may have met a limit while this one waited.
    const after = watch.blocked()
    if (after !== null) return after
    const answer = await send(access)
    if (answer.kind === 'failed') return { kind: 'unknown', answered: false, message: answer.message }
    return watch.saw(answer) ?? { kind: 'ok', value: answer }
  }
  return async (send, access) => {
    let leave: (() => void) | null = null
    try {
      leave = await gate.enter(signal)
      return await inside(send, access)
    } catch (error) {
      if (signal.aborted) return stopped(label)
      throw error
    } finally {
      leave?.()
    }
  }
}

async function readOnce(
  { config, http, signal }: TargetOptions<XeroTargetConfig>,
  label: string,
  { path, query, headers, purpose }: XeroRead,
  { token, tenant, secrets }: Access,
): Promise<XeroAnswer> {
  const search = new URLSearchParams(query).toString()
  const request: HttpRequest = {
    method: 'GET',
    url: `${config.urls.api}${path}${search === '' ? '' : `?${search}`}`,
    headers: {
      ...headers,
      authorization: `Bearer ${token.reveal()}`,
      ...(tenant === '' ? {} : { 'xero-tenant-id': tenant }),
    },
    secrets,
    // Sent once: what a 429 asks for can be hours, and what is worth repeating is decided by who delivers.
    idempotent: false,
    label: `${label} (${purpose})`,
    signal,
  }
  let outcome = await http.request(request)
  // A connection that was kept open is sometimes closed just as it is used; a read may simply be sent again.
  if (outcome.kind === 'failed' && outcome.reason === 'reset') outcome = await http.request(request)
  if (outcome.kind === 'failed') return { kind: 'failed', message: outcome.message }
  return { kind: 'answer', status: outcome.status, headers: outcome.headers, body: outcome.body.toString('utf8') }
}

function accessOf(answer: TokenAnswer, label: string, ...others: readonly Secret[]): Answer<Access> {
  if (answer.ok) {
    const token = createSecret(answer.accessToken)
    return { kind: 'ok', value: { token, tenant: answer.companyId, secrets: [token, ...others] } }
  }
  const message = `${label}: ${answer.message}`
  return answer.reconnect ? { kind: 'unauthorised', message } : { kind: 'unavailable', message }
}

/** Nothing of this request was sent; `unknown` is what makes the next run look before it sends. */
function stopped(label: string): Trouble {
  return { kind: 'unknown', answered: false, message: `${label}: given up because this program is stopping.` }
}
