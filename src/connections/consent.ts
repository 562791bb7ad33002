/**
 * A person's consent in a browser, from the address to open to the tokens: over a server of this machine, or by pasting
 * the address the browser ended on. The code that comes back is exchanged once and never again.
 */
import { InputError, RejectedError, TransientError } from '../domain/errors.ts'
import { PAGES } from './callback-page.ts'
import { startCallbackServer } from './callback-server.ts'
import type { Grant, GrantAnswer } from './grant.ts'
import type { VendorOAuth } from './oauth.ts'
import { isLocalRedirect, newConsentSecrets, readPasted, type ConsentSecrets, type Redirect } from './redirect.ts'

export interface ConsentUi {
  readonly say: (line: string) => void
  /** Null when the person opens the address by hand. */
  readonly openBrowser: ((url: string) => void) | null
  /** One line a person pastes; '' when there is nobody. */
  readonly paste: (question: string) => Promise<string>
}

export interface ConsentRequest {
  readonly target: string
  readonly redirectUri: string
  readonly oauth: VendorOAuth
  readonly ui: ConsentUi
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface Consent {
  readonly grant: Grant
  /** The company QuickBooks names in the address; '' for Xero. */
  readonly realmId: string
}

export async function askConsent(request: ConsentRequest): Promise<Consent> {
  const isLocal = request.ui.openBrowser !== null && isLocalRedirect(request.redirectUri)
  const secrets = newConsentSecrets()
  return isLocal ? overServer(request, secrets) : overPaste(request, secrets)
}

async function overServer(request: ConsentRequest, secrets: ConsentSecrets): Promise<Consent> {
  const { redirectUri, timeoutMs, signal, ui } = request
  const server = await startCallbackServer({ redirectUri, state: secrets.state, timeoutMs, signal })
  let page: (typeof PAGES)[keyof typeof PAGES] = PAGES.failed
  try {
    const url = await authorizeUrl(request, secrets)
    ui.say('Give your consent in the browser. If none opens, open this address on this machine:')
    ui.say(url)
    ui.openBrowser?.(url)
    const answer = await server.answer()
    if (answer.kind === 'refused') page = PAGES.refused
    const consent = await exchange(request, answer, secrets)
    page = PAGES.received
    return consent
  } finally {
    await server.finish(page)
  }
}

const PASTES = 3

async function overPaste(request: ConsentRequest, secrets: ConsentSecrets): Promise<Consent> {
  const { ui, target, redirectUri } = request
  ui.say('Open this address in a browser, on any machine, and give your consent:')
  ui.say(await authorizeUrl(request, secrets))
  ui.say(`The browser then goes to an address that starts with ${redirectUri} and may say that it cannot be reached.`)
  let why = 'nothing was pasted'
  for (let turn = 0; turn < PASTES; turn += 1) {
    const text = await ui.paste('Paste that address here: ')
    request.signal.throwIfAborted()
    if (text.trim() === '') break
    const answer = readPasted(text, redirectUri, secrets.state)
    if (answer.kind !== 'foreign') return exchange(request, answer, secrets)
    ;({ why } = answer)
    ui.say(`That is not the answer to this consent: ${why}.`)
  }
  throw new InputError(
    'CONSENT_NOT_PASTED',
    `Target ${target} was not connected: ${why}.`,
    `Run tieout connect ${target} --no-browser again and paste the whole address the browser ends on.`,
  )
}

/** The vendor's page with this consent's own random values. */
async function authorizeUrl({ oauth }: ConsentRequest, { state, challenge }: ConsentSecrets): Promise<string> {
  return oauth.authorizeUrl({ state, challenge })
}

async function exchange(
  { oauth, target }: ConsentRequest,
  answer: Exclude<Redirect, { readonly kind: 'foreign' }>,
  { verifier }: ConsentSecrets,
): Promise<Consent> {
  if (answer.kind === 'refused') {
    const isPerson = answer.error === 'access_denied'
    throw new RejectedError(
      'CONSENT_REFUSED',
      isPerson
        ? `The consent for target ${target} was refused in the browser; nothing was connected.`
        : `The vendor gave no consent for target ${target}: ${answer.error}. Nothing was connected.`,
      isPerson
        ? `Run tieout connect ${target} again to give it.`
        : 'Compare clientId, redirectUri and the scopes of the app with what is registered at the vendor.',
    )
  }
  const { code, realmId } = answer
  const grant = requireGrant(await oauth.exchange({ code, realmId, verifier }), target)
  if (grant.refreshToken !== null) return { grant, realmId }
  throw new RejectedError(
    'CONSENT_SHORT',
    `The vendor gave target ${target} a token that cannot be renewed; nothing was connected.`,
    'Let the app ask for offline access, and run tieout connect again.',
  )
}

/** Throws RejectedError when the consent is no longer good, TransientError when the vendor did not answer. */
export function requireGrant(answer: GrantAnswer, target: string): Grant {
  if (answer.ok) return answer.grant
  const next = `Run tieout connect ${target} again; a consent can be used only once.`
  if (answer.kind === 'invalid-grant') throw new RejectedError('CONSENT_UNUSABLE', answer.message, next)
  throw new TransientError('CONSENT_UNANSWERED', answer.message, next)
}
