/**
 * Xero's consent and tokens: an access token for half an hour, a refresh token that changes at every use and whose
 * predecessor still works for thirty minutes, several organisations per login, and custom connections without consent.
 */
import { json } from '../http-reply.ts'
import type { Reply, SandboxRequest } from '../http-reply.ts'
import {
  basicCredentials,
  bearer,
  consentPage,
  errorPage,
  isFormPost,
  oauthError,
  opaque,
  provesChallenge,
  redirectTo,
} from '../targets/oauth.ts'
import type { Authorization, OauthClient } from '../targets/oauth.ts'
import { guid } from './default-organisation.ts'

const CODE_MS = 5 * 60_000
const ACCESS_SECONDS = 1800
const REFRESH_MS = 60 * 86_400_000
const GRACE_MS = 30 * 60_000

/** The broad scopes (accounting.transactions, …) are not given to apps made since March 2026. */
const SCOPES = new Set(
  (
    'openid profile email offline_access accounting.manualjournals accounting.manualjournals.read ' +
    'accounting.settings accounting.settings.read accounting.attachments accounting.attachments.read ' +
    'accounting.contacts accounting.contacts.read accounting.banktransactions.read'
  ).split(' '),
)

export interface XeroAccess {
  readonly login: Login
  readonly scope: readonly string[]
  expiresMs: number
}

interface Refresh {
  readonly login: Login
  readonly scope: readonly string[]
  expiresMs: number
}

/** One person's consent, or a custom connection: the organisations it may reach. */
interface Login {
  readonly connections: Map<string, { readonly tenantId: string; readonly sinceMs: number }>
  readonly isCustom: boolean
}

export interface LoginOptions {
  readonly seed: number | string
  readonly client: OauthClient
  readonly organisations: readonly { readonly tenantId: string; readonly name: string }[]
  readonly autoConsent: boolean
}

export interface XeroLogin {
  readonly options: LoginOptions
  readonly codes: Map<string, Authorization>
  readonly access: Map<string, XeroAccess>
  readonly refresh: Map<string, Refresh>
  minted: number
}

export function createXeroLogin(options: LoginOptions): XeroLogin {
  return { options, codes: new Map(), access: new Map(), refresh: new Map(), minted: 0 }
}

export type Access =
  | { readonly ok: true; readonly access: XeroAccess }
  | { readonly ok: false; readonly detail: 'TokenExpired' | 'AuthenticationUnsuccessful' }

export function accessOf({ access }: XeroLogin, request: SandboxRequest, nowMs: number): Access {
  const found = access.get(bearer(request) ?? '')
  if (found === undefined) return { ok: false, detail: 'AuthenticationUnsuccessful' }
  return found.expiresMs > nowMs ? { ok: true, access: found } : { ok: false, detail: 'TokenExpired' }
}

/** The organisation a request may reach: the header's, or a custom connection's only one. */
export function tenantOf({ login }: XeroAccess, header: string): string | undefined {
  const tenants = [...login.connections.values()].map(({ tenantId }) => tenantId)
  if (login.isCustom && header === '') return tenants[0]
  return tenants.find((tenantId) => tenantId === header)
}

export function expireAccess(login: XeroLogin, token?: string): void {
  for (const [value, access] of login.access) if (token === undefined || token === value) access.expiresMs = 0
}

export function expireRefresh(login: XeroLogin): void {
  for (const refresh of login.refresh.values()) refresh.expiresMs = 0
}

export function authorize(login: XeroLogin, { query }: SandboxRequest, nowMs: number): Reply {
  const { client, organisations, autoConsent } = login.options
  const redirectUri = query.get('redirect_uri') ?? ''
  const problem = consentProblem(client, query)
  if (problem !== undefined) return errorPage(400, problem)
  const state = query.get('state') ?? ''
  const scope = (query.get('scope') ?? '').split(' ').filter((name) => name !== '')
  if (scope.length === 0 || scope.some((name) => !SCOPES.has(name))) {
    return redirectTo(redirectUri, { error: 'invalid_scope', state })
  }
  const answer = query.get('answer') ?? (autoConsent ? 'allow' : '')
  if (answer === '') {
    const companies = organisations.map(({ tenantId, name }) => ({ id: tenantId, name }))
    return consentPage({ service: 'Xero', companies, many: true }, query)
  }
  if (answer !== 'allow') return redirectTo(redirectUri, { error: 'access_denied', state })
  const asked = query.getAll('company')
  const companies = asked.length > 0 ? asked : organisations.slice(0, 1).map(({ tenantId }) => tenantId)
  if (!companies.every((id) => organisations.some(({ tenantId }) => tenantId === id))) {
    return errorPage(400, 'There is no such organisation.')
  }
  const code = mint(login, 'code', 43)
  const challenge = query.get('code_challenge')
  login.codes.set(code, { redirectUri, companies, scope, challenge, expiresMs: nowMs + CODE_MS })
  return redirectTo(redirectUri, { code, state })
}

export function token(login: XeroLogin, request: SandboxRequest, nowMs: number): Reply {
  if (!isFormPost(request)) return oauthError(400, 'invalid_request')
  const form = new URLSearchParams(request.body)
  const asked = basicCredentials(request)
  const { client } = login.options
  // A PKCE app has no secret and names itself in the form; it can do nothing but exchange and renew.
  const isPublic = asked === undefined && form.get('client_id') === client.id && form.get('client_secret') === null
  const secret = asked?.secret ?? form.get('client_secret')
  const isKnown = (asked?.id ?? form.get('client_id')) === client.id && (isPublic || secret === client.secret)
  if (!isKnown) return oauthError(400, 'invalid_client')
  switch (form.get('grant_type') ?? '') {
    case 'authorization_code':
      return exchangeCode(login, form, isPublic, nowMs)
    case 'refresh_token':
      return renew(login, form, nowMs)
    case 'client_credentials':
      return isPublic ? oauthError(400, 'invalid_client') : customConnection(login, form, nowMs)
    default:
      return oauthError(400, 'unsupported_grant_type')
  }
}

/** Ends the whole login of a refresh token. An unknown token is no error. */
export function revoke(login: XeroLogin, request: SandboxRequest): Reply {
  const credentials = basicCredentials(request)
  const { client } = login.options
  if (credentials?.id !== client.id || credentials.secret !== client.secret) return oauthError(400, 'invalid_client')
  const found = login.refresh.get(new URLSearchParams(request.body).get('token') ?? '')
  if (found !== undefined) endLogin(login, found.login)
  return json(200, {})
}

export function connections(login: XeroLogin, request: SandboxRequest, nowMs: number): Reply | undefined {
  const found = accessOf(login, request, nowMs)
  if (!found.ok) return undefined
  const rows = [...found.access.login.connections].map(([id, { tenantId, sinceMs }]) => ({
    id,
    authEventId: guid('event', id),
    tenantId,
    tenantType: 'ORGANISATION',
    tenantName: login.options.organisations.find((each) => each.tenantId === tenantId)?.name ?? '',
    createdDateUtc: new Date(sinceMs).toISOString(),
    updatedDateUtc: new Date(sinceMs).toISOString(),
  }))
  return json(200, rows)
}

/** 204, or 404 for a connection that is not this login's. */
export function disconnect(login: XeroLogin, request: SandboxRequest, id: string, nowMs: number): Reply | undefined {
  const found = accessOf(login, request, nowMs)
  if (!found.ok) return undefined
  const existed = found.access.login.connections.delete(id)
  return existed ? { status: 204, contentType: 'text/plain', body: '' } : json(404, {})
}

function exchangeCode(login: XeroLogin, form: URLSearchParams, isPublic: boolean, nowMs: number): Reply {
  const code = form.get('code') ?? ''
  const authorization = login.codes.get(code)
  login.codes.delete(code)
  if (
    authorization === undefined ||
    authorization.expiresMs <= nowMs ||
    authorization.redirectUri !== form.get('redirect_uri') ||
    (isPublic && authorization.challenge === null) ||
    !provesChallenge(authorization.challenge, form.get('code_verifier'))
  ) {
    return oauthError(400, 'invalid_grant')
  }
  const entered: Login = { connections: new Map(), isCustom: false }
  for (const tenantId of authorization.companies) {
    entered.connections.set(guid('connection', mint(login, 'connection', 20)), { tenantId, sinceMs: nowMs })
  }
  return tokens(login, entered, authorization.scope, nowMs)
}

/** The used token goes on working for the grace, so that a lost answer is no lost connection. */
function renew(login: XeroLogin, form: URLSearchParams, nowMs: number): Reply {
  const found = login.refresh.get(form.get('refresh_token') ?? '')
  if (found === undefined || found.expiresMs <= nowMs) return oauthError(400, 'invalid_grant')
  found.expiresMs = Math.min(found.expiresMs, nowMs + GRACE_MS)
  return tokens(login, found.login, found.scope, nowMs)
}

function customConnection(login: XeroLogin, form: URLSearchParams, nowMs: number): Reply {
  const asked = (form.get('scope') ?? '').split(' ').filter((name) => name !== '')
  if (asked.some((name) => !SCOPES.has(name) || name === 'offline_access')) return oauthError(400, 'invalid_scope')
  const scope = asked.length > 0 ? asked : ['accounting.manualjournals', 'accounting.settings.read']
  const tenantId = login.options.organisations[0]?.tenantId ?? ''
  const connection = [guid('custom', tenantId), { tenantId, sinceMs: nowMs }] as const
  return tokens(login, { connections: new Map([connection]), isCustom: true }, scope, nowMs)
}

function tokens(login: XeroLogin, entered: Login, scope: readonly string[], nowMs: number): Reply {
  const accessToken = mint(login, 'access', 80)
  login.access.set(accessToken, { login: entered, scope, expiresMs: nowMs + ACCESS_SECONDS * 1000 })
  const renewable = scope.includes('offline_access') && !entered.isCustom
  const refreshToken = renewable ? mint(login, 'refresh', 43) : undefined
  if (refreshToken !== undefined) {
    login.refresh.set(refreshToken, { login: entered, scope, expiresMs: nowMs + REFRESH_MS })
  }
  return json(200, {
    access_token: accessToken,
    expires_in: ACCESS_SECONDS,
    token_type: 'Bearer',
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    scope: scope.join(' '),
  })
}

function endLogin(login: XeroLogin, ended: Login): void {
  ended.connections.clear()
  for (const [value, { login: owner }] of login.access) if (owner === ended) login.access.delete(value)
  for (const [value, { login: owner }] of login.refresh) if (owner === ended) login.refresh.delete(value)
}

/** Xero takes http://localhost for development, and no bare address. */
function consentProblem(client: OauthClient, query: URLSearchParams): string | undefined {
  if (query.get('client_id') !== client.id) return 'unauthorized_client: the client_id is not known.'
  if (query.get('response_type') !== 'code') return 'unsupported_response_type: it must be code.'
  const url = URL.parse(query.get('redirect_uri') ?? '')
  if (url === null || /^[\d.]+$/.test(url.hostname)) return 'Invalid redirect_uri: use http://localhost or https.'
  const method = query.get('code_challenge_method')
  return query.get('code_challenge') !== null && method !== 'S256' ? 'code_challenge_method must be S256.' : undefined
}

function mint(login: XeroLogin, kind: string, length: number): string {
  login.minted += 1
  return opaque(length, 'xero', login.options.seed, kind, login.minted)
}
