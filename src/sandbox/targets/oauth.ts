/**
 * What the consent of both services has in common: a page with the companies and two buttons, the way back to the
 * client, client credentials, and PKCE. Nothing here remembers anything.
 */
import { createHash } from 'node:crypto'
import { json, text } from '../http-reply.ts'
import type { Reply, SandboxRequest } from '../http-reply.ts'

export interface OauthClient {
  readonly id: string
  readonly secret: string
}

/** What a consent gave, until its code is exchanged. */
export interface Authorization {
  readonly redirectUri: string
  readonly companies: readonly string[]
  readonly scope: readonly string[]
  /** S256 of the verifier, when the client uses PKCE. */
  readonly challenge: string | null
  readonly expiresMs: number
}

/** An opaque value that nobody guesses and that is the same for the same label: a token, a code, an id. */
export function opaque(length: number, ...labels: readonly (string | number)[]): string {
  return createHash('sha512').update(labels.join('\u0000')).digest('hex').slice(0, length)
}

/** `Authorization: Basic`, or undefined. */
export function basicCredentials({ headers }: SandboxRequest): OauthClient | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  const at = decoded.indexOf(':')
  // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
  return at < 0 ? undefined : { id: unform(decoded.slice(0, at)), secret: unform(decoded.slice(at + 1)) }
}

export function bearer({ headers }: SandboxRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
}

export function isFormPost({ method, headers }: SandboxRequest): boolean {
  return method === 'POST' && (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
}

export function provesChallenge(challenge: string | null, verifier: string | null): boolean {
  if (challenge === null) return true
  return verifier !== null && createHash('sha256').update(verifier).digest('base64url') === challenge
}

/** Back to the client with these parameters added to its address. */
export function redirectTo(address: string, parameters: Readonly<Record<string, string>>): Reply {
  const url = new URL(address)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return { ...text(302, 'text/plain', ''), headers: { location: url.href } }
}

export function oauthError(status: number, error: string, description?: string): Reply {
  return json(status, { error, ...(description === undefined ? {} : { error_description: description }) })
}

export interface ConsentPage {
  readonly service: string
  readonly companies: readonly { readonly id: string; readonly name: string }[]
  /** Whether more than one company can be ticked. */
  readonly many: boolean
}

/** The form goes to the page's own address, with everything the client asked plus `company` and `answer`. */
export function consentPage({ service, companies, many }: ConsentPage, asked: URLSearchParams): Reply {
  const kept = [...asked].map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  )
  const kind = many ? 'checkbox' : 'radio'
  const choices = companies.map(
    ({ id, name }, index) =>
      `<p><label><input type="${kind}" name="company" value="${escape(id)}"${index === 0 ? ' checked' : ''}> ${escape(name)}</label></p>`,
  )
  const buttons = ['allow', 'deny'].map(
    (answer) => `<button name="answer" value="${answer}">${answer === 'allow' ? 'Allow' : 'Deny'}</button>`,
  )
  const form = `<form method="get">${kept.join('')}${choices.join('')}${buttons.join(' ')}</form>`
  const title = `${service} (sandbox)`
  return text(
    200,
    'text/html',
    `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>Which company may the app write to?</p>${form}`,
  )
}

export function errorPage(status: number, message: string): Reply {
  return text(status, 'text/html', `<!doctype html><meta charset="utf-8"><title>Sorry</title><p>${escape(message)}</p>`)
}

function escape(value: string): string {
  return value.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function unform(value: string): string {
  return decodeURIComponent(value.replaceAll('+', ' '))
}
