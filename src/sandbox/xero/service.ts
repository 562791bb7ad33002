/**
 * Xero's stand-in under /xero: consent, tokens and connections, and the accounting API of each organisation with its three
 * limits. Every answer says how much of the limits is left.
 */
import { json, jsonText, text } from '../http-reply.ts'
import type { Reply, SandboxRequest } from '../http-reply.ts'
import type { Exchange, Service } from '../targets/exchange.ts'
import { jsonOf } from '../targets/json-text.ts'
import { settleAllLate, settleLate } from '../targets/late.ts'
import { bearer } from '../targets/oauth.ts'
import { createWindowLimit } from '../targets/window-limit.ts'
import {
  badData,
  forbiddenTenant,
  insufficientScope,
  notFound,
  offline,
  systemError,
  tooMany,
  unauthorised,
  type XeroAnswer,
} from './errors.ts'
import { createIdempotencyKeys } from './idempotency.ts'
import { saveJournals } from './journal-api.ts'
import { listJournals, oneJournal } from './list.ts'
import { accessOf, authorize, connections, disconnect, expireAccess, revoke, tenantOf, token } from './oauth.ts'
import type { XeroLogin } from './oauth.ts'
import type { XeroOrganisation } from './organisation.ts'
import { accountView, organisationView, taxRateView, ticks, trackingView } from './view.ts'
import { xmlOf } from './xml.ts'

const API = '/xero/api.xro/2.0/'
const DAY_MS = 86_400_000
/** The whole app's minute; one client never reaches it. */
const APP_PER_MINUTE = 10_000

export interface XeroWorld {
  readonly organisations: ReadonlyMap<string, XeroOrganisation>
  readonly login: XeroLogin
  readonly nowMs: () => number
}

export function createXeroService(world: XeroWorld): Service {
  const gate = createGate()
  const keys = createIdempotencyKeys()
  const api = async (request: SandboxRequest, exchange: Exchange): Promise<Reply> => {
    const nowMs = world.nowMs()
    const found = accessOf(world.login, request, nowMs)
    if (!found.ok) return unauthorised(found.detail)
    const tenantId = tenantOf(found.access, headerOf(request, 'xero-tenant-id'))
    const organisation = world.organisations.get(tenantId ?? '')
    if (organisation === undefined) return forbiddenTenant()
    if (organisation.settings.isOffline) return offline()
    const entry = gate.enter(organisation, exchange, nowMs)
    if (!entry.ok) return entry.reply
    const call: Call = { organisation, request, isLate: exchange.isLate, nowMs, resource: resourceOf(request.path) }
    if (!mayUse(found.access.scope, call)) return withHeaders(insufficientScope(), entry.headers)
    const earlier = await keys.earlier(request, organisation.tenantId, nowMs)
    if (earlier !== undefined) {
      settleAllLate(organisation)
      return withHeaders(earlier, entry.headers)
    }
    settleLate(organisation)
    const reply = written(answer(call), call)
    keys.remember(request, organisation.tenantId, { reply, answered: exchange.answered, sinceMs: nowMs })
    return withHeaders(reply, entry.headers)
  }
  return {
    scopeOf: ({ method, path }) => {
      if (!path.startsWith(API)) return path.endsWith('/authorize') ? undefined : 'token'
      return method === 'GET' ? 'read' : 'create'
    },
    answer: (request, exchange) => loginAnswer(world, request) ?? api(request, exchange),
    tooMany: () => tooMany('minute', 60),
    unavailable: () => offline(),
    broken: () => systemError(),
    faultIn200: () => systemError(),
    expireToken: (request) => expireAccess(world.login, bearer(request) ?? ''),
  }
}

function loginAnswer({ login, nowMs }: XeroWorld, request: SandboxRequest): Reply | undefined {
  const connection = /^\/xero\/connections\/([^/]+)$/.exec(request.path)?.[1]
  if (connection !== undefined && request.method === 'DELETE') {
    return disconnect(login, request, connection, nowMs()) ?? unauthorised('AuthenticationUnsuccessful')
  }
  switch (`${request.method} ${request.path}`) {
    case 'GET /xero/authorize':
      return authorize(login, request, nowMs())
    case 'POST /xero/token':
      return token(login, request, nowMs())
    case 'POST /xero/revoke':
      return revoke(login, request)
    case 'GET /xero/connections':
      return connections(login, request, nowMs()) ?? unauthorised('AuthenticationUnsuccessful')
    default:
      return request.path.startsWith(API) ? undefined : json(404, { Title: 'Not Found', Status: 404 })
  }
}

interface Gate {
  readonly enter: (
    organisation: XeroOrganisation,
    exchange: Exchange,
    nowMs: number,
  ) =>
    | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
    | { readonly ok: false; readonly reply: Reply }
}

/** Counts requests per minute and day in fixed windows, and those under way; a refused one counts as well. */
function createGate(): Gate {
  const minute = createWindowLimit(60_000)
  const day = createWindowLimit(DAY_MS)
  const app = createWindowLimit(60_000)
  const underWay = new Map<string, number>()
  return {
    enter: ({ tenantId, settings }, { answered }, nowMs) => {
      const now = (underWay.get(tenantId) ?? 0) + 1
      underWay.set(tenantId, now)
      void answered.then(() => underWay.set(tenantId, (underWay.get(tenantId) ?? 1) - 1))
      const perMinute = settings.perMinute ?? Number.MAX_SAFE_INTEGER
      const minuteLeft = minute.count(tenantId, perMinute, nowMs)
      const dayLeft = day.count(tenantId, settings.perDay, nowMs)
      const headers = {
        'x-minlimit-remaining': String(Math.max(0, minuteLeft)),
        'x-daylimit-remaining': String(Math.max(0, dayLeft)),
        'x-appminlimit-remaining': String(Math.max(0, app.count('app', APP_PER_MINUTE, nowMs))),
      }
      const refuse = (reply: Reply) => ({ ok: false, reply: withHeaders(reply, headers) }) as const
      if (now > settings.concurrent) return refuse(tooMany('concurrent', 0))
      if (dayLeft < 0) return refuse(tooMany('day', day.secondsLeft(nowMs)))
      return minuteLeft < 0 ? refuse(tooMany('minute', minute.secondsLeft(nowMs))) : { ok: true, headers }
    },
  }
}

interface Call {
  readonly organisation: XeroOrganisation
  readonly request: SandboxRequest
  readonly isLate: boolean
  readonly nowMs: number
  readonly resource: { readonly name: string; readonly id: string | null }
}

function answer(call: Call): XeroAnswer {
  const { organisation, request, resource, isLate, nowMs } = call
  const { method, query, body } = request
  switch (`${method} ${resource.name}`) {
    case 'GET ManualJournals':
      return resource.id === null
        ? listJournals(organisation, query, headerOf(request, 'if-modified-since') || undefined)
        : oneJournal(organisation, resource.id)
    case 'PUT ManualJournals':
    case 'POST ManualJournals': {
      if (!headerOf(request, 'content-type').includes('application/json')) {
        return badData('Data at the root level is invalid: the content type is not application/json')
      }
      const summarizesErrors = query.get('summarizeErrors')?.toLowerCase() !== 'false'
      const { id } = resource
      return saveJournals({
        organisation,
        method: method === 'PUT' ? 'PUT' : 'POST',
        body,
        id,
        summarizesErrors,
        isLate,
        nowMs,
      })
    }
    case 'GET Organisation':
      return { status: 200, body: { Organisations: [organisationView(organisation)] } }
    case 'GET Accounts':
      return { status: 200, body: { Accounts: organisation.accounts.map(accountView) } }
    case 'GET TaxRates':
      return { status: 200, body: { TaxRates: organisation.taxRates.map(taxRateView) } }
    case 'GET TrackingCategories':
      return { status: 200, body: { TrackingCategories: organisation.tracking.map(trackingView) } }
    default:
      return notFound()
  }
}

function resourceOf(path: string): Call['resource'] {
  const [name = '', id] = path.slice(API.length).split('/')
  return { name, id: id === undefined || id === '' ? null : decodeURIComponent(id) }
}

function mayUse(scope: readonly string[], { request, resource }: Call): boolean {
  const family = resource.name === 'ManualJournals' ? 'accounting.manualjournals' : 'accounting.settings'
  return scope.includes(family) || (request.method === 'GET' && scope.includes(`${family}.read`))
}

/** JSON for whoever asks for it, XML for everybody else. A good answer has a head of its own. */
function written({ status, body }: XeroAnswer, { organisation, request, nowMs }: Call): Reply {
  const head =
    status === 200
      ? { Id: organisation.tenantId, Status: 'OK', ProviderName: 'Sandbox', DateTimeUTC: ticks(nowMs) }
      : {}
  const whole = { ...head, ...body }
  return headerOf(request, 'accept').includes('application/json')
    ? jsonText(status, jsonOf(whole, 2))
    : text(status, 'text/xml', xmlOf(status === 200 ? 'Response' : 'ApiException', whole))
}

function withHeaders(reply: Reply, headers: Readonly<Record<string, string>>): Reply {
  return { ...reply, headers: { ...reply.headers, ...headers } }
}

function headerOf({ headers }: SandboxRequest, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}
