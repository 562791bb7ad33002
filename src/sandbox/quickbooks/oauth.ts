/**
 * QuickBooks' consent and tokens: an access token for an hour, a refresh token that changes about once a day, and the old
 * one worthless from then on. An authorization code exchanged twice ends the connection it made.
 */
import { json, readJson } from '../http-reply.ts'
import type { Reply, SandboxRequest } from '../http-reply.ts'
import {
  basicCredentials,
  consentPage,
  errorPage,
  isFormPost,
  oauthError,
  opaque,
  redirectTo,
} from '../targets/oauth.ts'
import type { Authorization, OauthClient } from '../targets/oauth.ts'

const CODE_MS = 5 * 60_000
const ACCESS_SECONDS = 3600
const REFRESH_SECONDS = 8_726_400
const HARD_CAP_SECONDS = 5 * 365 * 86_400
const ROTATION_MS = 24 * 3_600_000
const SCOPE = 'com.intuit.quickbooks.accounting'

interface Connection {
  readonly realmId: string
  refreshToken: string
  /** When this value of the refresh token was given out first. */
  refreshSinceMs: number
  refreshUntilMs: number
  readonly access: Map<string, number>
}

export interface LoginOptions {
  readonly seed: number | string
  readonly client: OauthClient
  readonly companies: readonly { readonly realmId: string; readonly name: string }[]
  readonly autoConsent: boolean
}

/** Who may come in: changed by consent, renewal and revocation, and by the controls. */
export interface QuickbooksLogin {
  readonly options: LoginOptions
  readonly codes: Map<string, Authorization>
  /** Which connection a code made. */
  readonly spent: Map<string, Connection>
  readonly connections: Set<Connection>
  /** Whether every renewal gives a new refresh token instead of one a day. */
  rotatesAlways: boolean
  minted: number
}

export function createQuickbooksLogin(options: LoginOptions): QuickbooksLogin {
  return { options, codes: new Map(), spent: new Map(), connections: new Set(), rotatesAlways: false, minted: 0 }
}

/** The company an access token is good for now. */
export function realmOf({ connections }: QuickbooksLogin, accessToken: string, nowMs: number): string | undefined {
  return [...connections].find(({ access }) => (access.get(accessToken) ?? 0) > nowMs)?.realmId
}

/** This access token, or all of them. */
export function expireAccess({ connections }: QuickbooksLogin, accessToken?: string): void {
  for (const { access } of connections) {
    if (accessToken === undefined) access.clear()
    else access.delete(accessToken)
  }
}

export function expireRefresh({ connections }: QuickbooksLogin): void {
  for (const connection of connections) connection.refreshUntilMs = 0
}

export function authorize(login: QuickbooksLogin, { query }: SandboxRequest, nowMs: number): Reply {
  const { client, companies, autoConsent } = login.options
  const problem = consentProblem(client, query)
  if (problem !== undefined) return errorPage(400, problem)
  const redirectUri = query.get('redirect_uri') ?? ''
  const state = query.get('state') ?? ''
  const answer = query.get('answer') ?? (autoConsent ? 'allow' : '')
  if (answer === '') {
    const choices = companies.map(({ realmId, name }) => ({ id: realmId, name }))
    return consentPage({ service: 'QuickBooks Online', companies: choices, many: false }, query)
  }
  if (answer !== 'allow') return redirectTo(redirectUri, { error: 'access_denied', state })
  const realmId = query.get('company') ?? companies[0]?.realmId ?? ''
  if (!companies.some((company) => company.realmId === realmId)) return errorPage(400, 'There is no such company.')
  const code = mint(login, 'AB1', 40)
  const expiresMs = nowMs + CODE_MS
  login.codes.set(code, { redirectUri, companies: [realmId], scope: [SCOPE], challenge: null, expiresMs })
  return redirectTo(redirectUri, { code, state, realmId })
}

export function token(login: QuickbooksLogin, request: SandboxRequest, nowMs: number): Reply {
  if (!isClient(login, request)) return oauthError(401, 'invalid_client')
  if (!isFormPost(request)) return oauthError(400, 'invalid_request')
  const form = new URLSearchParams(request.body)
  if (form.get('grant_type') === 'authorization_code') return exchangeCode(login, request, form, nowMs)
  if (form.get('grant_type') === 'refresh_token') return refresh(login, request, form, nowMs)
  return oauthError(400, 'unsupported_grant_type')
}

/** Either token of a connection ends it. */
export function revoke(login: QuickbooksLogin, request: SandboxRequest): Reply {
  if (!isClient(login, request)) return oauthError(401, 'invalid_client')
  const value = tokenToRevoke(request)
  const found = [...login.connections].find(({ refreshToken, access }) => refreshToken === value || access.has(value))
  if (found === undefined) return oauthError(400, 'invalid_request', 'The token is not known')
  login.connections.delete(found)
  return json(200, {})
}

function exchangeCode(login: QuickbooksLogin, request: SandboxRequest, form: URLSearchParams, nowMs: number): Reply {
  const code = form.get('code') ?? ''
  const authorization = login.codes.get(code)
  login.codes.delete(code)
  const earlier = login.spent.get(code)
  if (earlier !== undefined) login.connections.delete(earlier)
  const isGood =
    authorization !== undefined &&
    authorization.expiresMs > nowMs &&
    authorization.redirectUri === form.get('redirect_uri')
  if (!isGood) return oauthError(400, 'invalid_grant', 'Token invalid')
  const connection: Connection = {
    realmId: authorization.companies[0] ?? '',
    refreshToken: mint(login, 'RT1-', 40),
    refreshSinceMs: nowMs,
    refreshUntilMs: 0,
    access: new Map(),
  }
  login.connections.add(connection)
  login.spent.set(code, connection)
  return tokens(login, connection, request, nowMs)
}

function refresh(login: QuickbooksLogin, request: SandboxRequest, form: URLSearchParams, nowMs: number): Reply {
  const connection = [...login.connections].find(
    ({ refreshToken, refreshUntilMs }) => refreshToken === form.get('refresh_token') && refreshUntilMs > nowMs,
  )
  if (connection === undefined) return oauthError(400, 'invalid_grant', 'Incorrect or invalid refresh token')
  if (login.rotatesAlways || nowMs - connection.refreshSinceMs >= ROTATION_MS) {
    connection.refreshToken = mint(login, 'RT1-', 40)
    connection.refreshSinceMs = nowMs
  }
  return tokens(login, connection, request, nowMs)
}

function tokens(login: QuickbooksLogin, connection: Connection, request: SandboxRequest, nowMs: number): Reply {
  const accessToken = mint(login, 'eyJ', 60)
  connection.access.set(accessToken, nowMs + ACCESS_SECONDS * 1000)
  connection.refreshUntilMs = nowMs + REFRESH_SECONDS * 1000
  const wantsCap = request.headers['x-include-refresh-token-hard-expires-in'] === 'true'
  return json(200, {
    token_type: 'bearer',
    access_token: accessToken,
    expires_in: ACCESS_SECONDS,
    refresh_token: connection.refreshToken,
    x_refresh_token_expires_in: REFRESH_SECONDS,
    ...(wantsCap ? { x_refresh_token_hard_expires_in: HARD_CAP_SECONDS } : {}),
  })
}

function isClient({ options: { client } }: QuickbooksLogin, request: SandboxRequest): boolean {
  const credentials = basicCredentials(request)
  return credentials?.id === client.id && credentials.secret === client.secret
}

function mint(login: QuickbooksLogin, prefix: string, length: number): string {
  login.minted += 1
  return `${prefix}${opaque(length, 'quickbooks', login.options.seed, prefix, login.minted)}`
}

function consentProblem(client: OauthClient, query: URLSearchParams): string | undefined {
  if (query.get('client_id') !== client.id) return 'The client_id is not known.'
  if (query.get('response_type') !== 'code') return 'The response_type must be code.'
  if (!(query.get('scope') ?? '').split(' ').includes(SCOPE)) return `The scope must contain ${SCOPE}.`
  if ((query.get('state') ?? '') === '') return 'The state is missing.'
  return URL.canParse(query.get('redirect_uri') ?? '')
    ? undefined
    : 'The redirect_uri query parameter value is invalid.'
}

function tokenToRevoke({ body }: SandboxRequest): string {
  const parsed = readJson(body)
  if (typeof parsed === 'object' && parsed !== null && 'token' in parsed) return String(parsed.token)
  return new URLSearchParams(body).get('token') ?? ''
}
