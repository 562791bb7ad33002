/**
 * What comes back from the consent page, in an address: checked before anything is done with it. The state must be the
 * one this very consent was started with, compared in constant time, or somebody else's code would be taken for ours.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { machine } from '../machine/machine.ts'

/** What one consent is started with. All of it is random and good for once. */
export interface ConsentSecrets {
  readonly state: string
  readonly verifier: string
  /** The verifier's hash, which the consent page is told. */
  readonly challenge: string
}

export type Redirect =
  | { readonly kind: 'code'; readonly code: string; readonly realmId: string }
  /** The person, or the vendor, said no. `error` is the vendor's own short word for it. */
  | { readonly kind: 'refused'; readonly error: string }
  /** Not an answer to this consent. */
  | { readonly kind: 'foreign'; readonly why: string }

const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']
const LONGEST = 8192
const TOO_LONG = 'it is longer than any answer of a consent page'

export function newConsentSecrets(): ConsentSecrets {
  const verifier = machine().randomBytes(48).toString('base64url')
  return {
    state: machine().randomBytes(32).toString('base64url'),
    verifier,
    challenge: createHash('sha256').update(verifier).digest('base64url'),
  }
}

/** Whether this machine can be the address the browser comes back to. */
export function isLocalRedirect(redirectUri: string): boolean {
  const url = URL.parse(redirectUri)
  return url !== null && url.protocol === 'http:' && LOCAL_HOSTS.includes(url.hostname)
}

/**
 * What a person pasted: the whole address the browser ended on, or its query alone. An address that is not under
 * `redirectUri` never came from this consent, whatever its query says.
 */
export function readPasted(text: string, redirectUri: string, state: string): Redirect {
  const trimmed = text.trim()
  if (trimmed.length > LONGEST) return { kind: 'foreign', why: TOO_LONG }
  const [before = ''] = trimmed.split('?')
  if (before === trimmed || before === '') return readRedirect(trimmed, state)
  // Some browsers copy an address without its scheme.
  const address = before.includes('://') ? before : `${redirectUri.slice(0, redirectUri.indexOf('//'))}//${before}`
  if (!isSameAddress(address, redirectUri)) return { kind: 'foreign', why: `it does not start with ${redirectUri}` }
  return readRedirect(trimmed, state)
}

function isSameAddress(text: string, redirectUri: string): boolean {
  const [given, wanted] = [URL.parse(text), URL.parse(redirectUri)]
  return given !== null && given.origin === wanted?.origin && given.pathname === wanted.pathname
}

/** `text` is an address with a query, or the query alone; where the address leads is for the caller to know. */
export function readRedirect(text: string, state: string): Redirect {
  const trimmed = text.trim()
  if (trimmed.length > LONGEST) return { kind: 'foreign', why: TOO_LONG }
  const query = new URLSearchParams(trimmed.slice(trimmed.indexOf('?') + 1).replace(/#.*$/s, ''))
  const given = query.get('state')
  if (given === null) return { kind: 'foreign', why: 'it has no state=…' }
  if (!isSame(given, state)) return { kind: 'foreign', why: 'its state is not the one of this consent' }
  const error = query.get('error')
  if (error !== null) return { kind: 'refused', error: error.replaceAll(/[^\w-]/g, '').slice(0, 60) }
  const code = query.get('code')
  if (code === null || code === '') return { kind: 'foreign', why: 'it has no code=…' }
  return { kind: 'code', code, realmId: query.get('realmId') ?? '' }
}

/** In constant time, whatever the lengths: hashes are compared. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
