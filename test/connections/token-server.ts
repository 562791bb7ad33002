/**
 * A vendor's authorisation server on a free port, as strict as a test needs it: refresh tokens rotate, a used one is
 * invalid_grant, and an answer can be held back, lost or replaced. It counts what it was asked.
 */
import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { json, startServer } from '../http/support.ts'

/** What happens to the next renewals, first one first; after the last everything works. */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown; readonly retryAfter?: string }
  /** Renewed, and the connection broken before the answer. */
  | { readonly kind: 'lost' }
  /** Not answered until `release`. */
  | { readonly kind: 'hang' }

export interface TokenServer {
  readonly url: string
  /** Bodies of POST /token, as forms. */
  readonly asked: URLSearchParams[]
  readonly revoked: string[]
  readonly deleted: string[]
  /** Every token and code it ever gave away. */
  readonly secrets: string[]
  readonly faults: Fault[]
  /** Resolves when the nth request (from 1) to /token has come. */
  readonly arrived: (count: number) => Promise<void>
  /** Answers what hangs, with tokens or with a status and nothing else. */
  readonly release: (status?: number) => void
  readonly companies: { readonly id: string; readonly tenantId: string; readonly tenantName: string }[]
  /** The refresh token that is good now. */
  readonly newest: () => string
  readonly issue: () => IssuedTokens
  /** True: used refresh tokens stay good, as Xero's do for a while. */
  keepsOld: boolean
  isDown: boolean
}

export interface IssuedTokens {
  readonly accessToken: string
  readonly refreshToken: string
}

const CLIENT = `Basic ${Buffer.from('the-client-id:the-client-secret').toString('base64')}`

export async function startTokenServer(): Promise<TokenServer> {
  const good = new Set<string>()
  const waiting: ServerResponse[] = []
  const heard: { readonly count: number; readonly resolve: () => void }[] = []
  let newest = ''
  const issue = (): IssuedTokens => {
    const tokens = { accessToken: `access-${randomUUID()}`, refreshToken: `refresh-${randomUUID()}` }
    newest = tokens.refreshToken
    good.add(newest)
    state.secrets.push(tokens.accessToken, tokens.refreshToken)
    return tokens
  }
  const give = (response: ServerResponse): void => {
    const { accessToken, refreshToken } = issue()
    const lives = { x_refresh_token_expires_in: 8_640_000, x_refresh_token_hard_expires_in: 157_680_000 }
    const tokens = { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer', expires_in: 1800 }
    json(response, 200, { ...tokens, ...lives, scope: 'accounting.settings.read' })
  }
  const token = (response: ServerResponse, form: URLSearchParams, authorization: string | undefined): void => {
    const fault = state.faults.shift()
    if (fault?.kind === 'answer') {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter }
      return json(response, fault.status, fault.body, headers)
    }
    if (fault?.kind === 'hang') return void waiting.push(response)
    if (authorization !== CLIENT) return json(response, 401, { error: 'invalid_client' })
    const refreshToken = form.get('refresh_token')
    if (form.get('grant_type') === 'refresh_token' && !good.has(refreshToken ?? '')) {
      return json(response, 400, { error: 'invalid_grant', error_description: `no longer good: ${refreshToken ?? ''}` })
    }
    if (refreshToken !== null && !state.keepsOld) good.delete(refreshToken)
    if (fault?.kind === 'lost') {
      issue()
      return void response.destroy()
    }
    give(response)
  }
  const server = await startServer((response, { method, url, headers, body }) => {
    if (state.isDown) return void response.destroy()
    const path = url.replace(/\?.*$/, '')
    const form = new URLSearchParams(body)
    if (path === '/token') {
      state.asked.push(form)
      token(response, form, headers.authorization)
      for (const each of heard) if (state.asked.length >= each.count) each.resolve()
      return
    }
    if (path === '/revoke') {
      const text =
        headers['content-type']?.includes('json') === true ? String(JSON.parse(body).token) : form.get('token')
      state.revoked.push(text ?? '')
      return void response.writeHead(200).end()
    }
    if (method === 'DELETE' && path.startsWith('/connections/')) {
      state.deleted.push(path.slice('/connections/'.length))
      return void response.writeHead(204).end()
    }
    if (path === '/connections') {
      const left = state.companies.filter(({ id }) => !state.deleted.includes(id))
      return json(
        response,
        200,
        left.map((each) => ({ ...each, tenantType: 'ORGANISATION' })),
      )
    }
    if (path === '/api/Organisation') {
      return json(response, 200, { Organisations: [{ Name: 'Org', OrganisationID: 'org-1', BaseCurrency: 'NZD' }] })
    }
    if (path.includes('/companyinfo/')) return json(response, 200, { CompanyInfo: { CompanyName: 'Realm Ltd' } })
    json(response, 404, {})
  })
  onTestFinished(() => server.close())
  const state: TokenServer = {
    url: server.url,
    asked: [],
    revoked: [],
    deleted: [],
    secrets: [],
    faults: [],
    companies: [{ id: 'conn-1', tenantId: 'tenant-1', tenantName: 'Org' }],
    keepsOld: false,
    isDown: false,
    newest: () => newest,
    issue,
    release: (status) => {
      for (const response of waiting.splice(0)) {
        if (status === undefined) give(response)
        else json(response, status, {})
      }
    },
    arrived: (count) =>
      new Promise((resolve) => {
        if (state.asked.length >= count) resolve()
        else heard.push({ count, resolve })
      }),
  }
  return state
}
