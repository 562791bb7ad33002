/**
 * The accounting emulators on a clock the test moves, and a short way to talk to them over real HTTP: consent, token, API
 * and the controls.
 */
import { fetch } from 'undici'
import { onTestFinished } from 'vitest'
import { startTargets } from '../../src/sandbox/targets/start.ts'
import type { TargetsServer } from '../../src/sandbox/targets/start.ts'
import { QUICKBOOKS_CLIENT, XERO_CLIENT, type TargetsOptions } from '../../src/sandbox/targets/targets.ts'

export const NOON_MS = Date.UTC(2026, 10, 20, 12)
export const REDIRECT = 'http://localhost:8765/callback'
export const XERO_SCOPE = 'offline_access accounting.manualjournals accounting.settings.read'

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The body as JSON. */
  readonly json: unknown
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | URLSearchParams
}

export interface TargetTalk {
  readonly server: TargetsServer
  readonly clock: { nowMs: number }
  /** The path follows the server's address. */
  readonly ask: (path: string, asked?: Asked) => Promise<Answered>
  readonly control: (path: string, body?: unknown) => Promise<Answered>
}

/** Closed when the running test ends. Consent is automatic unless the options say otherwise. */
export async function talkToTargets(options: TargetsOptions = {}): Promise<TargetTalk> {
  const clock = { nowMs: NOON_MS }
  const server = await startTargets({ nowMs: () => clock.nowMs, autoConsent: true, countsLimits: false, ...options })
  onTestFinished(() => server.close())
  const ask = async (path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answered> => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    return { status: response.status, headers: Object.fromEntries(response.headers), text, json: parsed(text) }
  }
  const control = (path: string, body?: unknown): Promise<Answered> =>
    body === undefined
      ? ask(`/_sandbox/${path}`)
      : ask(`/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) })
  return { server, clock, ask, control }
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

export const basic = ({ id, secret }: { readonly id: string; readonly secret: string }): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

export type Service = 'quickbooks' | 'xero'

const CLIENTS = { quickbooks: QUICKBOOKS_CLIENT, xero: XERO_CLIENT }

export function consentPath(service: Service, changes: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams({
    client_id: CLIENTS[service].id,
    response_type: 'code',
    scope: service === 'xero' ? XERO_SCOPE : 'com.intuit.quickbooks.accounting',
    redirect_uri: REDIRECT,
    state: 'state-1',
    ...changes,
  })
  return `/${service}/authorize?${parameters.toString()}`
}

/** Where the browser is sent, as its parameters. */
export async function consent(talk: TargetTalk, service: Service, changes: Readonly<Record<string, string>> = {}) {
  const { headers, text } = await talk.ask(consentPath(service, changes))
  const location = headers['location']
  if (location === undefined) throw new Error(`no redirect: ${text}`)
  return Object.fromEntries(new URL(location).searchParams)
}

export function postToken(talk: TargetTalk, service: Service, form: Readonly<Record<string, string>>) {
  return talk.ask(`/${service}/token`, {
    method: 'POST',
    headers: { authorization: basic(CLIENTS[service]) },
    body: new URLSearchParams(form),
  })
}

/** Consent and exchange in one. */
export async function connect(talk: TargetTalk, service: Service, changes: Readonly<Record<string, string>> = {}) {
  const { code = '', realmId = '' } = await consent(talk, service, changes)
  const answer = await postToken(talk, service, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT })
  if (answer.status !== 200) throw new Error(answer.text)
  return { tokens: answer.json as Tokens, code, realmId } // The status says that these are tokens.
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
